"""JSON as every answer of the API is written, whichever way the request came."""

from __future__ import annotations

from typing import Any

from rest_framework.utils.encoders import JSONEncoder

from predictor.json_text import dump

# REST framework's forms of dates, lazy texts and the like.
_OTHERS = JSONEncoder().default


def dump_json(value: Any) -> bytes:
    """Write an answer.

    Raises:
        TypeError: something in it has no form in JSON.
    """
    return dump(value, _OTHERS)
