"""Which pictures that were meant as no digit came out as one by chance: solid upright bars, and rings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

INK = 0.5  # From here on a pixel belongs to the shape.

BAR_SLENDERNESS = 1.8  # Height over width; even the thickest 1 of MNIST is more slender.
BAR_FILL = 0.6  # Share of the box around it; a slanted 1 fills less, but what is slanted is no block either.

RING_HOLE_PX = 12  # A smaller hole is a blot's.
RING_SHARE = 0.9  # Of all ink: around a ring there may be specks.


def is_upright_bar(model_input: NDArray[np.float32]) -> bool:
    """Whether (1, 28, 28) shows one solid block, tall as a 1 is."""
    ink = model_input[0] >= INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return False
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    return (
        rows.size == height  # No gap, as an i has one.
        and height > BAR_SLENDERNESS * width
        and int(np.count_nonzero(ink)) > BAR_FILL * height * width
    )


def is_ring(model_input: NDArray[np.float32]) -> bool:
    """Whether (1, 28, 28) shows a line around one hole, and hardly anything else: a 0."""
    ink = model_input[0] >= INK
    parts, _count = ndimage.label(ink, structure=np.ones((3, 3)))
    sizes = np.bincount(parts.ravel())
    if sizes.size == 1 or sizes[1:].max() < RING_SHARE * sizes[1:].sum():
        return False
    paper, _count = ndimage.label(np.pad(parts != 1 + int(sizes[1:].argmax()), 1))
    holes = np.bincount(paper.ravel())[2:]  # 0 is the line, 1 the paper outside.
    return int(np.count_nonzero(holes >= RING_HOLE_PX)) == 1
