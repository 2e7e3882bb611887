"""Whether stated confidence can be believed: answers sorted into bins by it, as a reliability diagram shows.

Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONFIDENCE_BINS = 15  # As is usual for the expected calibration error.


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The answers whose confidence lies between two borders.

    Attributes:
        low: the lower border, 0..1.
        high: the upper border, 0..1.
        confidence: their mean confidence, 0..1.
        accuracy: how many of them are right, 0..1.
        count: how many there are, at least 1.
    """

    low: float
    high: float
    confidence: float
    accuracy: float
    count: int


def reliability_bins(
    confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_]
) -> tuple[ReliabilityBin, ...]:
    """Sort answers into bins of equal width; bins without an answer are left out.

    Args:
        confidence: (n,) in 0..1.
        right: (n,), whether each answer is.
    """
    numbers = np.minimum((confidence * CONFIDENCE_BINS).astype(int), CONFIDENCE_BINS - 1)
    return tuple(
        ReliabilityBin(
            low=number / CONFIDENCE_BINS,
            high=(number + 1) / CONFIDENCE_BINS,
            confidence=float(confidence[numbers == number].mean()),
            accuracy=float(right[numbers == number].mean()),
            count=int((numbers == number).sum()),
        )
        for number in np.unique(numbers).tolist()
    )


def expected_calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """By how much confidence and accuracy differ, 0..1: the mean over all answers of their bins' gaps."""
    gaps = sum(each.count * abs(each.confidence - each.accuracy) for each in bins)
    return gaps / sum(each.count for each in bins)
