"""Strokes without meaning, and digits that are not one: several together, or crossed out.

Every generator returns strokes of any size and place. What could come out as a digit by chance is avoided:
few turns, few corners, a single bar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from predictor.training.drawing.drawn_digits import digit_strokes
from predictor.training.drawing.hand import LINE_STEPS
from predictor.training.drawing.pen_strokes import Strokes, smooth_line

Random = np.random.Generator

WITHOUT_BAR = (0, 2, 3, 4, 5, 6, 8, 9)  # A 7 with one bar more is a 7.
# On top of a 0 any straight stroke is its slash, and a 1 is one on top of any digit.
WITHOUT_SLASH = (2, 3, 4, 5, 6, 7, 8, 9)


def scribble(random: Random) -> Strokes:
    """Any of the scribbles below."""
    strokes = SCRIBBLES[random.integers(len(SCRIBBLES))](random)
    return _turned(strokes, random.uniform(-0.4, 0.4))


def tangle(random: Random) -> Strokes:
    """One line that wanders about and crosses itself many times."""
    steps = random.normal(0, 1, (int(random.integers(14, 36)), 2))
    return [smooth_line(steps + 0.3 * steps.cumsum(axis=0), LINE_STEPS)]


def spiral(random: Random) -> Strokes:
    """Three turns or more: with fewer it could be a 6 or a 9."""
    turns = random.uniform(3, 5.5)
    angle = np.linspace(0, turns * 2 * np.pi, int(turns * 20)) * random.choice([-1, 1]) + random.uniform(0, 6)
    radius = np.linspace(0.05, 1, len(angle)) + random.normal(0, 0.012, len(angle))
    return [_along(angle, radius) * (random.uniform(0.7, 1.3), 1)]


def zigzag(random: Random) -> Strokes:
    """Five segments or more: with three it is a Z, so a 2."""
    count = int(random.integers(6, 15))
    across = np.linspace(0, random.uniform(0.5, 2), count)
    along = np.where(np.arange(count) % 2 == 0, 0, 1) + random.normal(0, 0.08, count)
    points = np.stack([across, along], axis=1) + random.normal(0, 0.02, (count, 2))
    points = points if random.random() < 1 / 2 else points[:, ::-1]
    return [points if random.random() < 1 / 2 else smooth_line(points, LINE_STEPS)]


def loops(random: Random) -> Strokes:
    """A row of loops, as to try a pen."""
    count = int(random.integers(3, 7))
    angle = np.linspace(0, count * 2 * np.pi, count * 18)
    line = _along(angle, np.full(len(angle), random.uniform(0.3, 0.6))) * (0.8, 1)
    line[:, 0] += angle * random.uniform(0.05, 0.14)
    return [line + random.normal(0, 0.01, line.shape)]


def hatching(random: Random) -> Strokes:
    """Parallel bars, once or crosswise."""
    bars = _bars(random)
    return bars + _turned(_bars(random), np.pi / 2) if random.random() < 1 / 2 else bars


def sticks(random: Random) -> Strokes:
    """Straight lines thrown down."""
    count = int(random.integers(5, 10))
    middles, angles = random.uniform(0, 1, (count, 2)), random.uniform(0, np.pi, count)
    halves = _along(angles, random.uniform(0.15, 0.6, count))
    return [np.stack([middle - half, middle + half]) for middle, half in zip(middles, halves, strict=True)]


def polygon_line(random: Random) -> Strokes:
    """One line with many corners."""
    return [random.uniform(0, 1, (int(random.integers(8, 14)), 2))]


def dots(random: Random) -> Strokes:
    """A few dots, or short dashes."""
    count = int(random.integers(3, 10))
    starts = random.uniform(0, 1, (count, 2))
    ends = starts + random.normal(0, random.uniform(0.01, 0.06), (count, 2))
    return list(np.stack([starts, ends], axis=1))


SCRIBBLES = (tangle, tangle, spiral, zigzag, loops, hatching, sticks, polygon_line, dots)


def several_digits(random: Random) -> Strokes:
    """Two to four digits side by side, close together or almost touching."""
    strokes: Strokes = []
    right = 0.0
    for _ in range(random.choice([2, 3, 4], p=[0.7, 0.2, 0.1])):
        digit = _moved(digit_strokes(int(random.integers(10)), random), x=right, y=random.normal(0, 0.06))
        strokes += digit
        right = max(float(stroke[:, 0].max()) for stroke in digit) + random.uniform(0.06, 0.4)
    return strokes


def digit_over_digit(random: Random) -> Strokes:
    """Two digits, written one over the other a little aside."""
    first, second = random.choice(WITHOUT_SLASH, 2, replace=False)
    over = _moved(digit_strokes(int(second), random), x=random.uniform(0.28, 0.5), y=random.normal(0, 0.1))
    return _moved(digit_strokes(int(first), random), x=0, y=0) + over


def crossed_out(random: Random) -> Strokes:
    """A digit that its writer took back: by a cross, by bars or by a zigzag."""
    digit = digit_strokes(int(random.choice(WITHOUT_BAR)), random)
    way = random.integers(3)
    if way == 0:
        return digit + _fitted(_cross(random), digit, _reach(digit, random, height=(0.9, 1.2)))
    if way == 1:  # Bars along its top and bottom would belong to the digit.
        bars = _turned(_bars(random, fewest=3), np.pi / 2)
        return digit + _fitted(bars, digit, _reach(digit, random, height=(0.35, 0.65)))
    return digit + _fitted(zigzag(random), digit, _reach(digit, random, height=(0.6, 1.2)))


def _reach(digit: Strokes, random: Random, height: tuple[float, float]) -> NDArray[np.float64]:
    """How far to cross out, in widths and heights of the digit: well to both sides, else a 6 became an 8."""
    size = _box(digit)[1]
    across = max(random.uniform(1.2, 1.7), random.uniform(0.85, 1.2) * size[1] / size[0])
    return np.array([across, random.uniform(*height)])


def _cross(random: Random) -> Strokes:
    corners = np.array([[0, 0], [1, 1], [1, 0], [0, 1]]) + random.normal(0, 0.08, (4, 2))
    return [corners[:2], corners[2:]]


def _bars(random: Random, fewest: int = 4) -> Strokes:
    count = int(random.integers(fewest, 2 * fewest + 1))
    xs = np.linspace(0, 1, count) + random.normal(0, 0.03, count)
    lean, length = random.normal(0, 0.25), random.uniform(0.6, 1.4)
    tops, bottoms = random.normal(0, 0.05, (2, count))
    return [
        np.array([[x, top], [x + lean, length + bottom]])
        for x, top, bottom in zip(xs, tops, bottoms, strict=True)
    ]


def _along(angle: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) points at an angle and a distance."""
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1)


def _turned(strokes: Strokes, angle: float) -> Strokes:
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [stroke @ turn for stroke in strokes]


def _moved(strokes: Strokes, x: float, y: float) -> Strokes:
    """Move so that the leftmost point lies at x; y is added."""
    left = min(float(stroke[:, 0].min()) for stroke in strokes)
    way = np.array([x - left, y])
    return [stroke + way for stroke in strokes]


def _fitted(strokes: Strokes, over: Strokes, share: NDArray[np.float64]) -> Strokes:
    """Stretch strokes over the middle of others, to so many times their width and height."""
    (low, size), (over_low, over_size) = _box(strokes), _box(over)
    scale = over_size * share / np.maximum(size, 1e-6)
    return [(stroke - low) * scale + over_low + over_size * (1 - share) / 2 for stroke in strokes]


def _box(strokes: Strokes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = np.concatenate(strokes)
    return points.min(axis=0), np.ptp(points, axis=0)
