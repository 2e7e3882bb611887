"""Bringing every pen's strokes to the width that they have in MNIST."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from predictor.recognition.ink import cut_to_ink

# Mean stroke width over the digit's longest side in the MNIST training images; 0.12 to 0.14 for every class.
USUAL_STROKE_WIDTH = 0.13

# The longest side while strokes are changed: 3 px per pixel of the model's input, however large the picture.
WORKING_PX = 60

# Ink darker than this share of the strongest is inside a stroke.
STROKE_EDGE = 0.5


def with_usual_pen(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Redraw as if with the usual pen: thin strokes grow, thick ones shrink, from their edges evenly.

    Args:
        ink: the box that holds the ink, 0..1.

    Returns:
        The box that holds the redrawn ink, 0..1, at about `WORKING_PX`.
    """
    small = _at_working_size(ink)
    strokes = np.pad(small >= STROKE_EDGE * small.max(), round(USUAL_STROKE_WIDTH * WORKING_PX))
    growth = (USUAL_STROKE_WIDTH * WORKING_PX - stroke_width(strokes)) / 2
    if growth > 0:
        redrawn = growth + 1 - ndimage.distance_transform_edt(~strokes)
    else:
        depth = ndimage.distance_transform_edt(strokes)
        redrawn = depth + max(growth, 1 - depth.max())  # Something always remains.
    return cut_to_ink(np.clip(redrawn, 0, 1).astype(np.float32))


def stroke_width(strokes: NDArray[np.bool_]) -> float:
    """The mean width: a long narrow stroke has two edges, so twice the area over the outline's length.

    The outline is counted in pixel edges, with a rim of paper around it; pi / 4 makes up for their steps
    (Cauchy-Crofton formula).
    """
    edges = np.count_nonzero(strokes[1:] != strokes[:-1]) + np.count_nonzero(
        strokes[:, 1:] != strokes[:, :-1]
    )
    return 2 * np.count_nonzero(strokes) / (edges * np.pi / 4)


def _at_working_size(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale to `WORKING_PX`; averaging on the way down keeps strokes that are thinner than a pixel."""
    height, width = ink.shape
    scale = WORKING_PX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    resampling = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(ink).resize(size, resampling))
