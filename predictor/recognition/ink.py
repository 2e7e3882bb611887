"""What of a grey picture is ink, and how strong.

Where the constants come from stands in docs/recognition.md, with the measured worth of each step.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.boxes import Box, box_of
from predictor.recognition.errors import NothingDrawn
from predictor.recognition.parts import inside_of_frame, parts_of, without_specks
from predictor.recognition.uneven_paper import FAINTEST_INK, ink_on_uneven_paper, nothing_drawn

# Paper is flat if half of the border lies within so many shades: a canvas, a screenshot, a clean scan.
FLAT_PAPER_SPREAD = 4

# On flat paper, shades nearer to it than this share of the strongest ink are noise around the strokes.
FLAT_PAPER_NOISE = 0.1

# A border of which no shade covers so much is a camera's or a scanner's; ...
GRAINY_BORDER = 0.5
# ... if then so much of the picture stands out from it, it is a desk, and the paper lies on it.
DESK_LEAVES = 0.4

# Frames around frames are followed so far.
MAX_FRAMES = 4


def extract_ink(grey: NDArray[np.uint8], frames: int = MAX_FRAMES) -> NDArray[np.uint8]:
    """Tell the ink from the paper, dark on light or light on dark.

    Args:
        grey: (height, width), on paper of any shade, evenly lit or not.
        frames: of so many frames, one in the other, the innermost counts.

    Returns:
        The smallest box that holds all ink: 0 is paper, 255 is full ink. Large drawings are averaged down
        to `WORKING_PX` at most.

    Raises:
        NothingDrawn: code "nothing_drawn", nothing stands out from the paper.
    """
    paper = flat_paper_shade(grey)
    if paper is None or is_photographed_desk(grey, paper):
        ink = ink_on_uneven_paper(grey)
        return without_specks(ink, parts_of(ink))
    ink, box = ink_on_flat_paper(grey, paper)
    parts = parts_of(ink)
    inside = inside_of_frame(parts) if frames else None
    if inside is not None:
        try:
            return extract_ink(grey[box][inside], frames - 1)
        except NothingDrawn:  # What looks like a frame is drawn itself: a boxy zero.
            pass
    return without_specks(ink, parts)


def border_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The outermost pixels, where paper shows."""
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


def flat_paper_shade(grey: NDArray[np.uint8]) -> int | None:
    """The middle of the narrowest range that holds half of the border; None if that is wide.

    A digit that runs off the picture fools the border's mean and deviation, and at worst its percentiles;
    this range only if it covers half of the border.
    """
    shades = np.sort(border_of(grey))
    half = shades.size // 2
    spreads = shades[half:] - shades[:-half]
    narrowest = int(spreads.argmin())
    if spreads[narrowest] > FLAT_PAPER_SPREAD:
        return None
    return int(shades[narrowest + half // 2])


def is_photographed_desk(grey: NDArray[np.uint8], shade: int) -> bool:
    """Whether an even border is no paper but the desk around it.

    Then it is grainy, which no canvas is, and most of the picture is of other shades.
    """
    border = border_of(grey)
    if np.count_nonzero(border == shade) > GRAINY_BORDER * border.size:
        return False
    differs = np.abs(grey.astype(np.int16) - shade) > FAINTEST_INK
    return bool(differs.mean() > DESK_LEAVES)


def ink_on_flat_paper(grey: NDArray[np.uint8], paper: int) -> tuple[NDArray[np.uint8], Box]:
    """Ink is what differs from the paper's shade, towards the side where something differs most.

    Whole shades, and only within the box that holds all ink, which is told too: a canvas is mostly paper.
    """
    darker, lighter = paper - int(grey.min()), int(grey.max()) - paper
    strongest = max(darker, lighter)
    if strongest < FAINTEST_INK:
        raise nothing_drawn()
    faintest = math.ceil(FLAT_PAPER_NOISE * strongest)
    is_ink = grey <= paper - faintest if darker >= lighter else grey >= paper + faintest
    box = box_of(is_ink)
    shades, brightness = grey[box], np.uint8(255 // strongest)
    contrast = np.uint8(paper) - shades if darker >= lighter else shades - np.uint8(paper)
    # Beyond the paper's shade, on the other side, the contrast wraps around; there is no ink there.
    return contrast * is_ink[box] * brightness, box
