"""onnxruntime reports to its makers unless told not to; where it would, it notes an id of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "trained_models" / "mnist-cnn" / "1.3.0" / "model.onnx"
OPEN = (
    "import sys; from predictor.recognition.classifier import open_onnx; open_onnx(sys.stdin.buffer.read())"
)


def test_a_process_that_opens_a_model_notes_nothing_for_anybody(tmp_path):
    # It keeps quiet where CI is set, as well.
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH"}}
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", OPEN],
        cwd=ROOT,
        env=inherited | {"HOME": str(tmp_path)},
        input=MODEL.read_bytes(),
        check=True,
    )

    assert list(tmp_path.rglob("*")) == []
