"""A model card's figures: the file `card/metrics.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from predictor.training.evaluation import Evaluation
from predictor.training.mistakes import Mistake

_DECIMALS = 6


def metrics(evaluation: Evaluation) -> dict[str, float]:
    """The figures that stand in the package's metadata."""
    return {
        "accuracy": round(evaluation.accuracy, _DECIMALS),
        "expected_calibration_error": round(evaluation.calibration_error, _DECIMALS),
        "accepted_share": round(evaluation.accepted_share, _DECIMALS),
        "accepted_accuracy": round(evaluation.accepted_accuracy, _DECIMALS),
    }


def card_figures(evaluation: Evaluation, data: Mapping[str, Any]) -> dict[str, Any]:
    """All figures of the card, ready for JSON; docs/model-packages.md explains them.

    Args:
        evaluation: what was measured.
        data: with what; `name` and `split` are taken over.
    """
    figures = metrics(evaluation)
    return {
        "data": {"name": data["name"], "split": data["split"], "count": evaluation.count},
        "accuracy": figures["accuracy"],
        "expected_calibration_error": figures["expected_calibration_error"],
        "accepted": {"share": figures["accepted_share"], "accuracy": figures["accepted_accuracy"]},
        "rejected": {
            "share": round(1 - evaluation.accepted_share, _DECIMALS),
            "reasons": dict(evaluation.reasons),
        },
        "latency_ms": evaluation.latency_ms and round(evaluation.latency_ms, 3),
        "model_bytes": evaluation.model_bytes,
        "classes": [_rounded(asdict(score)) for score in evaluation.class_scores()],
        "confusion_matrix": evaluation.confusion.tolist(),
        "reliability": [_rounded(asdict(each)) for each in evaluation.bins],
        "trade_off": [_rounded(asdict(point)) for point in evaluation.trade_off],
        "non_digits": _non_digit_figures(evaluation),
        "mistakes": [
            _mistake_figures(number, mistake) for number, mistake in enumerate(evaluation.mistakes, start=1)
        ],
    }


def metrics_json(evaluation: Evaluation, data: Mapping[str, Any]) -> bytes:
    """The file `card/metrics.json`."""
    return (json.dumps(card_figures(evaluation, data), indent=2, ensure_ascii=False) + "\n").encode()


def mistake_file(number: int) -> str:
    """What the picture of a mistake is called in `card/`; counted from 1."""
    return f"mistake-{number:02}.png"


def _non_digit_figures(evaluation: Evaluation) -> dict[str, Any] | None:
    if not evaluation.non_digits:
        return None
    return {
        "rejected": round(evaluation.non_digits_rejected, _DECIMALS),
        "count": sum(each.count for each in evaluation.non_digits),
        "kinds": [_rounded(asdict(each)) for each in evaluation.non_digits],
    }


def _mistake_figures(number: int, mistake: Mistake) -> dict[str, Any]:
    return {
        "picture": mistake_file(number),
        "truth": mistake.truth,
        "answer": mistake.answer,
        "confidence": round(mistake.confidence, _DECIMALS),
        "reason": mistake.reason,
    }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(v, _DECIMALS) if isinstance(v, float) else v for name, v in values.items()}
