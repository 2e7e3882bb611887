"""Which parts of a page's ink make a digit together, and in what order they are read.

Boxes are rows of (top, left, bottom, right) in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from predictor.recognition.several.page_ink import parts_of_page

# Parts with less than this share of the largest one's ink are specks, ...
SPECK_MASS = 0.03
# ... and so are parts that are lower than this share of the usual digit: dots, dashes, commas.
SPECK_HEIGHT = 0.3

# Parts belong together if they share so much of the narrower one's width and lie no further apart, in heights
# of the taller one: the roof of a 5, the two strokes of a 4.
SHARED_WIDTH = 0.6
NEAR_HEIGHT = 0.3
# A low part needs to share less: a roof that runs off to the right.
SHARED_WIDTH_OF_LOW = 0.25

# A part that holds so many others in its box, and fills little of it, is a frame around them.
FRAMED_PARTS = 2
FRAME_FILL = 0.3

Boxes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FoundDigit:
    """Something that may be a digit.

    Attributes:
        ink: the box around it, without its neighbours' ink; 255 is full ink.
        box: (top, left, bottom, right) in pixels of the page.
        line: 0 for the top line of digits, 1 for the next.
    """

    ink: NDArray[np.uint8]
    box: tuple[int, int, int, int]
    line: int


def find_digits(ink: NDArray[np.uint8]) -> list[FoundDigit]:
    """Find what may be digits, line by line and each from left to right.

    Args:
        ink: (height, width) of the whole page, 255 is full ink.
    """
    labels, count = parts_of_page(ink)
    if count == 0:
        return []
    boxes, mass = _boxes(labels), np.bincount(labels.ravel(), weights=ink.ravel(), minlength=count + 1)[1:]
    stays = _without_frames(boxes, mass, mass >= SPECK_MASS * mass.max())
    groups = _together(boxes, np.flatnonzero(stays))
    around = np.array([_around(boxes[group]) for group in groups])
    tall = _heights(around) >= SPECK_HEIGHT * np.quantile(_heights(around), 0.75)
    return [
        FoundDigit(_cut(ink, labels, groups[number], around[number]), tuple(around[number].tolist()), line)
        for line, numbers in enumerate(_lines(around, np.flatnonzero(tall)))
        for number in numbers
    ]


def _boxes(labels: NDArray[np.int32]) -> Boxes:
    found = ndimage.find_objects(labels)
    return np.array([(rows.start, cols.start, rows.stop, cols.stop) for rows, cols in found], np.int64)


def _without_frames(boxes: Boxes, mass: NDArray[Any], stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    kept = stays.copy()
    area = _heights(boxes) * (boxes[:, 3] - boxes[:, 1])
    for number in np.flatnonzero(stays & (mass / 255 < FRAME_FILL * area)):
        box = boxes[number]
        inside = (boxes[:, :2] > box[:2]).all(axis=1) & (boxes[:, 2:] < box[2:]).all(axis=1)
        kept[number] = np.count_nonzero(inside & stays) < FRAMED_PARTS
    return kept


def _together(boxes: Boxes, numbers: NDArray[np.intp]) -> list[list[int]]:
    """Join parts of one digit, from left to right; the parts' numbers by digit."""
    groups: list[list[int]] = []
    for number in sorted(numbers.tolist(), key=lambda one: int(boxes[one, 1])):
        mine = [group for group in groups if _is_one_digit(_around(boxes[group]), boxes[number])]
        groups = [group for group in groups if group not in mine]
        groups.append([number, *(part for group in mine for part in group)])
    return groups


def _is_one_digit(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    (top, left, bottom, right), (heights, widths) = _overlap(one, other), _sizes(one, other)
    if top - bottom > NEAR_HEIGHT * max(heights):
        return False
    share = SHARED_WIDTH_OF_LOW if min(heights) < max(heights) / 2 else SHARED_WIDTH
    return bool(right - left >= share * min(widths))


def _overlap(one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[int, int, int, int]:
    """What two boxes share; its bottom lies above its top where they are apart, by as much."""
    top, left = np.maximum(one[:2], other[:2]).tolist()
    bottom, right = np.minimum(one[2:], other[2:]).tolist()
    return top, left, bottom, right


def _sizes(*boxes: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    return [int(box[2] - box[0]) for box in boxes], [int(box[3] - box[1]) for box in boxes]


def _heights(boxes: Boxes) -> NDArray[np.int64]:
    heights: NDArray[np.int64] = boxes[:, 2] - boxes[:, 0]
    return heights


def _around(boxes: Boxes) -> NDArray[np.int64]:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _lines(boxes: Boxes, numbers: NDArray[np.intp]) -> list[list[int]]:
    """Whatever has its middle within the height of a line's first digits stands on that line."""
    lines: list[list[int]] = []
    for number in sorted(numbers.tolist(), key=lambda one: int(boxes[one, 0])):
        middle = (boxes[number, 0] + boxes[number, 2]) / 2
        line = next((line for line in lines if middle < np.median(boxes[line, 2])), None)
        if line is None:
            lines.append([number])
        else:
            line.append(number)
    return [sorted(line, key=lambda one: int(boxes[one, 1])) for line in lines]


def _cut(
    ink: NDArray[np.uint8], labels: NDArray[np.int32], group: list[int], box: NDArray[np.int64]
) -> NDArray[np.uint8]:
    top, left, bottom, right = box.tolist()
    mine = np.isin(labels[top:bottom, left:right], np.array(group) + 1)
    return np.where(mine, ink[top:bottom, left:right], np.uint8(0))
