"""Preprocessing that only fits a picture into a square."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.recognition.plain import to_square, to_square_on_dark


def grey(*rows):
    return np.array(rows, np.uint8)


def test_a_picture_of_just_the_size_is_only_scaled():
    made = to_square(grey([0, 51], [102, 255]), side_px=2)

    assert made.dtype == np.float32
    np.testing.assert_allclose(made, [[[0, 0.2], [0.4, 1]]], rtol=1e-6)


def test_a_larger_picture_is_averaged():
    picture = np.kron(grey([0, 51], [102, 255]), np.ones((3, 3), np.uint8))

    np.testing.assert_allclose(to_square(picture, side_px=2), [[[0, 0.2], [0.4, 1]]], rtol=1e-6)


def test_a_smaller_picture_is_enlarged():
    made = to_square(grey([0, 255], [255, 0]), side_px=4)

    assert made[0].tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]]


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (
            grey([51, 255, 255, 51], [51, 51, 51, 51]),
            [[1, 1, 1, 1], [1, 5, 5, 1], [1, 1, 1, 1], [1, 1, 1, 1]],
        ),
        (
            grey([51, 51], [51, 255], [51, 255], [51, 51]),
            [[1, 1, 1, 1], [1, 1, 5, 1], [1, 1, 5, 1], [1, 1, 1, 1]],
        ),
    ],
    ids=["wide", "high"],
)
def test_an_oblong_picture_keeps_its_proportions_and_gets_more_of_its_border(picture, expected):
    made = to_square(picture, side_px=4)

    np.testing.assert_allclose(made[0], np.array(expected) / 5, rtol=1e-6)


def test_colours_become_three_planes():
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[0, 1] = (255, 51, 102)

    made = to_square(picture, side_px=2)

    assert made.shape == (3, 2, 2)
    np.testing.assert_allclose(made[:, 0, 1], [1, 0.2, 0.4], rtol=1e-6)
    assert made[:, 1].max() == 0


def test_each_colour_of_the_border_is_gone_on_with():
    picture = np.full((2, 4, 3), (255, 51, 102), np.uint8)

    made = to_square(picture, side_px=4)

    np.testing.assert_allclose(made[:, 0, 0], [1, 0.2, 0.4], rtol=1e-6)


def test_on_dark_turns_a_picture_with_a_light_border_into_its_negative():
    picture = np.full((6, 6), 255, np.uint8)
    picture[2:4, 2:4] = 0

    made = to_square_on_dark(picture, side_px=3)

    assert made[0].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_on_dark_leaves_a_picture_with_a_dark_border():
    picture = np.zeros((6, 6), np.uint8)
    picture[2:4, 2:4] = 255

    made = to_square_on_dark(picture, side_px=3)

    assert made[0].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_on_dark_takes_a_picture_of_just_the_size_as_it_is():
    """Fashion-MNIST's own pictures fill their frame, so that the border tells nothing of the ground."""
    picture = np.full((3, 3), 255, np.uint8)

    assert to_square_on_dark(picture, side_px=3).min() == 1


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 5)])
def test_the_smallest_and_narrowest_pictures_fit(size):
    made = to_square(np.full(size, 51, np.uint8), side_px=28)

    np.testing.assert_allclose(made, np.full((1, 28, 28), 0.2), rtol=1e-6)
