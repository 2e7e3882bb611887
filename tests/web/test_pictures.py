"""Pictures that a page carries in itself."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from predictor.pictures import explanation_data_url, picture_data_url

PAPER, FULL_BLUE, FULL_ORANGE = (255, 255, 255), (38, 135, 190), (219, 118, 38)


def pixels(address: str) -> np.ndarray:
    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(content)))


def weights(*values: float) -> np.ndarray:
    return np.array([values], np.float32)


def test_one_channel_is_ink_on_paper_and_three_are_a_picture():
    ink = np.array([[[0, 0.5, 1]]], np.float32)

    assert pixels(picture_data_url(ink)).tolist() == [[255, 127, 0]]
    assert pixels(picture_data_url(np.concatenate([ink, ink * 0, ink * 0]))).tolist() == [
        [[0, 0, 0], [128, 0, 0], [255, 0, 0]]
    ]


def test_what_speaks_for_the_answer_is_blue_and_what_speaks_against_it_orange():
    coloured = pixels(explanation_data_url(np.zeros((1, 1, 3), np.float32), weights(0, 1, -1)))

    assert [tuple(pixel) for pixel in coloured[0]] == [PAPER, FULL_BLUE, FULL_ORANGE]


def test_a_small_weight_has_little_colour():
    coloured = pixels(explanation_data_url(np.zeros((1, 1, 2), np.float32), weights(0.1, 0.9)))

    assert coloured[0, 0, 0] > 220
    assert coloured[0, 1, 0] < 100


@pytest.mark.parametrize("weight", [1.0, -1.0, 0.0])
def test_ink_is_darker_than_paper_under_any_colour(weight):
    ink = np.array([[[0, 1]]], np.float32)

    paper_pixel, ink_pixel = pixels(explanation_data_url(ink, weights(weight, weight)))[0].astype(int)

    assert ink_pixel.sum() < paper_pixel.sum() - 60


def test_a_picture_in_colour_is_coloured_too():
    coloured = pixels(explanation_data_url(np.ones((3, 1, 1), np.float32), weights(1)))

    assert tuple(coloured[0, 0]) == FULL_BLUE
