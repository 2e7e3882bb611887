"""Whether what a package tells of its model holds when it is measured again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from predictor.recognition.package_metadata import PackageMetadata
from predictor.training.card.figures import card_figures, metrics
from predictor.training.evaluation import Evaluation

_SAME_FIGURE = 0.001  # Another processor may round a borderline picture to another answer.
_SAME_PART = 0.025  # The same of one class or kind, which may have but a hundred pictures.

Figures = Mapping[str, Any]


def differing_figures(
    metadata: PackageMetadata, told: Figures | None, evaluation: Evaluation, data: Mapping[str, str | int]
) -> list[str] | None:
    """Find the figures that a package tells otherwise than they were measured.

    Latency is not compared, as it depends on the machine, nor are the bins of the reliability diagram and the
    points of the trade-off curve: one picture can change what stands in a bin of few.

    Args:
        metadata: the package's.
        told: the figures of its card, in the form of `card_figures`; None where it has none.
        evaluation: what was measured now.
        data: with what, as `LabelledImages.describe` has it.

    Returns:
        What each is called, in the order of package.json and then of the card; None where the package tells
        of other data, so that there is nothing to compare.
    """
    if dict(data) not in [dict(source) for source in metadata.data]:
        return None
    expected = metrics(evaluation)
    told_metrics = {name: metadata.metrics.get(name, math.nan) for name in expected}
    differing = _differing(told_metrics, expected, _SAME_FIGURE)
    if told is not None:
        measured = card_figures(evaluation, data)
        differing += _differing(_of_all(told), _of_all(measured), _SAME_FIGURE)
        differing += _differing(_of_parts(told), _of_parts(measured), _SAME_PART)
    return list(dict.fromkeys(differing))


def _differing(told: Mapping[str, float], measured: Mapping[str, float], tolerance: float) -> list[str]:
    """What is told and was not measured so; what only a newer card would tell is not missed."""
    return [
        name
        for name, value in told.items()
        if not math.isclose(value, measured.get(name, math.nan), abs_tol=tolerance)
    ]


def _of_all(card: Figures) -> dict[str, float]:
    """Shares of all pictures."""
    count = card["data"]["count"]
    shares = {
        "accuracy": card["accuracy"],
        "expected_calibration_error": card["expected_calibration_error"],
        "accepted_share": card["accepted"]["share"],
        "accepted_accuracy": card["accepted"]["accuracy"],
    }
    if card["rejected"]:
        shares["rejected_share"] = card["rejected"]["share"]
        shares |= {f"rejected as {code}": n / count for code, n in card["rejected"]["reasons"].items()}
    labels = [score["label"] for score in card["classes"]]
    for truth, row in zip(labels, card["confusion_matrix"], strict=False):
        for answer, n in zip(labels, row, strict=False):
            shares[f"{truth} taken for {answer}"] = n / count
    return shares


def _of_parts(card: Figures) -> dict[str, float]:
    """Shares of one class or of one kind of what is no digit."""
    kinds = card["non_digits"]["kinds"] if card["non_digits"] else []
    return {
        f"{name} of {score['label']}": score[name]
        for score in card["classes"]
        for name in ("precision", "recall", "f1")
    } | {f"rejected {each['kind']}": each["rejected"] for each in kinds}
