"""No hand writes a shape twice alike: templates, shaken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from predictor.training.drawing.pen_strokes import Strokes, smooth_line, template_strokes

LINE_STEPS = 5  # Points of a line between two control points: enough at the sizes painted here.


@dataclass(frozen=True, slots=True)
class Hand:
    """How freely a hand departs from the shape it means.

    All are standard deviations but `lean`; lengths are shares of the shape's height.

    Attributes:
        turn: of the whole, in radians.
        lean: the usual slant to the right, sideways per height; no deviation.
        slant: from that.
        stretch: of width against height, as a logarithm.
        bend: a wave through the whole shape, which keeps joined strokes joined.
        shake: of every control point by itself.
        drift: of every stroke as a whole.
        overshoot: by which a stroke ends too late or too early.
    """

    turn: float = 0.09
    lean: float = 0.05
    slant: float = 0.13
    stretch: float = 0.16
    bend: float = 0.022
    shake: float = 0.013
    drift: float = 0.014
    overshoot: float = 0.03


STEADY_HAND = Hand()


@dataclass(frozen=True, slots=True)
class _Template:
    """A parsed template: the points of all strokes one after another.

    Attributes:
        points: (n, 2), around the shape's middle.
        stroke_of: (n,) index of each point's stroke.
        place_of: (n,) index of each point's place; what meets at one place moves as one.
        ends: (n of strokes,) where each stroke ends in `points`.
    """

    points: NDArray[np.float64]
    stroke_of: NDArray[np.intp]
    place_of: NDArray[np.intp]
    ends: NDArray[np.intp]


def written(template: str, random: np.random.Generator, hand: Hand = STEADY_HAND) -> Strokes:
    """Write a template's shape once, as the hand does.

    Returns:
        One (n, 2) line for each stroke; the shape is about 1 high, around the origin.
    """
    parsed = _parsed(template)
    noise = random.normal(0, hand.shake, (parsed.place_of.max() + 1, 2))[parsed.place_of]
    drift = random.normal(0, hand.drift, (len(parsed.ends), 2))[parsed.stroke_of]
    points = _bent(parsed.points + noise, hand, random) + drift
    points = points @ _slope(hand, random).T
    strokes = np.split(points, parsed.ends[:-1])
    return [smooth_line(_with_loose_ends(stroke, hand, random), LINE_STEPS) for stroke in strokes]


@cache
def _parsed(template: str) -> _Template:
    strokes = [np.array(stroke) for stroke in template_strokes(template)]
    lengths = [len(stroke) for stroke in strokes]
    points = np.concatenate(strokes)
    place_of = np.unique(points, axis=0, return_inverse=True)[1].reshape(-1)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return _Template(
        points - middle, np.repeat(np.arange(len(strokes)), lengths), place_of, np.cumsum(lengths)
    )


def _bent(points: NDArray[np.float64], hand: Hand, random: np.random.Generator) -> NDArray[np.float64]:
    """Push every point along a wave whose length is about the shape's, once across and once along."""
    waves, phases = random.uniform(-5, 5, (2, 2)), random.uniform(0, 2 * np.pi, 2)
    push = random.normal(0, hand.bend, 2)
    bent: NDArray[np.float64] = points + push * np.sin(points @ waves + phases)
    return bent


def _slope(hand: Hand, random: np.random.Generator) -> NDArray[np.float64]:
    """(2, 2) the turn, slant and stretch of the whole."""
    turn, slant, stretch = random.normal(0, 1, 3).clip(-2.2, 2.2) * (hand.turn, hand.slant, hand.stretch)
    slant += hand.lean
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    sloped: NDArray[np.float64] = turned @ [[1, -slant], [0, 1]] @ np.diag([np.exp(stretch), 1])
    return sloped


def _with_loose_ends(
    stroke: NDArray[np.float64], hand: Hand, random: np.random.Generator
) -> NDArray[np.float64]:
    """Move both ends on along their direction, or back: loops close too far, or not quite."""
    loose = stroke.copy()
    for end, before in ((0, 1), (-1, -2)):
        way = stroke[end] - stroke[before]
        length = np.hypot(*way)
        if length > 0:
            loose[end] += way * (np.clip(random.normal(0, hand.overshoot), -length / 2, 0.08) / length)
    return loose
