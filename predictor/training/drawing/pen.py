"""What a round pen leaves on its way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from predictor.training.drawing.pen_strokes import Strokes

SUPERSAMPLING = 2  # Painted larger and averaged down; the models' frame averages three times more.
MARGIN_PX = 3  # Paper around the ink.
THINNEST_PX = 3  # Before averaging; Pillow paints some lines that are 2 px wide as if they were 1 px.


def painted(strokes: Strokes, pen: float, longest_px: float) -> NDArray[np.uint8]:
    """Paint strokes, at any place and of any size, with a round pen.

    Args:
        strokes: (n, 2) each, x to the right and y downwards.
        pen: its width over the longest side of all strokes together, the pen's own width left out; it is at
            least `THINNEST_PX`.
        longest_px: of that side.

    Returns:
        (height, width), 255 where ink is; a little more than what holds all strokes.
    """
    low, high = (
        np.min([s.min(axis=0) for s in strokes], axis=0),
        np.max([s.max(axis=0) for s in strokes], axis=0),
    )
    scale = SUPERSAMPLING * longest_px / max(float((high - low).max()), 1e-6)
    width = max(THINNEST_PX, round(pen * longest_px * SUPERSAMPLING))
    margin = MARGIN_PX * SUPERSAMPLING + width / 2
    sides = (np.ceil(((high - low) * scale + 2 * margin) / SUPERSAMPLING) * SUPERSAMPLING).astype(int)
    picture = Image.new("L", (int(sides[0]), int(sides[1])))
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        _press(draw, (stroke - low) * scale + margin, width)
    return np.asarray(picture.reduce(SUPERSAMPLING))


def _press(draw: ImageDraw.ImageDraw, line: NDArray[np.float64], width: int) -> None:
    """Discs at the bends make them round; Pillow's own `joint="curve"` takes four times as long."""
    points = line.ravel().tolist()
    draw.line(points, fill=255, width=width)
    radius = (width - 1) / 2  # Pillow counts the outermost pixels in.
    for x, y in zip(points[::2], points[1::2], strict=True):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
