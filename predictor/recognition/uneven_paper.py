"""Finding ink on paper that is lit unevenly: photos and shaded scans.

Light and page are found on small copies. Ink is what reflects another share of the light than the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from predictor.recognition.boxes import Box, box_of, cut_to_ink
from predictor.recognition.errors import NothingDrawn
from predictor.recognition.light import (
    DIMMEST_LIGHT,
    has_dark_ink,
    light_map,
    light_on_paper,
    off_page_edges,
    on_bright_page,
    stretched,
)
from predictor.recognition.photo_parts import strokes_of_digit

# Shades (of 255) by which ink differs from paper at least: JPEG noise stays below, a hard pencil above.
FAINTEST_INK = 24

# Ink is looked for on a copy of so many pixels at most, ...
PHOTO_PX = 512
# ... and looked at again in the picture itself if the digit is smaller than this on the copy.
SMALL_DIGIT_PX = 64
# Then so many pixels of the copy are added around it.
MARGIN_PX = 4

# Ink's strength is told by the share of the picture that the smallest and thinnest digit covers, ...
SMALLEST_DIGIT = 0.001
# ... and it begins and is full at these shares of that: what is printed on paper is paler than writing.
SOFT_INK = (0.4, 0.75)


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper's own shade all over the picture, as the light that falls on it makes it.

    Attributes:
        shade: on a small copy, 0..255.
        has_dark_ink: whether ink is darker.
    """

    shade: NDArray[np.float32]
    has_dark_ink: bool


def ink_on_uneven_paper(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Find the digit's ink by its contrast with the paper around it, leaving shadows and prints alone.

    Args:
        grey: (height, width).

    Returns:
        The box that holds the digit: 0 is paper, 255 is full ink.

    Raises:
        NothingDrawn: code "nothing_drawn", nothing stands out from the paper.
    """
    factor = math.ceil(max(grey.shape) / PHOTO_PX)
    small = np.asarray(Image.fromarray(grey).reduce(factor)) if factor > 1 else grey
    paper = paper_under(small)
    contrast = contrast_with_paper(small, stretched(paper.shade, small.shape), paper)
    contrast *= stretched(where_paper_is(paper), small.shape)
    strength = ink_strength(contrast)
    strokes = strokes_of_digit(soft_ink(contrast, strength))
    box = box_of(strokes)
    if not strokes[box].size:
        raise nothing_drawn()
    if factor == 1 or max(strokes[box].shape) >= SMALL_DIGIT_PX:
        return strokes[box]
    return _looked_at_closer(grey, factor, strokes, paper, strength)


def paper_under(grey: NDArray[np.uint8]) -> Paper:
    """Tell light from dark ink, and the paper's shade under it."""
    small = light_map(grey)
    if has_dark_ink(small):
        return Paper(light_on_paper(small), has_dark_ink=True)
    return Paper(255 - light_on_paper(255 - small), has_dark_ink=False)


def where_paper_is(paper: Paper) -> NDArray[np.float32]:
    """1 on the page, 0 where it ends and on what is seen beyond, as far as that can be told."""
    return on_bright_page(paper.shade) if paper.has_dark_ink else off_page_edges(paper.shade)


def contrast_with_paper(
    grey: NDArray[np.uint8], shade: NDArray[np.float32], paper: Paper
) -> NDArray[np.float32]:
    """The share of light by which the darker of ink and paper falls short, 0 to 1.

    Dividing by the light, where flat paper is subtracted, makes shadows cost almost nothing. The blur is
    slight, against noise.
    """
    seen, expected = grey + DIMMEST_LIGHT, shade + DIMMEST_LIGHT
    reflected = seen / expected if paper.has_dark_ink else expected / seen
    contrast: NDArray[np.float32] = np.clip(1 - ndimage.gaussian_filter(reflected, 0.7), 0, 1)
    return contrast


def ink_strength(contrast: NDArray[np.float32]) -> float:
    """The contrast of the strongest strokes.

    Raises:
        NothingDrawn: it is too little for ink.
    """
    strength = float(np.quantile(contrast, 1 - SMALLEST_DIGIT))
    if strength * 255 < FAINTEST_INK:
        raise nothing_drawn()
    return strength


def soft_ink(contrast: NDArray[np.float32], strength: float) -> NDArray[np.uint8]:
    """From contrast to ink, 255 being full."""
    start, full = (np.float32(share * strength) for share in SOFT_INK)
    share = np.clip((contrast - start) / (full - start), 0, 1)
    ink: NDArray[np.uint8] = np.rint(share * 255).astype(np.uint8)
    return ink


def nothing_drawn() -> NothingDrawn:
    """The error for a picture of paper alone."""
    return NothingDrawn("nothing_drawn", "Nothing is drawn on the picture.")


def _looked_at_closer(
    grey: NDArray[np.uint8], factor: int, strokes: NDArray[np.uint8], paper: Paper, strength: float
) -> NDArray[np.uint8]:
    """The ink of a small digit once more, in the picture's own pixels, near the strokes found on the copy."""
    box = _with_margin(box_of(strokes), strokes.shape)
    closer = grey[_times(box, factor)]
    shade = stretched(stretched(paper.shade, strokes.shape)[box], closer.shape)
    near = ndimage.grey_dilation(strokes[box], size=(3, 3)).astype(np.float32)
    ink = soft_ink(contrast_with_paper(closer, shade, paper), strength)
    return cut_to_ink(ink * (stretched(near, closer.shape) > 0))


def _with_margin(box: Box, shape: tuple[int, ...]) -> Box:
    rows, columns = (
        slice(max(side.start - MARGIN_PX, 0), min(side.stop + MARGIN_PX, length))
        for side, length in zip(box, shape, strict=True)
    )
    return rows, columns


def _times(box: Box, factor: int) -> Box:
    rows, columns = (slice(side.start * factor, side.stop * factor) for side in box)
    return rows, columns
