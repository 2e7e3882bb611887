"""Handwritten-like digits as pen strokes, in the styles people draw them.

The templates are in the notation of `predictor.training.drawing.pen_strokes` and are none of those that the
training draws: they measure what it learned. `make_drawing` shakes a template with a seeded generator and
puts it on a canvas; `paint` renders it with Pillow. `benchmarks/drawn_digits.py` hands the same drawings to a
real browser canvas.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from predictor.training.drawing.pen_strokes import Point, Strokes, smooth_line, template_strokes

CANVAS_PX = 280  # The side of the canvas on the draw page.
SUPERSAMPLING = 4  # Painted larger and averaged down, as a browser's antialiasing does.

TEMPLATES = {
    0: [
        "55,0 20,15 10,50 20,88 50,100 80,85 90,50 80,12 50,0",
        "60,2 35,10 20,50 30,92 50,100 72,85 80,45 66,6 45,5",
        "75,12 45,0 12,25 5,60 30,97 70,92 95,55 85,20 60,5",
    ],
    1: [
        "50,0 50,50 50,100",
        "62,0 50,50 40,100",
        "25,28 40,18 55,0 55,0 55,50 54,100",
        "30,22 52,0 52,0 52,50 52,100 | 25,100 52,100 80,100",
    ],
    2: [
        "12,25 30,4 60,0 80,20 70,50 40,78 10,100 10,100 50,98 92,100",
        "15,20 45,0 78,18 68,52 35,85 12,92 18,76 40,84 65,97 95,92",
        "15,12 50,0 82,15 78,42 45,70 12,98 12,98 50,95 90,96",
    ],
    3: [
        "15,15 40,0 72,10 70,35 40,47 40,47 75,58 82,82 50,100 12,88",
        "15,3 50,2 85,2 85,2 62,22 45,40 45,40 78,52 80,82 50,100 12,90",
        "20,10 50,0 75,15 65,38 38,48 70,55 85,75 65,97 30,100 10,90",
    ],
    4: [
        "25,0 20,30 15,55 15,55 50,56 92,54 | 72,2 70,50 68,100",
        "65,0 35,35 8,66 8,66 50,66 95,66 | 65,0 65,50 65,100",
        "18,5 12,35 30,52 60,50 82,40 | 82,0 76,50 66,100",
    ],
    5: [
        "28,2 25,20 22,42 22,42 50,36 80,52 82,80 55,100 15,92 | 28,2 55,2 86,0",
        "85,2 55,3 30,4 30,4 26,22 20,44 20,44 50,38 78,55 78,82 50,100 15,95",
        "30,12 27,28 25,45 25,45 55,42 78,60 70,90 40,100 12,92 | 34,2 60,0 90,0",
    ],
    6: [
        "65,0 38,20 20,55 22,85 50,100 78,85 75,60 50,52 25,68",
        "55,0 30,30 18,65 28,93 55,100 75,80 62,58 40,60 24,80",
        "80,6 50,10 20,40 12,72 35,98 70,95 85,72 65,52 35,56 16,72",
    ],
    7: [
        "10,5 50,4 88,3 88,3 65,45 42,100",
        "12,8 45,4 85,6 85,6 62,50 45,100 | 35,52 60,50 85,48",
        "10,18 13,6 40,6 80,2 80,2 68,30 52,60 45,100",
    ],
    8: [
        "70,12 45,0 22,18 38,42 68,60 78,85 50,100 22,84 34,60 62,40 74,16",
        "50,0 28,10 28,36 50,47 72,36 72,10 50,0 | 50,47 22,62 22,88 50,100 78,88 78,62 50,47",
        "55,48 30,30 35,5 62,0 75,20 55,46 28,68 25,92 52,100 72,82 55,48",
    ],
    9: [
        "75,20 50,0 22,18 25,45 55,50 75,22 75,22 73,60 68,100",
        "72,15 45,2 20,25 35,50 65,40 75,12 78,50 70,85 48,100 22,94",
        "78,22 60,2 30,8 20,32 45,48 72,34 80,12 72,50 50,100",
    ],
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a digit is drawn: colours as CSS writes them, lengths as ranges in pixels of the canvas."""

    ink: str = "#000000"
    paper: str | None = "#ffffff"  # None leaves the canvas transparent.
    pen_px: tuple[float, float] = (14, 20)
    height_px: tuple[float, float] = (140, 200)
    in_corner: bool = False


