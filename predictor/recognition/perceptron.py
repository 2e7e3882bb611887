"""Multilayer perceptrons by numpy, so that who serves one need not carry scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MLP = ("sklearn.neural_network._multilayer_perceptron", "MLPClassifier")


def layers_of_units(estimator: Any) -> Callable[[NDArray[np.float32]], NDArray[Any]] | None:
    """What `predict_proba` of an MLPClassifier with rectified units computes, bit by bit.

    Returns:
        (n, features) -> (n, classes); None for any other estimator, and for two classes, which have one
        output.
    """
    kind = type(estimator)
    if (kind.__module__, kind.__name__) != _MLP:
        return None
    if (estimator.activation, estimator.out_activation_) != ("relu", "softmax"):
        return None
    layers = list(zip(estimator.coefs_, estimator.intercepts_, strict=True))

    def probabilities(inputs: NDArray[np.float32]) -> NDArray[Any]:
        units: NDArray[Any] = inputs
        for index, (weights, intercepts) in enumerate(layers):
            if index:
                np.maximum(units, 0, out=units)
            units = units @ weights
            # In place, as scikit-learn adds: the sum keeps the product's number of bits.
            units += intercepts
        powers = np.exp(units - units.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    return probabilities
