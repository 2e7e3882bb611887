"""Tests that need a program of the operating system: skipped without it, except where it must be there."""

from __future__ import annotations

import os
import shutil

import pytest


def require_program(name: str) -> str:
    """The path of a program. Without it the test is skipped, or fails where REQUIRE_SYSTEM_TESTS is 1."""
    path = shutil.which(name)
    if path:
        return path
    reason = f"{name} is not installed"
    if os.environ.get("REQUIRE_SYSTEM_TESTS") == "1":
        pytest.fail(f"{reason}, and REQUIRE_SYSTEM_TESTS is 1")
    pytest.skip(reason)
