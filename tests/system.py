"""Tests that need what a fresh machine lacks: skipped without it, except where it must be there."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parent.parent
INTEROP_PYTHON = ROOT / ".venv-interop" / "bin" / "python"
CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"


def require_program(name: str) -> str:
    """The path of a program. Without it the test is skipped, or fails where REQUIRE_SYSTEM_TESTS is 1."""
    path = shutil.which(name)
    if path:
        return path
    return _missing(f"{name} is not installed")


def optional_program(name: str) -> str:
    """The same for what is tested where it happens to be: without it the test is skipped everywhere."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed, and is tested only where it is")
    return path


def require_torch() -> None:
    """Skip or fail likewise where PyTorch is not installed, which only `make torch` brings."""
    if find_spec("torch") is None:
        _missing("PyTorch is not installed (make torch)")


def require_interop() -> str:
    """The Python that has `model-signing`, likewise; `make interop` brings it."""
    return str(INTEROP_PYTHON) if INTEROP_PYTHON.exists() else _missing("model-signing (make interop)")


def require_checkov() -> str:
    """The scanner of manifests, likewise; `make checkov` brings it."""
    return str(CHECKOV) if CHECKOV.exists() else _missing("checkov is not installed (make checkov)")


def _missing(reason: str) -> NoReturn:
    if os.environ.get("REQUIRE_SYSTEM_TESTS") == "1":
        pytest.fail(f"{reason}, and REQUIRE_SYSTEM_TESTS is 1")
    pytest.skip(reason)
