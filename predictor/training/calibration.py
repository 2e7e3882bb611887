"""Making confidences honest, and choosing from which confidence on an answer is given.

Source: Guo et al. 2017, "On Calibration of Modern Neural Networks" (temperature scaling). Both numbers come
from a validation part of the training data; the test data never takes part in a choice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from predictor.recognition.confidence import calibrate

WANTED_ACCURACY = 0.98  # Of the answers that are accepted, unless a recipe asks for more.
LOST_SHARE = 0.003  # Of the things that a model knows, how many may be taken for something else.
_DECIMALS = 3


def negative_log_likelihood(
    probabilities: NDArray[np.floating[Any]], truth: NDArray[np.integer[Any]]
) -> float:
    """The mean surprise at the right answers; smaller is better.

    Args:
        probabilities: (n, classes), rows sum to 1.
        truth: (n,), the right classes' numbers.
    """
    of_truth = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(of_truth, np.finfo(np.float32).tiny)).mean())


def choose_temperature(probabilities: NDArray[np.float32], truth: NDArray[np.integer[Any]]) -> float:
    """The temperature that makes validation answers likeliest, three decimals, between 0.05 and 20."""

    def surprise(log_temperature: float) -> float:
        return negative_log_likelihood(calibrate(probabilities, float(np.exp(log_temperature))), truth)

    best = minimize_scalar(surprise, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return round(float(np.exp(best.x)), _DECIMALS)


def choose_min_confidence(
    probabilities: NDArray[np.floating[Any]],
    truth: NDArray[np.integer[Any]],
    wanted_accuracy: float = WANTED_ACCURACY,
    most_unsure: float = 1.0,
) -> float:
    """The smallest confidence from which on that share of the answers is right, in steps of 0.001.

    Where that would refuse too many answers, it is the largest one that does not.

    Args:
        probabilities: (n, classes), calibrated.
        truth: (n,), the right classes' numbers.
        wanted_accuracy: of the answers that are accepted, 0..1.
        most_unsure: share of the answers that may lie below the returned confidence, 0..1.

    Returns:
        0..1; 1 where no confidence is enough, so that practically nothing is accepted.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    chosen = 0.0
    for threshold in np.linspace(0, 1, 10**_DECIMALS + 1):
        accepted = confidence >= threshold
        if 1 - accepted.mean() > most_unsure:
            break
        chosen = round(float(threshold), _DECIMALS)
        if accepted.any() and right[accepted].mean() >= wanted_accuracy:
            break
    return chosen


def choose_max_outlier(outlier: NDArray[np.floating[Any]]) -> float:
    """The outlier score that all but LOST_SHARE of the pictures stay below or at, six decimals.

    Args:
        outlier: (n,) in 0..1, of pictures that show one of the classes.
    """
    return float(np.ceil(np.quantile(outlier, 1 - LOST_SHARE) * 1e6) / 1e6)
