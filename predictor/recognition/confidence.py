"""From a model's scores to probabilities that mean what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_TINY = float(np.finfo(np.float32).tiny)  # Stands for 0, which no temperature would change.


def softmax(logits: NDArray[Any], temperature: float = 1) -> NDArray[np.float32]:
    """Turn logits (n, classes) into probabilities; `temperature` as for `calibrate`."""
    # `reduce` is what `max` and `sum` call, behind a function of Python each.
    below = logits.astype(np.float64) - np.maximum.reduce(logits, axis=1, keepdims=True)
    return _shares_of_sum(np.exp(below / temperature))


def calibrate(probabilities: NDArray[Any], temperature: float) -> NDArray[np.float32]:
    """Scale confidence by a temperature: above 1 the model becomes less sure, the order of labels stays.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.

    Args:
        probabilities: (n, classes) of 0 or more, to some scale for each row.
        temperature: above 0; 1 changes nothing.

    Returns:
        (n, classes), each row sums to 1.
    """
    # The softmax of logarithms over a temperature is a power; of shares of the largest, so that one stays 1.
    floored = np.maximum(probabilities, _TINY, dtype=np.float64)
    shares = floored / np.maximum.reduce(floored, axis=1, keepdims=True)
    return _shares_of_sum(np.power(shares, 1 / temperature))


def _shares_of_sum(powers: NDArray[np.float64]) -> NDArray[np.float32]:
    """Of each row's sum. A row with what is no number tells nothing: its shares are equal."""
    sums = np.add.reduce(powers, axis=1, keepdims=True)
    if not np.minimum.reduce(sums, axis=None, initial=np.inf) > 0:
        powers = np.where(sums > 0, powers, 1)
        sums = np.add.reduce(powers, axis=1, keepdims=True)
    return np.asarray(powers / sums, np.float32)
