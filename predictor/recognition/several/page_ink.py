"""The ink of a whole picture, where `ink.extract_ink` would look for one digit's alone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from predictor.recognition.ink import flat_paper_shade, ink_on_flat_paper, is_photographed_desk
from predictor.recognition.light import stretched
from predictor.recognition.photo_parts import without_lines
from predictor.recognition.uneven_paper import (
    contrast_with_paper,
    ink_strength,
    paper_under,
    soft_ink,
    where_paper_is,
)

# Parts are told on a copy with so many pixels on its longest side at most: digits of a long row stay apart.
PAGE_PX = 512
EIGHT_NEIGHBOURS = np.ones((3, 3), np.bool_)


def ink_of_page(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """All that is written on a picture, wherever it stands.

    Args:
        grey: (height, width), of at most 1024 px a side as `decode_image` makes it.

    Returns:
        (height, width), 0 is paper and 255 is full ink.

    Raises:
        NothingDrawn: code "nothing_drawn", nothing stands out from the paper.
    """
    shade = flat_paper_shade(grey)
    if shade is None or is_photographed_desk(grey, shade):
        return _on_uneven_paper(grey)
    ink, box = ink_on_flat_paper(grey, shade)
    page = np.zeros(grey.shape, np.uint8)
    page[box] = ink
    return page


def parts_of_page(ink: NDArray[np.uint8]) -> tuple[NDArray[np.int32], int]:
    """Tell what hangs together.

    Returns:
        The label of every pixel, 0 being paper, and how many parts there are; what lies a hair apart is one.
    """
    factor = math.ceil(max(ink.shape) / PAGE_PX)
    small = np.asarray(Image.fromarray(ink).reduce(factor)) if factor > 1 else ink
    labels, count = ndimage.label(small, structure=EIGHT_NEIGHBOURS)
    larger = labels.repeat(factor, axis=0).repeat(factor, axis=1)[: ink.shape[0], : ink.shape[1]]
    return np.where(ink > 0, larger, 0).astype(np.int32), int(count)


def _on_uneven_paper(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    paper = paper_under(grey)
    contrast = contrast_with_paper(grey, stretched(paper.shade, grey.shape), paper)
    contrast *= stretched(where_paper_is(paper), grey.shape)
    return without_lines(soft_ink(contrast, ink_strength(contrast)))
