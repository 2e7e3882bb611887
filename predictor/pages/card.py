"""The figures of a model card: a verified package's `card/metrics.json`, if it has the form that we write."""

from __future__ import annotations

from typing import Any

from predictor.recognition.model_package import VerifiedPackage
from predictor.recognition.strict_json import load_object


def card_figures(package: VerifiedPackage | None) -> dict[str, Any]:
    """What the card tells; empty where there is no card, or one of another form: it is no part of serving."""
    content = package.files.get("card/metrics.json") if package else None
    if content is None:
        return {}
    try:
        return _figures(load_object(content))
    except (ValueError, KeyError, TypeError):
        return {}


def _figures(card: dict[str, Any]) -> dict[str, Any]:
    data, accepted = card["data"], card["accepted"]
    return {
        "data": {"name": str(data["name"]), "split": str(data["split"]), "count": int(data["count"])},
        "accuracy": float(card["accuracy"]),
        "expected_calibration_error": float(card["expected_calibration_error"]),
        "accepted": {"share": float(accepted["share"]), "accuracy": float(accepted["accuracy"])},
        "classes": [_class_figures(each) for each in card["classes"]],
        "confusion_matrix": [[int(count) for count in row] for row in card["confusion_matrix"]],
    }


def _class_figures(each: dict[str, Any]) -> dict[str, Any]:
    shares = {name: float(each[name]) for name in ("precision", "recall", "f1")}
    return {"label": str(each["label"]), "count": int(each["count"])} | shares
