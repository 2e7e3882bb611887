"""The short way through a perceptron gives scikit-learn's answers, bit by bit."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from predictor.recognition.perceptron import layers_of_units

PICTURES = np.random.default_rng(1).random((60, 16), np.float32)


def fitted(dtype=np.float32, classes=3, kind=MLPClassifier, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It has not converged; that is not what is asked.
        estimator = kind((12, 8), max_iter=5, random_state=0, **options)
        return estimator.fit(PICTURES.astype(dtype), np.arange(60) % classes)


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["weights of 32 bits", "of 64 bits"])
def test_the_answers_are_those_of_scikit_learn(dtype):
    estimator = fitted(dtype)
    short = layers_of_units(estimator)

    for count in (1, 7, 60):
        pictures = PICTURES[:count].copy()
        found, expected = short(pictures), estimator.predict_proba(pictures)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(pictures, PICTURES[:count])


@pytest.mark.parametrize(
    ("activation", "classes"), [("tanh", 3), ("logistic", 3), ("relu", 2)], ids=["tanh", "logistic", "two"]
)
def test_other_estimators_are_left_to_scikit_learn(activation, classes):
    assert layers_of_units(fitted(classes=classes, activation=activation)) is None


def test_a_class_of_ones_own_is_left_to_itself():
    class Own(MLPClassifier):
        """It may answer otherwise."""

    assert layers_of_units(fitted(kind=Own)) is None
