"""The figures of a model card: a verified package's `card/metrics.json`, if it has the form that we write.

The API and the pages both show these, so they hold the same numbers. docs/model-packages.md explains them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from predictor.recognition.model_package import VerifiedPackage
from predictor.recognition.strict_json import load_object

Read = Callable[
    [Any], Any
]  # From a value of the file to what the card says; raises what a wrong form raises.


def card_figures(package: VerifiedPackage | None) -> dict[str, Any] | None:
    """What the card tells; None where there is none, or one of another form: it is no part of serving.

    What an older card does not tell is None, or an empty list.
    """
    content = package.files.get("card/metrics.json") if package else None
    if content is None:
        return None
    try:
        return _figures(load_object(content))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def _figures(card: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": _record(card["data"], name=str, split=str, count=int),
        "accuracy": _number(card["accuracy"]),
        "expected_calibration_error": _number(card["expected_calibration_error"]),
        "accepted": _record(card["accepted"], share=_number, accuracy=_number),
        "rejected": _optional(card.get("rejected"), _rejected),
        "latency_ms": _optional(card.get("latency_ms"), _number),
        "model_bytes": _optional(card.get("model_bytes"), int),
        "classes": _records(
            card["classes"], label=str, precision=_number, recall=_number, f1=_number, count=int
        ),
        "confusion_matrix": [[int(count) for count in row] for row in card["confusion_matrix"]],
        "reliability": _records(
            card.get("reliability", []),
            low=_number,
            high=_number,
            confidence=_number,
            accuracy=_number,
            count=int,
        ),
        "trade_off": _records(
            card.get("trade_off", []), min_confidence=_number, share=_number, accuracy=_number
        ),
        "non_digits": _optional(card.get("non_digits"), _non_digits),
        "mistakes": _records(
            card.get("mistakes", []),
            picture=str,
            truth=str,
            answer=str,
            confidence=_number,
            reason=_reason,
        ),
    }


def _rejected(value: dict[str, Any]) -> dict[str, Any]:
    reasons = {str(reason): int(count) for reason, count in value["reasons"].items()}
    return {"share": _number(value["share"]), "reasons": reasons}


def _non_digits(value: dict[str, Any]) -> dict[str, Any]:
    kinds = _records(value["kinds"], kind=str, rejected=_number, count=int)
    return _record(value, rejected=_number, count=int) | {"kinds": kinds}


def _reason(value: Any) -> str | None:
    return None if value is None else str(value)


def _optional(value: Any, read: Read) -> Any:
    return None if value is None else read(value)


def _records(values: list[dict[str, Any]], **fields: Read) -> list[dict[str, Any]]:
    return [_record(value, **fields) for value in values]


def _record(value: dict[str, Any], **fields: Read) -> dict[str, Any]:
    """The named fields and no others, each in its form."""
    return {name: read(value[name]) for name, read in fields.items()}


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):  # Such as 1e999, which is JSON all the same.
        raise ValueError(f"{value!r} is no figure")
    return number
