from __future__ import annotations

import numpy as np
import pytest

from predictor.training.drawing.digit_templates import DIGIT_TEMPLATES
from predictor.training.drawing.drawn_digits import drawn_digits
from predictor.training.drawing.hand import Hand, written
from predictor.training.drawing.pen import painted
from predictor.training.drawing.pen_strokes import template_strokes
from tests.drawings import TEMPLATES as MEASURING_TEMPLATES

ROBOT = Hand(turn=0, slant=0, stretch=0, bend=0, shake=0, drift=0, overshoot=0, lean=0)


def test_digits_come_as_model_inputs_with_labels():
    inputs, labels = drawn_digits(25, seed=1)

    assert inputs.shape == (25, 1, 28, 28)
    assert inputs.dtype == np.float32
    assert inputs.min() == 0
    assert 0.9 < inputs.max() <= 1
    assert labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [3, 3, 3, 3, 3, 2, 2, 2, 2, 2]


def test_the_same_seed_draws_the_same_digits():
    inputs, _labels = drawn_digits(20, seed=1)

    assert np.array_equal(inputs, drawn_digits(20, seed=1)[0])
    assert not np.array_equal(inputs, drawn_digits(20, seed=2)[0])


def test_digits_stand_in_mnist_form():
    inputs, _labels = drawn_digits(40, seed=3)

    for ink in inputs[:, 0] >= 0.1:
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in {19, 20, 21, 22}


def test_pens_are_of_the_usual_width_and_of_others():
    inputs, labels = drawn_digits(400, seed=4)

    mass = inputs[labels == 0].sum(axis=(1, 2, 3))

    assert mass.max() > 2 * mass.min()


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_has_many_shapes(digit):
    assert len(set(DIGIT_TEMPLATES[digit])) >= 12


def test_no_shape_is_one_that_measures_models():
    def places(templates):
        return {str(template_strokes(template)) for shapes in templates.values() for template in shapes}

    assert places(DIGIT_TEMPLATES).isdisjoint(places(MEASURING_TEMPLATES))


def test_a_steady_hand_writes_what_the_template_says():
    strokes = written("0,0 0,100 | 0,50 60,50", np.random.default_rng(0), ROBOT)

    assert [stroke.round(9).tolist() for stroke in strokes] == [
        [[-0.3, -0.5], [-0.3, 0.5]],
        [[-0.3, 0], [0.3, 0]],
    ]


def test_strokes_that_meet_stay_joined_in_a_shaky_hand():
    hand = Hand(drift=0, overshoot=0)

    first, second = written("0,0 50,100! | 50,100! 100,0", np.random.default_rng(0), hand)

    assert first[-1].tolist() == second[0].tolist()


@pytest.mark.parametrize(
    ("pen", "shape", "ink"), [(0.05, (48, 8), 83.1), (0.1, (50, 10), 172.6), (0.3, (58, 18), 593.1)]
)
def test_a_pen_paints_its_width(pen, shape, ink):
    picture = painted([np.array([[5, 1], [5, 3]], float)], pen, longest_px=40)

    assert picture.shape == shape
    assert picture.max() == 255
    assert picture.sum() / 255 == pytest.approx(ink, rel=0.02)


def test_progress_is_reported(monkeypatch):
    lines = []
    monkeypatch.setattr("predictor.training.drawing.drawn_digits.REPORT_EVERY", 10)

    drawn_digits(25, seed=1, report=lines.append)

    assert lines == ["10 of 25 digits drawn", "20 of 25 digits drawn"]


@pytest.mark.parametrize("end", [(60, -9), (-60, 9), (9, 60), (-9, -60), (60, 0), (42, 42)])
def test_the_thinnest_pen_leaves_no_gap_in_any_direction(end):
    picture = painted([np.array([[0, 0], end], float)], pen=0.001, longest_px=60)

    assert picture.max(axis=0 if abs(end[0]) >= abs(end[1]) else 1)[4:-4].min() > 127
