"""What a refusal of the API is like."""

from __future__ import annotations

from typing import Any

from tests.api.test_error_shape import assert_shape


def assert_refused(response: Any, status: int, code: str) -> None:
    """It has the one shape, this status and this code."""
    assert_shape(response, status)
    assert response.json()["error"]["code"] == code
