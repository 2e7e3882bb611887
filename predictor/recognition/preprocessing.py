"""From shades of grey to what a classifier of handwritten digits was trained on.

The convention is that of the MNIST database: the digit's longest side measures 20 px, its centre of mass lies
on the middle of a 28 x 28 frame. Source: LeCun et al., "Gradient-based learning applied to document
recognition", 1998, section III-A. docs/recognition.md tells what each step is worth.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.recognition.ink import extract_ink
from predictor.recognition.strokes import with_usual_pen

FRAME_PX = 28
DIGIT_PX = 20

# Pixel index of the centre of mass, so 14.5 px from the frame's edge.
CENTRE_PX = 14

# MNIST was centred by whole pixels, which leaves up to half of one.
MNIST_OFF_CENTRE_PX = 0.5

# What a row is multiplied by for its ink, and for its ink times the place of each pixel; all whole numbers.
_PLACES = np.array([np.ones(FRAME_PX), np.arange(FRAME_PX)])

# The strongest ink in any MNIST picture is this, or one less.
MNIST_FULL_INK = 255

_WHITE = np.float32(255)


def to_model_input(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Find the digit and bring it to MNIST form.

    Args:
        grey: (height, width), any size, dark on light or light on dark.

    Returns:
        (1, 28, 28) in 0..1, ink is 1, in steps of 1/255. A picture that already is in MNIST form comes
        back unchanged.

    Raises:
        NothingDrawn: code "nothing_drawn", the picture shows paper alone.
    """
    ink = as_mnist_form(grey)
    if ink is None:
        ink = framed(with_usual_pen(extract_ink(grey)))
    return np.divide(ink[np.newaxis], _WHITE, dtype=np.float32)


def as_mnist_form(grey: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The ink of a picture in MNIST form, of either polarity; None for any other, which needs resampling.

    Looked at as bytes where that answers: so small a picture costs numpy more to reach than to go through.
    """
    if grey.shape != (FRAME_PX, FRAME_PX):
        return None
    ink, shades = grey, grey.tobytes()
    border = shades[:FRAME_PX] + shades[-FRAME_PX:] + shades[::FRAME_PX] + shades[FRAME_PX - 1 :: FRAME_PX]
    # Of ink, more than half of it has strength 0.
    if border.count(0) * 2 <= len(border):
        ink = 255 - grey
        shades = ink.tobytes()
    if MNIST_FULL_INK not in shades and MNIST_FULL_INK - 1 not in shades:
        return None
    if max(_inked_rows(shades), _inked_rows(ink.T.tobytes())) != DIGIT_PX:
        return None
    (total, of_columns), (of_rows, _) = (_PLACES @ ink @ _PLACES.T).tolist()
    if max(abs(of_rows / total - CENTRE_PX), abs(of_columns / total - CENTRE_PX)) > MNIST_OFF_CENTRE_PX:
        return None
    return ink


def _inked_rows(ink: bytes) -> int:
    """How many rows of a frame lie between the first and the last with ink, these among them."""
    first = (FRAME_PX**2 - len(ink.lstrip(b"\0"))) // FRAME_PX
    last = (len(ink.rstrip(b"\0")) - 1) // FRAME_PX
    return last - first + 1


def framed(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Resample once: longest side to 20 px, centre of mass onto the frame's, to a fraction of a pixel.

    `box` is what becomes the 28 x 28 pixels; averaged over areas, as the strokes' soft edges in MNIST were.
    The box lies off centre only where it would cut ink off.
    """
    height, width = ink.shape
    scale = max(seen_length(ink[0], ink[-1], height), seen_length(ink[:, 0], ink[:, -1], width)) / DIGIT_PX
    side = FRAME_PX * scale
    row, column = centre_of_mass(ink)
    middle = (CENTRE_PX + 0.5) * scale
    above = min(max(middle - 0.5 - row, 0), side - height)
    before = min(max(middle - 0.5 - column, 0), side - width)
    # Whole pixels of paper around the ink, of which the box leaves out the fractions.
    top, left = math.ceil(above), math.ceil(before)
    paper = np.zeros((math.ceil(side) + 1, math.ceil(side) + 1), np.uint8)
    paper[top : top + height, left : left + width] = ink
    box = (left - before, top - above, left - before + side, top - above + side)
    # Hamming averages over areas as "box" does, but "box" in Pillow rounds them to whole pixels.
    frame = Image.fromarray(paper).resize((FRAME_PX, FRAME_PX), Image.Resampling.HAMMING, box=box)
    return np.asarray(frame)


def seen_length(first: NDArray[np.uint8], last: NDArray[np.uint8], length: int) -> float:
    """The length between two opposite sides, of which each counts by the share that its ink covers."""
    return length - 2 + (int(first.max()) + int(last.max())) / 255


def centre_of_mass(ink: NDArray[np.uint8]) -> tuple[float, float]:
    """(row, column) of the ink's mean position, in pixel indices."""
    return _middle(ink.sum(axis=1, dtype=np.float64)), _middle(ink.sum(axis=0, dtype=np.float64))


def _middle(sums: NDArray[np.float64]) -> float:
    """The mean position of ink that is summed up by rows or by columns, in pixel indices."""
    return float(sums @ np.arange(sums.size, dtype=np.float64) / sums.sum())
