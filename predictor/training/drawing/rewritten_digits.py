"""A data set's own handwriting as people send it: other pens, any size, on paper that a camera saw.

MNIST's pictures all went through one scanner. Here each is enlarged, its strokes made thinner or thicker, put
on a page of any shade, blurred and lit unevenly, and then takes the server's way to the model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from predictor.recognition.errors import NothingDrawn
from predictor.recognition.preprocessing import to_model_input
from predictor.training.progress import Report, silent

Random = np.random.Generator
Field = NDArray[np.float32]

ENLARGED = 3  # MNIST's pixels become so many, smoothly.
DIGIT_PX = (40, 110)  # The frame's side on the page, before the paper around it.

# How far strokes' edges move, in MNIST's pixels. Inwards no further than to the strokes' middle.
THINNEST_PX, THICKEST_PX = -1.6, 2.2
KEPT_OF_MIDDLE = 0.75  # Of the way to the middle of each stroke: so none breaks.

PHOTO_SHARE = 0.4

REPORT_EVERY = 10_000


def rewritten_digits(
    digits: NDArray[np.float32], count: int, seed: int, report: Report = silent
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Rewrite some of the digits; the same seed gives the same pictures.

    Args:
        digits: model inputs (n, 1, 28, 28) in 0..1.
        count: how many to make, up to n.
        seed: decides everything.
        report: is told how far it is.

    Returns:
        Model inputs (count, 1, 28, 28) in 0..1, and for each the index (count,) of its digit.
    """
    random = np.random.default_rng([seed, 3])
    chosen = random.permutation(len(digits))[:count]
    inputs = np.empty((len(chosen), *digits.shape[1:]), np.float32)
    for number, index in enumerate(chosen):
        inputs[number] = rewritten(digits[index, 0], random)
        if (number + 1) % REPORT_EVERY == 0:
            report(f"{number + 1} of {count} digits rewritten")
    return inputs, chosen


def rewritten(digit: Field, random: Random) -> Field:
    """Rewrite one digit, (28, 28) in 0..1, as the model's input (1, 28, 28); one that gets lost stays."""
    marks = with_other_pen(digit, random.uniform(THINNEST_PX, THICKEST_PX))
    page = on_paper(marks, random)
    try:
        return to_model_input(photographed(page, random) if random.random() < PHOTO_SHARE else as_bytes(page))
    except NothingDrawn:
        return digit[np.newaxis]


def with_other_pen(digit: Field, grown_px: float) -> Field:
    """Move the edges of a digit's strokes, on a grid `ENLARGED` as fine, in 0..1."""
    side = digit.shape[0] * ENLARGED
    picture = Image.fromarray(np.ascontiguousarray(digit, np.float32))
    fine = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC))
    inside = ndimage.gaussian_filter(fine, ENLARGED / 3) > 0.5 * max(float(digit.max()), 0.5)
    inwards, outwards = ndimage.distance_transform_edt(inside), ndimage.distance_transform_edt(~inside)
    middle = ndimage.maximum_filter(inwards, size=int(3 * ENLARGED))
    edge = np.minimum(-grown_px * ENLARGED, KEPT_OF_MIDDLE * middle)
    soft: Field = np.clip(inwards - outwards - edge + 0.5, 0, 1).astype(np.float32)
    return soft


def on_paper(marks: Field, random: Random) -> Field:
    """Shades of grey in 0..255: the marks in any size and contrast, anywhere on a page, either polarity."""
    side = int(random.uniform(*DIGIT_PX))
    digit = np.asarray(Image.fromarray(marks).resize((side, side), Image.Resampling.BILINEAR))
    height, width = side + random.integers(0, side, 2)
    page = np.zeros((height, width), np.float32)
    top, left = random.integers(0, height - side + 1), random.integers(0, width - side + 1)
    page[top : top + side, left : left + side] = digit
    paper, ink = random.uniform(170, 255), random.uniform(0, 90)
    return (paper + (ink - paper) * page if random.random() < 1 / 2 else ink + (paper - ink) * page).astype(
        np.float32
    )


def photographed(page: Field, random: Random) -> NDArray[np.uint8]:
    """A little out of focus, lit from one side, with a sensor's noise and a pencil's grain."""
    blurred = ndimage.gaussian_filter(page, random.uniform(0.3, 0.02 * min(page.shape)))
    y, x = np.mgrid[-0.5 : 0.5 : page.shape[0] * 1j, -0.5 : 0.5 : page.shape[1] * 1j]
    angle = random.uniform(0, 2 * np.pi)
    light = random.uniform(0.7, 1) * (1 + random.uniform(0, 0.4) * (x * np.cos(angle) + y * np.sin(angle)))
    noise = random.normal(0, random.uniform(0.5, 6), page.shape)
    return as_bytes(blurred * light + noise)


def as_bytes(page: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Round and cut to 0..255."""
    shades: NDArray[np.uint8] = np.rint(page.clip(0, 255)).astype(np.uint8)
    return shades
