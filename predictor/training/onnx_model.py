"""What an ONNX package says of its origin."""

from __future__ import annotations

from importlib.metadata import version

FRAMEWORKS: dict[str, str] = {name: version(name) for name in ("numpy", "onnxruntime")}
