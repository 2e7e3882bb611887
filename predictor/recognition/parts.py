"""What hangs together in a drawing: strokes, specks and the frame around them.

Parts are told on a small working copy, which is quick, and joins what a pencil left apart by a hair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from predictor.recognition.boxes import Box, cut_to_ink

# The longest side of the working copy at most. Half of it is the least for larger drawings, and more of it
# gains nothing: the model's input has 20 px of it.
WORKING_PX = 96
EIGHT_NEIGHBOURS = np.ones((3, 3), np.bool_)

# Parts with less than this share of the largest one's ink are specks; the roof of a 5 has far more.
SPECK_SHARE = 0.02

# A frame's sides: so much of the length is inked, rounded corners being left out, ...
FRAME_SIDE = 0.85
# ... they are no thicker than this, or they belong to a panel, ...
FRAME_LINE = 0.06
# ... they lie so near to the part's own edges, beyond which marks of an axis may stand out, ...
FRAME_DEPTH = 0.2
# ... a panel's nearer still, as thick digits have full lines further in, ...
PANEL_DEPTH = 0.04
# ... and next to them so little is of the other kind, ink or paper: a boxy 8 has its bar there.
FRAME_RIM_MIXED = 0.03

# Of a panel that makes one part with what is in it, so much is inked; of most digits much less.
PANEL_INKED = 0.6

# Less than this holds no digit, whatever is around it.
SMALLEST_INSIDE_PX = 8


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the ink.

    Attributes:
        ink: the working copy, in which 255 is full ink.
        labels: of its pixels; 0 is paper, every other number one part.
        mass: ink by label.
        factor: the ink's own pixels to one of the working copy, in both directions.
    """

    ink: NDArray[np.uint8]
    labels: NDArray[np.int32]
    mass: NDArray[np.float64]
    factor: int


def parts_of(ink: NDArray[np.uint8]) -> Parts:
    """Tell the ink's parts from each other."""
    small, factor = working_copy(ink)
    labels, _count = ndimage.label(small, structure=EIGHT_NEIGHBOURS)
    mass = np.bincount(labels.ravel(), weights=small.ravel())
    return Parts(small, labels, np.asarray(mass, np.float64), factor)


def working_copy(ink: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """Average whole blocks of pixels, as few as needed, and tell how many make a pixel in each direction."""
    factor = math.ceil(max(ink.shape) / WORKING_PX)
    return (np.asarray(Image.fromarray(ink).reduce(factor)) if factor > 1 else ink), factor


def without_specks(ink: NDArray[np.uint8], parts: Parts) -> NDArray[np.uint8]:
    """The working copy without what is too small to be a stroke; detached strokes stay."""
    keep = parts.mass >= SPECK_SHARE * parts.mass.max()
    keep[0] = True
    if keep.all():
        return parts.ink
    # Without specks far away the drawing may be much smaller, so its copy is made anew.
    stays = keep[parts.labels].repeat(parts.factor, axis=0).repeat(parts.factor, axis=1)
    return working_copy(cut_to_ink(ink * stays[: ink.shape[0], : ink.shape[1]]))[0]


def inside_of_frame(parts: Parts) -> Box | None:
    """Where a screenshot's frame or panel leaves room for the drawing, in the ink's pixels; None without one.

    The widest part is a frame if it has four full sides and, next to them, paper alone (lines) or ink alone
    (a panel of another shade than the page).
    """
    alone = parts.mass.size == 2  # noqa: PLR2004 - the paper, and one
    if alone and np.count_nonzero(parts.ink) < PANEL_INKED * parts.ink.size:
        return None  # Most drawings, at no cost.
    boxes = ndimage.find_objects(parts.labels)
    label, box = max(enumerate(boxes, start=1), key=lambda one: _area(one[1]))
    top, left = box[0].start, box[1].start
    frame = parts.labels[box] == label
    rows, columns = _between_sides(frame.mean(axis=1)), _between_sides(frame.mean(axis=0))
    if rows is None or columns is None:
        return None
    rim = _rim(parts.labels[box][rows, columns] > 0)
    if rim is None or FRAME_RIM_MIXED < rim.mean() < 1 - FRAME_RIM_MIXED:
        return None
    return _scaled(rows, top, parts.factor), _scaled(columns, left, parts.factor)


def _between_sides(share: NDArray[np.float64]) -> slice | None:
    """Between the two sides of a frame, seen from one direction; None if one is missing.

    Args:
        share: how much of each line is inked.
    """
    first, last = (_inner_end(end >= FRAME_SIDE) for end in (share, share[::-1]))
    if first is None or last is None or first + last >= share.size:
        return None
    return slice(first, share.size - last)


def _inner_end(full: NDArray[np.bool_]) -> int | None:
    """How far in a side ends, with a pixel more for its blurred edge; of a panel its start.

    Args:
        full: which lines are inked for the most part, from one end on.
    """
    start = int(full.argmax())
    thickness = int(np.append(full[start:], False).argmin())
    if not full[start] or start > FRAME_DEPTH * full.size:
        return None
    if thickness <= FRAME_LINE * full.size:
        return start + thickness + 1
    return start + 2 if start <= PANEL_DEPTH * full.size else None


def _area(box: Box) -> int:
    return int((box[0].stop - box[0].start) * (box[1].stop - box[1].start))


def _rim(inside: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    if min(inside.shape) < SMALLEST_INSIDE_PX:
        return None
    return np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])


def _scaled(cells: slice, start: int, factor: int) -> slice:
    return slice((start + cells.start) * factor, (start + cells.stop) * factor)
