"""The short way through a linear model gives scikit-learn's answers, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier

from predictor.recognition.linear import one_against_rest

PICTURES = np.random.default_rng(1).random((60, 16), np.float32)
DIGITS = np.arange(60) % 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["weights of 32 bits", "of 64 bits"])
def test_the_answers_are_those_of_scikit_learn(dtype):
    estimator = SGDClassifier(loss="log_loss", random_state=0).fit(PICTURES.astype(dtype), DIGITS)
    short = one_against_rest(estimator)

    for count in (1, 7, 60):
        shares = short(PICTURES[:count])
        found, expected = (
            shares / shares.sum(axis=1, keepdims=True),
            estimator.predict_proba(PICTURES[:count]),
        )
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


def test_a_picture_that_no_class_claims_has_no_shares():
    estimator = SGDClassifier(loss="log_loss", random_state=0).fit(PICTURES, DIGITS)
    estimator.intercept_ = np.full(3, -1e6)

    np.testing.assert_array_equal(one_against_rest(estimator)(PICTURES[:1]), [[0, 0, 0]])


@pytest.mark.parametrize(
    ("loss", "classes"), [("modified_huber", 3), ("hinge", 3), ("log_loss", 2)], ids=["huber", "hinge", "two"]
)
def test_other_estimators_are_left_to_scikit_learn(loss, classes):
    estimator = SGDClassifier(loss=loss, random_state=0).fit(PICTURES, np.arange(60) % classes)

    assert one_against_rest(estimator) is None


def test_a_class_of_ones_own_is_left_to_itself():
    class Own(SGDClassifier):
        """It may answer otherwise."""

    assert one_against_rest(Own(loss="log_loss").fit(PICTURES, DIGITS)) is None
