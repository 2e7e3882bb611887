from __future__ import annotations

import numpy as np
import pytest

from predictor.recognition.confidence import calibrate
from predictor.training.calibration import (
    choose_min_confidence,
    choose_temperature,
    negative_log_likelihood,
)


def test_the_likelihood_is_that_of_the_right_answers():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])

    loss = negative_log_likelihood(probabilities, np.array([0, 0], np.uint8))

    assert loss == pytest.approx((np.log(2) + np.log(4)) / 2)


def test_an_impossible_right_answer_costs_much_but_not_everything():
    probabilities = np.array([[0.0, 1.0]])

    loss = negative_log_likelihood(probabilities, np.array([0], np.uint8))

    assert 80 < loss < 100


def honest_answers(count=4000):
    """Answers among three classes that are right exactly as often as they say."""
    random = np.random.default_rng(0)
    probabilities = random.dirichlet([0.5, 0.5, 0.5], count).astype(np.float32)
    truth = np.array([random.choice(3, p=row / row.sum()) for row in probabilities.astype(float)], np.uint8)
    return probabilities, truth


@pytest.mark.parametrize("distortion", [0.4, 1.0, 2.5])
def test_the_temperature_undoes_wrong_confidence(distortion):
    probabilities, truth = honest_answers()
    distorted = calibrate(probabilities, distortion)

    temperature = choose_temperature(distorted, truth)

    assert temperature == pytest.approx(1 / distortion, rel=0.05)


def test_the_threshold_is_the_smallest_that_keeps_enough_right():
    # Of 100 answers the 50 surest are right, then one is wrong and one right in turn.
    confidence = np.linspace(0.995, 0.5, 100)
    right = np.array([True] * 50 + [False, True] * 25)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    truth = np.where(right, 0, 1).astype(np.uint8)

    threshold = choose_min_confidence(probabilities, truth)

    # 51 of the first 52 are right, which is 98.08 %; the next one, at 0.735, is wrong.
    assert threshold == 0.736


def test_the_threshold_refuses_no_more_answers_than_it_may():
    # Only the surest of the hundred, at 0.995, 0.99 and so on down to 0.5, is right.
    confidence = np.linspace(0.995, 0.5, 100)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    truth = np.ones(100, np.uint8)
    truth[0] = 0

    threshold = choose_min_confidence(probabilities, truth, most_unsure=0.1)

    # Ten may go: 0.5, 0.505 and so on to 0.545. At 0.551 the eleventh would go as well.
    assert threshold == 0.55


def test_a_model_that_is_always_right_needs_no_threshold():
    probabilities = np.array([[0.6, 0.4], [0.3, 0.7]])

    threshold = choose_min_confidence(probabilities, np.array([0, 1], np.uint8))

    assert threshold == 0


def test_a_model_that_is_always_wrong_is_never_accepted():
    probabilities = np.array([[0.6, 0.4], [0.3, 0.7]])

    threshold = choose_min_confidence(probabilities, np.array([1, 0], np.uint8))

    assert threshold == 1
