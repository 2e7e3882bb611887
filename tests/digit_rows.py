"""Rows of drawn digits in one picture, as people write numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.drawings import STYLES, make_drawing, paint

HEIGHT_PX = 120
MARGIN_PX = 40
JITTER_PX = 16  # So much the digits of a row may stand higher or lower than each other.


def digit_row(digits: Sequence[int], random: np.random.Generator, gap_px: int = 20) -> NDArray[np.uint8]:
    """Write the digits side by side, dark on white.

    Args:
        digits: from left to right.
        random: decides about shapes and places.
        gap_px: between two boxes of digits of 120 px height; below 0 they overlap.
    """
    drawn = [_digit(digit, random) for digit in digits]
    width = sum(one.shape[1] + gap_px for one in drawn) - gap_px + 2 * MARGIN_PX
    page = np.full((HEIGHT_PX + JITTER_PX + 2 * MARGIN_PX, width), 255, np.uint8)
    left = MARGIN_PX
    for one in drawn:
        top = MARGIN_PX + int(random.integers(0, JITTER_PX + 1))
        place = page[top : top + HEIGHT_PX, left : left + one.shape[1]]
        np.minimum(place, one, out=place)
        left += one.shape[1] + gap_px
    return page


def photo_of(page: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """The page in slanting light, with a sensor's noise."""
    height, width = page.shape
    light = np.linspace(150, 235, width) * np.linspace(1, 0.8, height)[:, np.newaxis]
    seen = light * (0.2 + 0.8 * page / 255) + random.normal(0, 4, page.shape)
    return np.rint(seen.clip(0, 255)).astype(np.uint8)


def _digit(digit: int, random: np.random.Generator) -> NDArray[np.uint8]:
    drawing = make_drawing(digit, STYLES["black-on-white"], random, int(random.integers(0, 3)))
    grey = np.asarray(paint(drawing).convert("L"))
    rows, columns = np.nonzero(grey < 128)
    cut = Image.fromarray(grey[rows.min() - 4 : rows.max() + 5, columns.min() - 4 : columns.max() + 5])
    return np.asarray(cut.resize((max(4, round(cut.width * HEIGHT_PX / cut.height)), HEIGHT_PX)))
