"""Real handwriting redrawn: MNIST digits as the strokes of any pen, in the styles people draw on a canvas.

MNIST keeps 28 x 28 pixels of each digit. Enlarged smoothly, thinned to the middle of its strokes and drawn
again with a round pen, a digit looks as its writer would have drawn it on a large canvas. Everything is made
by a seeded generator.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import ndimage

CANVAS_PX = 280
GRID_PX = 140  # Strokes are found on this grid, 5 px for each of MNIST's 28.

# The middle of MNIST's strokes lies this deep inside at most; what is not thinned by then stays.
THINNING_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class CanvasStyle:
    """How a digit is drawn; colours as CSS writes them, lengths as shares of the digit's longest side.

    Attributes:
        pen: range of the pen's width.
        fill: range of the digit's longest side as a share of the canvas.
        where: "middle", "corner", "anywhere" or "edges", which makes it touch them.
        soft: whether edges are antialiased.
        pencil: whether the ink is uneven grey, as graphite's.
    """

    inks: tuple[str, ...] = ("#000000",)
    papers: tuple[str | None, ...] = ("#ffffff",)  # None leaves the canvas transparent.
    pen: tuple[float, float] = (0.07, 0.14)
    fill: tuple[float, float] = (0.45, 0.75)
    where: str = "middle"
    soft: bool = True
    pencil: bool = False


CANVAS_STYLES = {
    "black on white": CanvasStyle(),
    "white on black": CanvasStyle(inks=("#ffffff",), papers=("#000000",)),
    "transparent": CanvasStyle(inks=("#000000", "#1a237e", "#ffffff", "#c62828"), papers=(None,)),
    "thin": CanvasStyle(pen=(0.01, 0.03)),
    "thick": CanvasStyle(pen=(0.17, 0.24)),
    "small in a corner": CanvasStyle(fill=(0.1, 0.2), where="corner"),
    "coloured, tinted paper": CanvasStyle(
        inks=("#1a237e", "#b71c1c", "#1b5e20", "#4a148c", "#e65100"),
        papers=("#fff8e1", "#e3f2fd", "#f1f8e9", "#fce4ec", "#eeeeee", "#ffe082"),
        where="anywhere",
    ),
    "pencil, jagged, at the edges": CanvasStyle(
        inks=("#555555", "#777777"),
        pen=(0.03, 0.12),
        fill=(0.85, 1.0),
        where="edges",
        soft=False,
        pencil=True,
    ),
}


def middle_of_strokes(digit: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How far each place of the grid lies from the middle of the nearest stroke.

    Args:
        digit: (28, 28), 255 is ink.

    Returns:
        (`GRID_PX`, `GRID_PX`), in grid pixels.
    """
    enlarged = Image.fromarray(digit).resize((GRID_PX, GRID_PX), Image.Resampling.BICUBIC)
    smooth = np.asarray(enlarged.filter(ImageFilter.GaussianBlur(1.5)))
    distance = ndimage.distance_transform_edt(~thinned(smooth > 110))  # A little below half of 255.
    # The blur that takes the steps out of the strokes lifts the middle by about 0.7.
    return np.maximum(ndimage.gaussian_filter(distance, 1) - 0.7, 0).astype(np.float32)


def thinned(strokes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Strokes one pixel wide, with all ends and holes.

    Source: T. Y. Zhang and C. Y. Suen, "A fast parallel algorithm for thinning digital patterns", 1984.
    """
    thin = np.pad(strokes, 1)
    for _ in range(THINNING_ROUNDS):
        before = np.count_nonzero(thin)
        for first in (True, False):
            thin[1:-1, 1:-1] &= ~_removable(thin, first=first)
        if np.count_nonzero(thin) == before:
            break
    return thin[1:-1, 1:-1]


def _removable(thin: NDArray[np.bool_], *, first: bool) -> NDArray[np.bool_]:
    height, width = thin.shape
    ring = [(0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)]  # From north, clockwise.
    around = [thin[y : height - 2 + y, x : width - 2 + x] for y, x in ring]
    count = sum(part.astype(np.uint8) for part in around)
    starts = sum((~a & b).astype(np.uint8) for a, b in zip(around, [*around[1:], around[0]], strict=True))
    north, east, south, west = around[::2]
    inner = (
        ~(north & east & south) & ~(east & south & west)
        if first
        else ~(north & east & west) & ~(north & south & west)
    )
    removable: NDArray[np.bool_] = (count >= 2) & (count <= 6) & (starts == 1) & inner
    return removable


def draw_on_canvas(digit: NDArray[np.uint8], style: CanvasStyle, random: np.random.Generator) -> bytes:
    """The digit drawn in that style, as a PNG file with four channels, as browsers make it."""
    side = random.uniform(*style.fill) * CANVAS_PX
    coverage = _placed(
        pen_marks(digit, side, random.uniform(*style.pen), soft=style.soft), style.where, random
    )
    if style.pencil:
        grain = ndimage.gaussian_filter(random.normal(0, 1, coverage.shape), 0.8)
        coverage = coverage * (1 - 0.5 * np.clip(np.abs(grain), 0, 1))
    marks = Image.fromarray(np.rint(coverage * 255).astype(np.uint8))
    paper, ink = random.choice(np.array(style.papers, object)), str(random.choice(style.inks))
    if paper is None:
        canvas = Image.new("RGBA", marks.size, ink)
        canvas.putalpha(marks)
    else:
        canvas = Image.new("RGBA", marks.size, str(paper))
        canvas.paste(ink, mask=marks)
    file = io.BytesIO()
    canvas.save(file, "PNG")
    return file.getvalue()


def pen_marks(
    digit: NDArray[np.uint8], side_px: float, pen: float, *, soft: bool = True
) -> NDArray[np.float32]:
    """Where a round pen went, 0 to 1, in the box of the digit as it draws it.

    Args:
        digit: (28, 28), 255 is ink.
        side_px: the box's longest side.
        pen: the pen's width as a share of it.
        soft: whether edges are antialiased.
    """
    distance = middle_of_strokes(digit)
    drawn = np.argwhere(distance <= distance.min() + 1)
    longest = max(np.ptp(drawn, axis=0)) + 1
    scale = side_px * (1 - pen) / longest
    size = round(GRID_PX * scale)
    far = Image.fromarray(distance * np.float32(scale)).resize((size, size), Image.Resampling.BICUBIC)
    coverage = np.clip(max(pen * side_px, 1) / 2 - np.asarray(far) + 0.5, 0, 1)
    coverage = coverage if soft else np.round(coverage)
    rows, columns = np.flatnonzero(coverage.any(axis=1)), np.flatnonzero(coverage.any(axis=0))
    return coverage[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)


def _placed(marks: NDArray[np.float32], where: str, random: np.random.Generator) -> NDArray[np.float32]:
    canvas = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
    room = CANVAS_PX - np.array(marks.shape)
    share = {
        "middle": random.uniform(0.35, 0.65, 2),
        "corner": random.integers(0, 2, 2) + random.uniform(-0.06, 0.06, 2),
        "anywhere": random.uniform(0, 1, 2),
        "edges": random.integers(0, 2, 2).astype(float),
    }[where]
    top, left = np.rint(room * share.clip(0, 1)).astype(int)
    from_top, from_left = max(0, -top), max(0, -left)
    seen = marks[from_top : from_top + CANVAS_PX, from_left : from_left + CANVAS_PX]
    top, left = max(0, top), max(0, left)
    canvas[top : top + seen.shape[0], left : left + seen.shape[1]] = seen
    return canvas
