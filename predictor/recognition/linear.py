"""Linear classifiers without scikit-learn's checks, which take longer than the arithmetic of one picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SGD = ("sklearn.linear_model._stochastic_gradient", "SGDClassifier")


def one_against_rest(estimator: Any) -> Callable[[NDArray[np.float32]], NDArray[Any]] | None:
    """What `predict_proba` of an SGDClassifier with logistic loss divides by each row's sum, bit by bit.

    Returns:
        (n, features) -> (n, classes), where a picture that no class claims has zeros; None for any other
        estimator, and for two classes, which have one row of weights.
    """
    kind = type(estimator)
    if (kind.__module__, kind.__name__) != _SGD or estimator.loss != "log_loss" or len(estimator.coef_) == 1:
        return None
    from scipy.special import expit  # noqa: PLC0415 - scikit-learn has loaded it; who serves ONNX need not

    weights, intercepts = estimator.coef_.T, estimator.intercept_

    def shares(inputs: NDArray[np.float32]) -> NDArray[Any]:
        return np.asarray(expit(inputs @ weights + intercepts))

    return shares
