"""Estimators of scikit-learn that numpy answers for: their attributes and answers without scikit-learn.

Importing scikit-learn takes a second of a worker's start and about 60 MB of its memory.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.linear import one_against_rest
from predictor.recognition.perceptron import layers_of_units

# What arrays and numbers of such an estimator are made of.
_ARRAYS = frozenset(
    {
        ("joblib.numpy_pickle", "NumpyArrayWrapper"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "scalar"),
    }
)


class _Attributes:
    """Stands for an object of scikit-learn: it has what was pickled, and does nothing."""

    def __init__(self, *_arguments: Any) -> None:
        """Take what the class it stands for would."""


def stand_in(module: str, name: str) -> type[_Attributes] | None:
    """The class to unpickle an object of scikit-learn as.

    Returns:
        None for what arrays are made of, which is taken as it is.

    Raises:
        LookupError: any other class: the estimator is none of the plain ones.
    """
    if module.partition(".")[0] == "sklearn":
        return type(name, (_Attributes,), {"__module__": module})
    if (module, name) in _ARRAYS:
        return None
    raise LookupError(f"{module}.{name}")


def is_plain(estimator: Any) -> bool:
    """Whether numpy can answer for an estimator that holds attributes only.

    One of another version of scikit-learn is left to scikit-learn, which says so.
    """
    pickled_by = getattr(estimator, "_sklearn_version", None)
    return pickled_by == version("scikit-learn") and by_numpy(estimator) is not None


def by_numpy(estimator: Any) -> Callable[[NDArray[np.float32]], NDArray[Any]] | None:
    """The shares that the estimator's `predict_proba` computes, bit by bit, without scikit-learn's checks.

    Returns:
        (n, features) -> (n, classes), probabilities to some scale for each row; None for an estimator that
        only scikit-learn can answer for.
    """
    return one_against_rest(estimator) or layers_of_units(estimator)
