"""Bilinear resampling of many small pictures at once, each by its own map of positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RIM_PX = 1  # Of background around each picture; what lies farther out is read there.
_INSIDE = np.float32(1e-3)  # Keeps the right and the lower neighbour of the last position within the rim.


def with_rim(pictures: Floats) -> Floats:
    """Copy (n, side, side) into (n, side + 2, side + 2), background 0 all around."""
    count, side, _ = pictures.shape
    framed = np.zeros((count, side + 2 * RIM_PX, side + 2 * RIM_PX), np.float32)
    framed[:, RIM_PX:-RIM_PX, RIM_PX:-RIM_PX] = pictures
    return framed


def resampled(framed: Floats, positions: Floats) -> Floats:
    """Read each picture between its pixels.

    Args:
        framed: (n, side + 2, side + 2), from `with_rim`.
        positions: (n, 2, side, side), row and column in the picture without its rim where each pixel of the
            result comes from; used up as working memory.

    Returns:
        (n, side, side); 0 where a position is outside the picture.
    """
    width = framed.shape[-1]
    positions += RIM_PX
    np.clip(positions, 0, width - 1 - _INSIDE, out=positions)
    whole = np.floor(positions)
    positions -= whole
    down, right = positions[:, 0], positions[:, 1]
    index = _flat_index(whole, width)
    flat = framed.ravel()
    above, below = _between(flat, index, right), _between(flat[width:], index, right)
    below -= above
    below *= down
    above += below
    return above


def _flat_index(whole: Floats, width: int) -> NDArray[np.intp]:
    """Where in the pictures' one line of pixels each whole (row, column) lies."""
    # Within one picture a float holds the index exactly; with the picture's start it might not.
    inside = whole[:, 0] * np.float32(width)
    inside += whole[:, 1]
    index = inside.astype(np.intp)
    index += (np.arange(len(whole)) * width**2)[:, np.newaxis, np.newaxis]
    return index


def _between(flat: Floats, index: NDArray[np.intp], share: Floats) -> Floats:
    """Between the pixels at the index and their right neighbours."""
    left, right = flat.take(index, mode="clip"), flat[1:].take(index, mode="clip")
    right -= left
    right *= share
    left += right
    return left