STYLES = {
    "black-on-white": Style(),
    "white-on-black": Style(ink="#ffffff", paper="#000000"),
    "transparent": Style(paper=None),
    "small-in-a-corner": Style(pen_px=(3, 5), height_px=(34, 60), in_corner=True),
    "thick": Style(pen_px=(26, 34), height_px=(150, 200)),
    "thin": Style(pen_px=(1.5, 4)),
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Strokes in canvas pixels with the pen that draws them."""

    digit: int
    strokes: Strokes
    pen_px: float
    ink: str
    paper: str | None


def make_drawings(style: str, per_digit: int, seed: int) -> list[Drawing]:
    """Draw every digit `per_digit` times; the same seed gives the same drawings."""
    random = np.random.default_rng([seed, list(STYLES).index(style)])
    return [
        make_drawing(digit, STYLES[style], random, template)
        for digit in range(10)
        for template in range(per_digit)
    ]


def make_drawing(digit: int, style: Style, random: np.random.Generator, template: int = 0) -> Drawing:
    """Shake the digit's n-th template (counted round and round) and place it on the canvas."""
    templates = TEMPLATES[digit]
    shaken = _shake(template_strokes(templates[template % len(templates)]), random)
    strokes = [smooth_line(points) for points in shaken]
    height_px, pen_px = random.uniform(*style.height_px), random.uniform(*style.pen_px)
    return Drawing(digit, _place(strokes, height_px, pen_px, style, random), pen_px, style.ink, style.paper)


def paint(drawing: Drawing) -> Image.Image:
    """Render with Pillow: RGB, or RGBA when the canvas is transparent."""
    side = CANVAS_PX * SUPERSAMPLING
    coverage = Image.new("L", (side, side))
    draw = ImageDraw.Draw(coverage)
    for stroke in drawing.strokes:
        _draw_stroke(draw, stroke * SUPERSAMPLING, drawing.pen_px * SUPERSAMPLING)
    coverage = coverage.reduce(SUPERSAMPLING)
    if drawing.paper is None:
        picture = Image.new("RGBA", coverage.size, drawing.ink)
        picture.putalpha(coverage)
        return picture
    picture = Image.new("RGB", coverage.size, drawing.paper)
    picture.paste(drawing.ink, mask=coverage)
    return picture


def png_bytes(picture: Image.Image) -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _shake(template: list[list[Point]], random: np.random.Generator) -> Strokes:
    """A random affine map of the whole digit, and a little noise on every control point."""
    turn, shear = random.normal(0, 0.08), random.normal(0, 0.12)
    width = random.uniform(0.7, 1.0)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[1, -shear], [0, 1]]) @ np.diag([width, 1])
    noise: dict[Point, NDArray[np.float64]] = {}  # A corner's repeated point moves as one.
    moved = [
        [noise.setdefault(point, random.normal(0, 0.02, 2)) + point for point in line] for line in template
    ]
    return [(np.array(line) - 0.5) @ matrix.T for line in moved]


def _place(
    strokes: Strokes, height_px: float, pen_px: float, style: Style, random: np.random.Generator
) -> Strokes:
    """Scale to the height; put in the middle, give or take, or in one of the corners."""
    everything = np.concatenate(strokes)
    low, size = everything.min(axis=0), np.ptp(everything, axis=0)
    scale = height_px / size[1]
    room = CANVAS_PX - size * scale - 2 * pen_px
    where = (
        random.integers(0, 2, 2) + random.uniform(-0.05, 0.05, 2)
        if style.in_corner
        else random.uniform(0.2, 0.8, 2)
    )
    origin = pen_px + room * where.clip(0, 1)
    return [(stroke - low) * scale + origin for stroke in strokes]


def _draw_stroke(draw: ImageDraw.ImageDraw, points: NDArray[np.float64], pen_px: float) -> None:
    """Press a round pen down so often that its marks join to a smooth line."""
    way = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    stops = np.linspace(0, way[-1], 2 + int(way[-1] / (pen_px / 16 + 0.5)))
    for x, y in zip(np.interp(stops, way, points[:, 0]), np.interp(stops, way, points[:, 1]), strict=True):
        draw.circle((x, y), pen_px / 2, fill=255)
