from __future__ import annotations

import numpy as np
import pytest

from predictor.recognition.errors import NothingDrawn
from predictor.recognition.preprocessing import to_model_input
from predictor.training.drawing import non_digits as module
from predictor.training.drawing.digit_templates import DIGIT_TEMPLATES
from predictor.training.drawing.look_alikes import is_ring, is_upright_bar
from predictor.training.drawing.non_digits import (
    NON_DIGIT_KINDS,
    ROUND,
    kind_of,
    non_digit,
    non_digits,
    sent_pictures,
)
from predictor.training.drawing.pen import painted
from predictor.training.drawing.pen_strokes import smooth_line, template_strokes
from predictor.training.drawing.scribbles import SCRIBBLES, crossed_out, digit_over_digit, several_digits
from predictor.training.drawing.sign_templates import (
    FOREIGN_TEMPLATES,
    LATIN_TEMPLATES,
    PUNCTUATION_TEMPLATES,
    SYMBOL_TEMPLATES,
)


def drawn(template: str) -> np.ndarray:
    strokes = [smooth_line(np.array(stroke)) for stroke in template_strokes(template)]
    return to_model_input(255 - painted(strokes, 0.12, 60))


@pytest.mark.parametrize("kind", NON_DIGIT_KINDS)
def test_every_kind_comes_as_model_inputs_with_ink(kind):
    random = np.random.default_rng(1)

    pictures = np.stack([non_digit(kind, random) for _ in range(12)])

    assert pictures.shape == (12, 1, 28, 28)
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert (pictures.max(axis=(1, 2, 3)) > 0.2).all()
    assert len(np.unique(pictures, axis=0)) == 12


def test_the_same_seed_draws_the_same_non_digits():
    pictures = non_digits(40, seed=1)

    assert pictures.shape == (40, 1, 28, 28)
    assert np.array_equal(pictures, non_digits(40, seed=1))
    assert not np.array_equal(pictures, non_digits(40, seed=2))


def test_a_round_has_every_kind():
    assert {kind_of(index) for index in range(len(ROUND))} == set(NON_DIGIT_KINDS)
    assert kind_of(len(ROUND)) == kind_of(0) == "Latin letters"


def test_given_pictures_are_sent_in_every_way():
    garments = np.zeros((6, 28, 28), np.uint8)
    garments[:, 4:24, 8:20] = np.arange(60, 240, 30, dtype=np.uint8)[:, np.newaxis, np.newaxis]

    sent = sent_pictures(garments, 5, seed=1)

    assert sent.shape == (5, 1, 28, 28)
    assert sent.dtype == np.float32
    assert 0 <= sent.min() < sent.max() <= 1
    assert np.array_equal(sent, sent_pictures(garments, 5, seed=1))


def test_a_given_picture_of_paper_alone_is_sent_as_it_is():
    blank = np.full((1, 56, 56), 51, np.uint8)

    assert np.array_equal(sent_pictures(blank, 1, seed=1)[0], np.full((1, 28, 28), 0.2, np.float32))


def test_a_picture_of_paper_alone_is_drawn_anew(monkeypatch):
    pages = iter([NothingDrawn("nothing_drawn", "Nothing."), drawn("0,0 100,100 | 0,100 100,0")])

    def draw(random):
        page = next(pages)
        if isinstance(page, NothingDrawn):
            raise page
        return page

    monkeypatch.setitem(module.NON_DIGIT_KINDS, "noise", draw)

    assert non_digit("noise", np.random.default_rng(1)).max() == 1


def test_a_picture_that_came_out_as_a_bar_is_drawn_anew(monkeypatch):
    cross = drawn("0,0 100,100 | 0,100 100,0")
    pages = iter([drawn("50,0 50,100"), cross])
    monkeypatch.setitem(module.NON_DIGIT_KINDS, "noise", lambda random: next(pages))

    assert np.array_equal(non_digit("noise", np.random.default_rng(1)), cross)


def test_no_kind_yields_an_upright_bar():
    pictures = non_digits(144, seed=3)

    assert not any(is_upright_bar(picture) for picture in pictures)


@pytest.mark.parametrize(
    ("template", "bar", "ring"),
    [
        ("50,0 50,100", True, False),
        ("0,50 100,50", False, False),
        ("50,0 50,66 | 50,92 50,98", False, False),
        (DIGIT_TEMPLATES[0][0], False, True),
        (DIGIT_TEMPLATES[0][8], False, False),
        (DIGIT_TEMPLATES[8][0], False, False),
        ("0,0 100,0 | 0,50 100,50 | 0,100 100,100", False, False),
    ],
    ids=["bar", "minus", "exclamation mark", "zero", "open zero", "eight", "three bars"],
)
def test_bars_and_rings_are_told_from_other_shapes(template, bar, ring):
    picture = drawn(template)

    assert is_upright_bar(picture) == bar
    assert is_ring(picture) == ring


def test_an_empty_frame_is_neither_bar_nor_ring():
    empty = np.zeros((1, 28, 28), np.float32)

    assert not is_upright_bar(empty)
    assert not is_ring(empty)


@pytest.mark.parametrize("draw", [*dict.fromkeys(SCRIBBLES), several_digits, digit_over_digit, crossed_out])
def test_strokes_are_lines_of_finite_points(draw):
    random = np.random.default_rng(5)

    for _ in range(10):
        strokes = draw(random)

        assert all(stroke.shape[1:] == (2,) and len(stroke) >= 2 for stroke in strokes)
        assert np.isfinite(np.concatenate(strokes)).all()


def test_several_digits_stand_side_by_side():
    widths = [np.ptp(np.concatenate(several_digits(np.random.default_rng(seed)))[:, 0]) for seed in range(30)]

    assert np.median(widths) > 1


@pytest.mark.parametrize(
    "templates", [LATIN_TEMPLATES, FOREIGN_TEMPLATES, PUNCTUATION_TEMPLATES, SYMBOL_TEMPLATES]
)
def test_no_sign_is_a_digit_too(templates):
    digits = {template for shapes in DIGIT_TEMPLATES.values() for template in shapes}

    assert digits.isdisjoint(templates)
    assert len(set(templates)) == len(templates)


def test_progress_is_reported(monkeypatch):
    lines = []
    monkeypatch.setattr(module, "REPORT_EVERY", 10)

    non_digits(25, seed=1, report=lines.append)

    assert lines == ["10 of 25 non-digits drawn", "20 of 25 non-digits drawn"]
