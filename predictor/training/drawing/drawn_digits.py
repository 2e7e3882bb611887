"""Digits for the training, in shapes that people draw and MNIST lacks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.boxes import cut_to_ink
from predictor.recognition.preprocessing import framed, to_model_input
from predictor.training.drawing.digit_templates import DIGIT_TEMPLATES
from predictor.training.drawing.hand import written
from predictor.training.drawing.pen import painted
from predictor.training.drawing.pen_strokes import Strokes
from predictor.training.drawing.printed import printed
from predictor.training.progress import Report, silent

# Pictures that already are in MNIST form reach a model with the width that their pen had.
OWN_PEN_SHARE = 0.3
OWN_PEN = (0.07, 0.23)  # 0.065 to 0.19 of the whole digit: MNIST's 1st and 95th percentile of stroke widths.

PRINTED_SHARE = 0.15

# Any pen that people take to a canvas; `to_model_input` brings it to the usual width.
ANY_PEN = (0.02, 0.2)

REPORT_EVERY = 10_000


def drawn_digits(
    count: int, seed: int, report: Report = silent
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Draw digits in all templates evenly; the same seed gives the same pictures.

    Returns:
        Model inputs (count, 1, 28, 28) in 0..1 and labels (count,), as many of each digit as of any other.
    """
    random = np.random.default_rng([seed, 0])
    inputs = np.empty((count, 1, 28, 28), np.float32)
    labels = (np.arange(count) % len(DIGIT_TEMPLATES)).astype(np.uint8)
    for index, label in enumerate(labels):
        inputs[index] = drawn_digit(int(label), random)
        if (index + 1) % REPORT_EVERY == 0:
            report(f"{index + 1} of {count} digits drawn")
    return inputs, labels


def drawn_digit(digit: int, random: np.random.Generator) -> NDArray[np.float32]:
    """Draw one digit, as a model gets to see it: (1, 28, 28) in 0..1."""
    if random.random() < PRINTED_SHARE:
        return to_model_input(printed(str(digit), random))
    strokes = digit_strokes(digit, random)
    longest_px = random.uniform(48, 72)
    if random.random() < OWN_PEN_SHARE:
        return in_frame(painted(strokes, random.uniform(*OWN_PEN), longest_px))
    return to_model_input(255 - painted(strokes, random.uniform(*ANY_PEN), longest_px))


def in_frame(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bring ink into MNIST's frame with its own pen's width: (1, 28, 28) in 0..1."""
    return framed(cut_to_ink(ink))[np.newaxis].astype(np.float32) / np.float32(255)


def digit_strokes(digit: int, random: np.random.Generator) -> Strokes:
    """Write one digit in any of its shapes."""
    templates = DIGIT_TEMPLATES[digit]
    return written(templates[random.integers(len(templates))], random)
