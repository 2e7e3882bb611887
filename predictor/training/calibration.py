"""Making confidences honest, and choosing from which confidence on an answer is given.

Source: Guo et al. 2017, "On Calibration of Modern Neural Networks" (temperature scaling). Both numbers come
from a validation part of the training data; the test data never takes part in a choice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from predictor.recognition.recognizer import calibrate

WANTED_ACCURACY = 0.98  # Of the answers that are accepted.
_DECIMALS = 3


def negative_log_likelihood(probabilities: NDArray[np.floating[Any]], truth: NDArray[np.uint8]) -> float:
    """The mean surprise at the right answers; smaller is better.

    Args:
        probabilities: (n, classes), rows sum to 1.
        truth: (n,), the right classes' numbers.
    """
    of_truth = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(of_truth, np.finfo(np.float32).tiny)).mean())


def choose_temperature(probabilities: NDArray[np.float32], truth: NDArray[np.uint8]) -> float:
    """The temperature that makes validation answers likeliest, three decimals, between 0.05 and 20."""

    def surprise(log_temperature: float) -> float:
        return negative_log_likelihood(calibrate(probabilities, float(np.exp(log_temperature))), truth)

    best = minimize_scalar(surprise, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return round(float(np.exp(best.x)), _DECIMALS)


def choose_min_confidence(probabilities: NDArray[np.floating[Any]], truth: NDArray[np.uint8]) -> float:
    """The smallest confidence from which on WANTED_ACCURACY of the answers are right, in steps of 0.001.

    Args:
        probabilities: (n, classes), calibrated.
        truth: (n,), the right classes' numbers.

    Returns:
        0..1; 1 where no confidence is enough, so that practically nothing is accepted.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    for threshold in np.arange(0, 1, 10**-_DECIMALS).round(_DECIMALS):
        accepted = confidence >= threshold
        if accepted.any() and right[accepted].mean() >= WANTED_ACCURACY:
            return float(threshold)
    return 1.0
