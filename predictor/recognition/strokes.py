"""Bringing every pen's strokes to the width that they have in MNIST."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.recognition.boxes import cut_to_ink

# Mean stroke width over the digit's longest side in the MNIST training images; 0.12 to 0.14 for every class.
USUAL_STROKE_WIDTH = 0.13

# Smaller drawings are enlarged to this, so that their strokes can be changed by fractions of their pixels.
SMALLEST_PX = 48

# Ink darker than this share of the strokes' own darkness is inside a stroke.
STROKE_EDGE = 0.5


def with_usual_pen(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Redraw as if with the usual pen: thin strokes grow, thick ones shrink, from their edges evenly.

    Args:
        ink: the box that holds the ink, 255 is full.

    Returns:
        The box that holds the redrawn ink, 255 is full.
    """
    strokes = _strokes(ink)
    change = (USUAL_STROKE_WIDTH * max(strokes.shape) - stroke_width(strokes)) / 2
    reach = int(abs(change)) + 2
    strokes = _with_rim(strokes, reach)
    if change > 0:
        redrawn = np.float32(change + 1) - distance_to(strokes, reach)
    else:
        depth = distance_to(~strokes, reach)
        redrawn = depth + np.float32(max(change, 1 - depth.max()))  # Something always remains.
    return cut_to_ink(np.rint(redrawn.clip(0, 1) * 255).astype(np.uint8))


def stroke_width(strokes: NDArray[np.bool_]) -> float:
    """The mean width: a long narrow stroke has two edges, so twice the area over the outline's length.

    The outline is counted in pixel edges, those to the paper around the box included; pi / 4 makes up for
    their steps (Cauchy-Crofton formula).
    """
    inside = np.count_nonzero(strokes[1:] != strokes[:-1]) + np.count_nonzero(
        strokes[:, 1:] != strokes[:, :-1]
    )
    around = sum(np.count_nonzero(side) for side in (strokes[0], strokes[-1], strokes[:, 0], strokes[:, -1]))
    return 2 * np.count_nonzero(strokes) / ((inside + around) * np.pi / 4)


def _with_rim(strokes: NDArray[np.bool_], rim: int) -> NDArray[np.bool_]:
    """With so many pixels of paper on every side; several times quicker than `np.pad`."""
    height, width = strokes.shape
    wider = np.zeros((height + 2 * rim, width + 2 * rim), np.bool_)
    wider[rim : rim + height, rim : rim + width] = strokes
    return wider


def distance_to(places: NDArray[np.bool_], reach: int) -> NDArray[np.float32]:
    """Each pixel's distance to the nearest of the places, exact up to `reach` and at least that beyond.

    Squared distances along the columns, then along the rows: so near, whole-array minima beat a general
    distance transform several times.
    """
    squared = np.where(places, 0, reach * reach).astype(np.int16)
    for axis in (squared, squared.T):
        before = axis.copy()
        for step in range(1, reach):
            further = before[step:] + np.int16(step * step)
            np.minimum(axis[:-step], further, out=axis[:-step])
            further = before[:-step] + np.int16(step * step)
            np.minimum(axis[step:], further, out=axis[step:])
    return np.sqrt(squared, dtype=np.float32)


def _strokes(ink: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Part strokes from paper.

    Strokes that are thinner than a pixel have come out pale, hence their edge lies at a share of what the
    strokes have (each pixel weighed by its own ink), not of full ink.
    """
    if max(ink.shape) < SMALLEST_PX:
        ink = _enlarged(ink)
    shades = ink.astype(np.float32)
    darkness = float(np.vdot(shades, shades)) / float(shades.sum())
    strokes: NDArray[np.bool_] = shades >= STROKE_EDGE * darkness
    return strokes


def _enlarged(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = ink.shape
    scale = SMALLEST_PX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC))
