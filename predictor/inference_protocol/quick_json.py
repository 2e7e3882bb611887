"""JSON of many numbers, several times as fast as by the standard library.

Why: a tensor of 784 numbers as JSON takes longer to parse than all else that its request needs.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import orjson

from predictor.recognition.strict_json import load_object

_PLAIN = {int, float, str, bool, type(None)}


def load_quickly(data: bytes) -> dict[str, Any]:
    """Parse one JSON object as `load_object` does, but whole numbers beyond 64 bits become floats.

    Raises:
        ValueError: see `load_object`.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return load_object(data)  # It says what is wrong, or takes what orjson is too strict for.
    # orjson takes the last of two equal keys. Every key has its colon: where there are more, a key was lost,
    # or a text holds one.
    return value if isinstance(value, dict) and _keys(value) == data.count(b":") else load_object(data)


def _keys(value: dict[str, Any]) -> int:
    """How many keys all objects in it have together."""
    count = 0
    level: list[Any] = [value]
    while level:
        count += sum(len(one) for one in level if isinstance(one, dict))
        inner = [one.values() if isinstance(one, dict) else one for one in level]
        # Few kinds are found sooner than many values are asked.
        if _PLAIN.issuperset(map(type, chain.from_iterable(inner))):
            break
        level = [each for each in chain.from_iterable(inner) if isinstance(each, (dict, list))]
    return count
