"""What it costs to answer only when sure: fewer answers, and more of them right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Shares of the pictures to leave unanswered, denser where good models work.
_LEFT_OUT = (
    *(0, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05),
    *(0.06, 0.08, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9),
)


@dataclass(frozen=True, slots=True)
class TradeOffPoint:
    """What one threshold would give.

    Attributes:
        min_confidence: answers below it are left out, 0..1.
        share: of all pictures, how many are answered, 0..1.
        accuracy: of the answers, how many are right, 0..1.
    """

    min_confidence: float
    share: float
    accuracy: float


def trade_off(
    confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_], eligible: NDArray[np.bool_]
) -> tuple[TradeOffPoint, ...]:
    """Move the threshold over the confidences, from answering all that may be answered to answering few.

    Args:
        confidence: (n,) in 0..1.
        right: (n,), whether each answer is.
        eligible: (n,), whether anything but the threshold could reject it: what looks like none of the labels
            stays rejected at any.
    """
    sure, correct = confidence[eligible], right[eligible]
    if not len(sure):
        return ()
    thresholds = np.unique(np.quantile(sure, _LEFT_OUT, method="lower"))
    return tuple(_point(float(each), sure, correct, len(confidence)) for each in thresholds)


def _point(
    threshold: float, confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_], of: int
) -> TradeOffPoint:
    answered = confidence >= threshold
    return TradeOffPoint(threshold, float(answered.sum() / of), float(right[answered].mean()))
