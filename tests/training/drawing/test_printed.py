from __future__ import annotations

import numpy as np
import pytest

from predictor.training.drawing.printed import (
    LETTERS,
    TYPEFACES,
    printed,
    printed_letter,
    printed_sign,
    printed_word,
)
from predictor.training.drawing.shapes import polygon


def test_a_text_is_printed_white_on_black_with_a_margin():
    page = printed("8", np.random.default_rng(1))

    assert page.dtype == np.uint8
    assert page.max() == 255
    assert not page[0].any()
    assert not page[:, -1].any()


def test_every_typeface_is_there():
    random = np.random.default_rng(1)

    widths = {printed("8", random).shape for _ in range(10 * len(TYPEFACES))}

    assert len(widths) > len(TYPEFACES)


@pytest.mark.parametrize("draw", [printed_letter, printed_sign, printed_word, polygon])
def test_every_generator_leaves_ink_and_follows_its_seed(draw):
    page = draw(np.random.default_rng(1))

    assert page.max() > 200
    assert np.array_equal(page, draw(np.random.default_rng(1)))
    assert page.shape != (draw(np.random.default_rng(2))).shape or not np.array_equal(
        page, draw(np.random.default_rng(2))
    )


def test_letters_that_hands_write_like_digits_are_left_out():
    assert not set("BDGIOQSUZbgijloqsuyz") & set(LETTERS)
