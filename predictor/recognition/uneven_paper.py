"""Finding ink on paper that is lit unevenly: photos and shaded scans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import ndimage

from predictor.recognition.boxes import cut_to_ink
from predictor.recognition.errors import NothingDrawn

# Shades (of 255) by which ink differs from paper at least: JPEG noise stays below, a hard pencil above.
FAINTEST_INK = 24

# Light varies slowly: it is estimated on a copy whose longest side has so many pixels.
LIGHT_MAP_PX = 160

# What is narrower than this share of the longest side may be a stroke, what is wider belongs to the light.
LIGHT_WINDOW = 0.2

# Added before shades are divided by the light: in the dark a share of it means nothing.
DIMMEST_LIGHT = np.float32(32)

# On uneven paper ink begins at this share of Otsu's threshold and is full at this percentile of the ink.
SOFT_INK_START = 0.35
FULL_INK_PERCENTILE = 60


def ink_on_uneven_paper(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink is what reflects a smaller share of the light than the paper around it.

    Dividing by the light, where flat paper is subtracted, makes shadows and ruled lines cost almost nothing.
    """
    dark_on_light = grey if has_dark_ink(grey) else 255 - grey
    reflected = (dark_on_light + DIMMEST_LIGHT) / (light_on_paper(dark_on_light) + DIMMEST_LIGHT)
    absorbed = np.clip(1 - ndimage.gaussian_filter(reflected, 0.7), 0, 1)
    threshold = otsu_threshold(absorbed)
    strokes = absorbed[absorbed > threshold]
    if strokes.size == 0 or strokes.mean() * 255 < FAINTEST_INK:
        raise nothing_drawn()
    full = np.float32(np.percentile(strokes, FULL_INK_PERCENTILE))
    start = np.float32(SOFT_INK_START * threshold)
    ink = np.clip((absorbed - start) / (full - start), 0, 1)
    return cut_to_ink(np.rint(ink * 255).astype(np.uint8))


def has_dark_ink(grey: NDArray[np.uint8]) -> bool:
    """Whether local contrast is skewed to the dark side: ink is rare, and far from the paper's shade.

    On shaded paper that decides better than the border's shade, which may be dark by a shadow alone.
    """
    shades = np.asarray(_light_map(grey), dtype=np.float32)
    contrast = ndimage.gaussian_filter(shades, 1) - ndimage.gaussian_filter(shades, LIGHT_MAP_PX / 8)
    return bool(np.mean((contrast - contrast.mean()) ** 3) <= 0)


def light_on_paper(dark_on_light: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The shade that the paper would have under the ink: grey closing, blurred."""
    small = _light_map(dark_on_light)
    window = 2 * round(LIGHT_WINDOW * max(small.size) / 2) + 1
    # Padded with black: beyond the edges there is nothing to brighten them.
    padded = np.pad(np.asarray(small), window)
    closed = ndimage.grey_closing(padded, size=(window, window))[window:-window, window:-window]
    light = Image.fromarray(closed).filter(ImageFilter.GaussianBlur(window / 4))
    height, width = dark_on_light.shape
    return np.asarray(light.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)


def _light_map(grey: NDArray[np.uint8]) -> Image.Image:
    picture = Image.fromarray(grey)
    picture.thumbnail((LIGHT_MAP_PX, LIGHT_MAP_PX), Image.Resampling.BOX)
    return picture


def otsu_threshold(values: NDArray[np.float32]) -> float:
    """The threshold that parts values in 0..1 into the two most distinct classes.

    Source: N. Otsu, "A threshold selection method from gray-level histograms", 1979.
    """
    counts = np.bincount((values * 255).astype(np.uint8).ravel(), minlength=256)
    below, mass = np.cumsum(counts), np.cumsum(counts * np.arange(256.0))
    above = below[-1] - below
    between = (mass[-1] * below - mass * below[-1]) ** 2 / np.maximum(below * above, 1)
    return (int(np.argmax(between)) + 1) / 255


def nothing_drawn() -> NothingDrawn:
    """The error for a picture of paper alone."""
    return NothingDrawn("nothing_drawn", "Nothing is drawn on the picture.")
