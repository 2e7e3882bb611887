"""Filled shapes: blobs, and clothes as a product picture shows them.

Every generator returns a page, (height, width) uint8. Upright bars are left out: filled, they are a 1 by a
thick pen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from predictor.training.drawing.hand import Hand, written
from predictor.training.drawing.pen_strokes import Strokes
from predictor.training.drawing.textures import natural_field

Random = np.random.Generator
Page = NDArray[np.uint8]

CUT = Hand(turn=0.08, lean=0, slant=0.04, stretch=0.14, bend=0.02, shake=0.012, drift=0, overshoot=0)
SUPERSAMPLING = 2

CLOTHES_TEMPLATES = (
    "30,6 40,12! 60,12! 70,6! 100,22! 92,44! 78,38! 76,94! 24,94! 22,38! 8,44! 0,22! 30,6",  # T-shirt
    "32,4 50,14! 68,4! 84,12! 98,90! 86,92! 76,40! 76,96! 24,96! 24,40! 14,92! 2,90! 16,12! 32,4",  # pullover
    # A coat, open in front.
    "34,2 50,9! 66,2! 84,9! 96,84! 84,88! 76,36! 80,99! 52,99! 50,14! 48,99! 20,99! 24,36! 16,88! 4,84! 34,2",
    "30,2 70,2! 80,98! 58,98! 50,34! 42,98! 20,98! 30,2",  # trousers
    "24,2 76,2! 92,96! 62,98! 50,40! 38,98! 8,96! 24,2",  # wide trousers
    "20,4 80,4! 90,60! 54,62! 50,34! 46,62! 10,60! 20,4",  # shorts
    "36,0 44,8! 56,8! 64,0! 68,30! 62,42! 96,96! 4,96! 38,42! 32,30! 36,0",  # dress with a wide skirt
    "32,2 42,2! 46,16! 54,16! 58,2! 68,2! 72,30! 76,92! 24,92! 28,30! 32,2",  # top
    "34,10 66,10! 96,90! 4,90! 34,10",  # skirt
    "0,56 24,54 40,30! 56,24! 70,40! 100,52! 104,70! 0,72! 0,56",  # shoe
    "0,40 18,44 36,30! 50,36! 84,54 104,60! 106,74! 0,76! 0,40",  # sneaker
    "30,0 64,0! 64,50! 92,66 104,80! 104,96! 58,96! 56,88! 46,96! 26,96! 30,0",  # boot
    "0,64 8,50 30,62 62,58 92,40! 100,46! 104,70! 98,72! 94,56! 60,72 0,74! 0,64",  # pump
    "6,36 94,36! 100,92! 0,92! 6,36 | 26,36 30,10 50,2 70,10 74,36! 66,36! 62,18 50,10 38,18 34,36",  # bag
    "0,30 100,30! 94,90! 6,90! 0,30 | 10,30 14,16! 86,16! 90,30",  # clutch
    "10,60 20,24 50,10 80,24 90,60! 110,70! 108,78! -8,78! -10,70! 10,60",  # hat
)


def clothes(random: Random) -> Page:
    """A garment, a shoe or a bag, shaded and woven, on plain ground."""
    template = CLOTHES_TEMPLATES[random.integers(len(CLOTHES_TEMPLATES))]
    return _shaded(written(template, random, CUT), random)


def blob(random: Random) -> Page:
    """A patch or several, with round edges or corners; never an upright bar."""
    count = random.choice([1, 2, 3], p=[0.6, 0.25, 0.15])
    return _shaded(
        [_patch(random) + random.uniform(-0.8, 0.8, 2) * (count > 1) for _ in range(count)], random
    )


def _patch(random: Random) -> NDArray[np.float64]:
    """An outline around the origin, at least as wide as high, give or take."""
    corners = int(random.integers(3, 9)) if random.random() < 1 / 2 else 40
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False) + random.uniform(0, 6)
    waves, phases = random.normal(0, 0.12, 3), random.uniform(0, 6, 3)
    radius = 1 + sum(waves[i] * np.sin((i + 2) * angle + phases[i]) for i in range(3))
    outline = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1)
    patch: NDArray[np.float64] = outline / np.ptp(outline, axis=0) * (random.uniform(0.9, 2), 1)
    return patch


def _shaded(outlines: Strokes, random: Random) -> Page:
    """Fill outlines with cloth: folds, grain, sometimes stripes; a darker rim; on dark or light ground."""
    inside = _filled(outlines, random)
    fold = natural_field((inside.shape[0], inside.shape[1]), random) * random.uniform(0.02, 0.25)
    shade = random.uniform(0.45, 1) + fold + random.normal(0, random.uniform(0, 0.08), inside.shape)
    if random.random() < 1 / 3:
        shade += _woven_stripes(inside.shape, random)
    rim = 1 - random.uniform(0, 0.5) * np.exp(-ndimage.distance_transform_edt(inside > 1 / 2) / 2)
    light: Page = (255 * inside * (shade * rim).clip(0.15, 1)).astype(np.uint8)
    return light if random.random() < 1 / 2 else 255 - light


def _woven_stripes(shape: tuple[int, ...], random: Random) -> NDArray[np.float64]:
    place = np.arange(shape[0])[:, None] if random.random() < 2 / 3 else np.arange(shape[1])[None]
    wave = np.sin(place * random.uniform(0.3, 1.6) + random.uniform(0, 6))
    return np.broadcast_to(random.uniform(0.1, 0.4) * np.sign(wave), shape)


def _filled(outlines: Strokes, random: Random) -> NDArray[np.float64]:
    """(height, width) in 0..1: 1 inside the outlines; a little ground all around."""
    points = np.concatenate(outlines)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    scale = SUPERSAMPLING * random.uniform(24, 56) / size.max()
    margin = SUPERSAMPLING * random.uniform(1, 4)
    width, height = np.ceil((size * scale + 2 * margin) / SUPERSAMPLING).astype(int) * SUPERSAMPLING
    picture = Image.new("L", (int(width), int(height)))
    draw = ImageDraw.Draw(picture)
    for outline in outlines:
        draw.polygon(((outline - low) * scale + margin).ravel().tolist(), fill=255)
    return np.asarray(picture.reduce(SUPERSAMPLING)) / 255
