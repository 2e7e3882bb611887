"""JSON without its leniencies: what two readers could read differently is refused."""

from __future__ import annotations

import json
from typing import Any


def load_object(data: bytes) -> dict[str, Any]:
    """Parse one JSON object.

    Raises:
        ValueError: not UTF-8, not JSON, nested too deeply, not an object, a key twice, NaN or Infinity.
    """
    try:
        value = _DECODER.decode(data.decode())
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 - what it says is wrong, not the caller
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that has a key twice, of which readers take the first or the last as they like."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)
