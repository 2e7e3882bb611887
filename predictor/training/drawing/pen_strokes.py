"""The way of a pen: templates as text, and smooth lines through their points.

A template holds strokes parted by "|". A stroke is its points "x,y" in percent of the height, y downwards. A
point that is repeated, or marked "!", makes a corner. "@x,y,rx,ry,from,to" stands for points on an arc of an
ellipse around (x, y); angles are in degrees, 0 to the right and 90 downwards.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Strokes = list[NDArray[np.float64]]

ARC_STEP_DEGREES = 40  # A smooth line through points so far apart leaves a circle by less than 1 %.
STRAIGHT = 2  # Points, between which a line is straight.


def template_strokes(template: str) -> list[list[Point]]:
    """The control points of every stroke; those that lie between 0 and 100 percent in the unit square."""
    return [
        [point for word in stroke.split() for point in _points_of(word)] for stroke in template.split("|")
    ]


def _points_of(word: str) -> list[Point]:
    if word.startswith("@"):
        x, y, width, height, start, end = map(float, word[1:].split(","))
        return _arc((x, y), (width, height), start, end)
    x, y = map(float, word.rstrip("!").split(","))
    return [(x / 100, y / 100)] * (2 if word.endswith("!") else 1)


def _arc(middle: Point, radii: Point, start: float, end: float) -> list[Point]:
    count = 1 + max(1, round(abs(end - start) / ARC_STEP_DEGREES))
    # Rounded, so that a full circle ends exactly where it began.
    return [
        (
            round(middle[0] + radii[0] * math.cos(math.radians(angle)), 6) / 100,
            round(middle[1] + radii[1] * math.sin(math.radians(angle)), 6) / 100,
        )
        for angle in np.linspace(start, end, count)
    ]


def smooth_line(points: NDArray[np.float64], steps: int = 12) -> NDArray[np.float64]:
    """Smooth between corners; a corner is a repeated point.

    Args:
        points: (n, 2), the way of one stroke.
        steps: points of the line from one control point to the next.

    Returns:
        (m, 2), the line, through all control points.
    """
    corners = 1 + np.flatnonzero((points[1:] == points[:-1]).all(axis=1))
    return np.concatenate([_spline(part, steps) for part in np.split(points, corners)])


def _spline(points: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """A Catmull-Rom spline through the points."""
    if len(points) <= STRAIGHT:
        return points
    before, start, end, after = (
        np.concatenate([points[:1], points, points[-1:]])[i : len(points) - 1 + i] for i in range(4)
    )
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.concatenate([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])
