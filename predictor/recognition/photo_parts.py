"""What of the dark parts on a photographed page is the digit.

Lines printed on the page, its edge, the desk beyond, dirt: all are dark, and none looks like a digit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

EIGHT_NEIGHBOURS = np.ones((3, 3), np.bool_)

# A part that spans so much of the picture is a line or an edge if it fills little of its own box, ...
LONG_PART = 0.5
# ... less than this; and so is a part that is both so narrow and at the picture's edge.
THIN_PART = 0.06

# What covers so much of one of the picture's sides is no digit that runs off it.
EDGE_SHARE = 0.5

# Parts with less than this share of the digit's ink are specks; the roof of a 5 has far more.
SPECK_SHARE = 0.03
# So near to the digit, in shares of its own size, its detached strokes lie.
NEAR = 0.3
ROUNDS = 2


def strokes_of_digit(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink without what does not belong to the digit.

    Args:
        ink: (height, width) of the whole picture, 255 is full ink.
    """
    parts, count = ndimage.label(ink, structure=EIGHT_NEIGHBOURS)
    if count == 0:
        return ink
    boxes = _boxes(parts)
    mass = _mass_of_writing(ink, parts, boxes)
    main = int(mass.argmax())
    keep = mass >= SPECK_SHARE * mass[main]
    keep[1:] &= _together(boxes, keep[1:], main - 1)
    keep[0] = False
    return np.where(keep[parts], ink, np.uint8(0))


def without_lines(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink without lines and the page's edges; everything that is written stays.

    Args:
        ink: (height, width) of the whole picture, 255 is full ink.
    """
    parts, count = ndimage.label(ink, structure=EIGHT_NEIGHBOURS)
    if count == 0:
        return ink
    return np.where(_mass_of_writing(ink, parts, _boxes(parts))[parts] > 0, ink, np.uint8(0))


def _mass_of_writing(
    ink: NDArray[np.uint8], parts: NDArray[np.int32], boxes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Each part's ink by label; none for paper, lines and the page's edges."""
    mass = np.bincount(parts.ravel(), weights=ink.ravel())
    mass[0] = 0
    other = _are_lines(boxes, mass[1:] / 255, ink.shape) | _along_edges(parts, len(boxes))
    if not other.all():  # Else whatever is there is all that can be meant.
        mass[1:][other] = 0
    return np.asarray(mass, np.float64)


def _boxes(parts: NDArray[np.int32]) -> NDArray[np.int64]:
    """(n, 4): top, left, bottom and right of every part."""
    return np.array(
        [(rows.start, cols.start, rows.stop, cols.stop) for rows, cols in ndimage.find_objects(parts)]
    )


def _are_lines(
    boxes: NDArray[np.int64], area: NDArray[np.float64], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    size = boxes[:, 2:] - boxes[:, :2]
    at_edge = (boxes[:, :2] == 0).any(axis=1) | (boxes[:, 2:] == np.array(shape)).any(axis=1)
    long = (size > LONG_PART * np.array(shape)).any(axis=1)
    sparse = area / size.prod(axis=1) < THIN_PART
    narrow = size.min(axis=1) < THIN_PART * size.max(axis=1)
    lines: NDArray[np.bool_] = (long & sparse) | (at_edge & (narrow | sparse))
    return lines


def _along_edges(parts: NDArray[np.int32], count: int) -> NDArray[np.bool_]:
    """Which parts go along one of the picture's sides: the desk, or the dark beyond a book."""
    sides = (parts[0], parts[-1], parts[:, 0], parts[:, -1])
    shares = [np.bincount(side, minlength=count + 1) / side.size for side in sides]
    along: NDArray[np.bool_] = np.max(shares, axis=0)[1:] > EDGE_SHARE
    return along


def _together(boxes: NDArray[np.int64], candidates: NDArray[np.bool_], main: int) -> NDArray[np.bool_]:
    """Which boxes lie near the main one, or near what lies near it."""
    near: NDArray[np.bool_] = np.arange(len(boxes)) == main
    for _ in range(ROUNDS):
        top_left, bottom_right = boxes[near, :2].min(axis=0), boxes[near, 2:].max(axis=0)
        reach = NEAR * (bottom_right - top_left).max()
        reached = (boxes[:, 2:] >= top_left - reach) & (boxes[:, :2] <= bottom_right + reach)
        near = candidates & np.asarray(reached.all(axis=1), np.bool_)
    return near
