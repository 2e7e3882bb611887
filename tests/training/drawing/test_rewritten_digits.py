from __future__ import annotations

import numpy as np
import pytest

from predictor.recognition.errors import NothingDrawn
from predictor.training.drawing import rewritten_digits as module
from predictor.training.drawing.rewritten_digits import (
    on_paper,
    photographed,
    rewritten,
    rewritten_digits,
    with_other_pen,
)


def bar(width_px=3):
    digit = np.zeros((28, 28), np.float32)
    digit[4:24, 13 : 13 + width_px] = 1
    return digit


def test_some_digits_are_rewritten_and_their_numbers_told():
    digits = np.stack([bar(), bar(4), bar(5), bar(2)])[:, np.newaxis]

    inputs, chosen = rewritten_digits(digits, 3, seed=1)

    assert inputs.shape == (3, 1, 28, 28)
    assert inputs.dtype == np.float32
    assert 0 <= inputs.min() < inputs.max() <= 1
    assert len(set(chosen.tolist())) == 3
    assert np.array_equal(inputs, rewritten_digits(digits, 3, seed=1)[0])
    assert not np.array_equal(inputs, rewritten_digits(digits, 3, seed=2)[0])


@pytest.mark.parametrize(("grown_px", "expected_px"), [(0, 9), (1, 15), (2, 21)])
def test_strokes_grow_by_as_much_at_both_edges(grown_px, expected_px):
    marks = with_other_pen(bar(), grown_px)

    assert marks.shape == (84, 84)
    assert marks[42].sum() == pytest.approx(expected_px, abs=1)


def test_the_thinnest_pen_breaks_no_stroke():
    marks = with_other_pen(bar(), -5)

    assert (marks[15:69].max(axis=1) > 0.4).all()
    assert 0 < marks[42].sum() < 5


def test_a_page_holds_the_whole_digit_in_either_polarity():
    random = np.random.default_rng(1)

    pages = [on_paper(with_other_pen(bar(), 0), random) for _ in range(20)]

    medians = [float(np.median(page)) for page in pages]
    assert {median > 128 for median in medians} == {True, False}
    assert all(np.ptp(page) >= 80 for page in pages)


def test_a_photograph_has_a_camera_s_shades():
    page = np.full((60, 80), 200, np.float32)

    photograph = photographed(page, np.random.default_rng(1))

    assert photograph.shape == (60, 80)
    assert photograph.dtype == np.uint8
    assert len(np.unique(photograph)) > 5


def test_a_digit_that_gets_lost_stays_as_it_was(monkeypatch):
    def find_nothing(page):
        raise NothingDrawn("nothing_drawn", "Nothing.")

    monkeypatch.setattr(module, "to_model_input", find_nothing)

    assert np.array_equal(rewritten(bar(), np.random.default_rng(1)), bar()[np.newaxis])
