"""`manage.py package_model` on the models of tests/training/own_models.py, in the current folder."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from predictor.recognition.model_package import TrustPolicy, VerifiedPackage, open_package
from tests.training.own_models import brightest_plane, write_joblib


def package(
    *arguments: object,
    file: str = "corners.joblib",
    name: str = "corners",
    preprocessing: str = "plain-8x8",
    **options: Any,
) -> str:
    """What the command prints."""
    out = StringIO()
    form = ["--name", name, "--preprocessing", preprocessing]
    call_command("package_model", file, *form, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def package_corners(*arguments: object, **options: Any) -> str:
    """Of a pipeline that was fitted to 0..16."""
    if not Path("corners.joblib").exists():
        write_joblib(Path("corners.joblib"))
    key = ["--signing-key", "key.pem"] if Path("key.pem").exists() else []
    return package("--trust-pickle", "--range", 0, 16, *key, *arguments, **options)


def opened(policy: TrustPolicy, version: str = "1.0.0", name: str = "corners") -> VerifiedPackage:
    return open_package(Path("models", name, version), policy)


def package_colours(*arguments: object, content: bytes | None = None, **options: Any) -> str:
    """Of an ONNX model of pictures in colour."""
    Path("colours.onnx").write_bytes(content or brightest_plane())
    form = {"file": "colours.onnx", "name": "colours", "preprocessing": "plain-8x8-rgb"} | options
    return package("--signing-key", "key.pem", *arguments, **form)
