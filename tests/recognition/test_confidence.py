"""Scores become probabilities, and a temperature makes them more or less sure."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.recognition.confidence import calibrate, softmax


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(1, [0.2, 0.8]), (2, [1 / 3, 2 / 3]), (0.5, [1 / 17, 16 / 17])],
)
def test_temperature_takes_the_root_of_the_probabilities(temperature, expected):
    probabilities = np.array([[0.2, 0.8]], np.float32)

    np.testing.assert_allclose(calibrate(probabilities, temperature), [expected], rtol=1e-6)


def test_a_probability_of_zero_stays_finite():
    calibrated = calibrate(np.array([[0, 1]], np.float32), 0.01)

    np.testing.assert_array_equal(calibrated, [[0, 1]])


@pytest.mark.parametrize("temperature", [0.5, 1, 3])
def test_logits_and_their_probabilities_lead_to_the_same(temperature):
    logits = np.random.default_rng(1).normal(0, 4, (20, 10)).astype(np.float32)

    np.testing.assert_allclose(
        softmax(logits, temperature), calibrate(softmax(logits), temperature), rtol=1e-5
    )


@pytest.mark.parametrize("scale", [1e-30, 0.5, 1e30])
def test_shares_count_by_their_ratio_alone(scale):
    shares = np.array([[0.1, 0.3, 0.6], [1, 0, 0]])

    np.testing.assert_allclose(calibrate(shares * scale, 1), shares, atol=1e-7)


@pytest.mark.parametrize("scores", [[0, 0], [np.nan, 1], [np.inf, 1], [np.inf, np.inf]])
def test_a_row_that_tells_nothing_has_equal_shares_and_spoils_no_other(scores):
    with np.errstate(all="ignore"):
        calibrated = calibrate(np.array([[0.25, 0.75], scores]), 1)

    np.testing.assert_array_equal(calibrated, np.array([[0.25, 0.75], [0.5, 0.5]], np.float32))


def test_no_rows_are_no_failure():
    assert calibrate(np.zeros((0, 3), np.float32), 2).shape == (0, 3)
    assert softmax(np.zeros((0, 3), np.float32), 2).shape == (0, 3)
