"""Shapes with many corners, as outlines or filled: (height, width) uint8 pages, light on dark."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Random = np.random.Generator
Page = NDArray[np.uint8]

PAGE_PX = 80
INK = 255


def polygon(random: Random) -> Page:
    """Random corners, six or more, joined around: an outline or a filled shape."""
    count = int(random.integers(6, 13))
    if random.random() < 1 / 2:
        return _drawn(random.uniform(6, PAGE_PX - 6, (count, 2)), random)
    return star(random)


def star(random: Random) -> Page:
    """Corners around a middle, near and far by turns."""
    count = 2 * int(random.integers(3, 8))
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False) + random.uniform(0, 6)
    reach = np.where(np.arange(count) % 2 == 0, 1, random.uniform(0.3, 0.65)) + random.normal(0, 0.06, count)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1) * reach[:, np.newaxis] * 0.42 * PAGE_PX
    return _drawn((points + PAGE_PX / 2).clip(3, PAGE_PX - 3), random)


def _drawn(points: NDArray[np.float64], random: Random) -> Page:
    page = Image.new("L", (PAGE_PX, PAGE_PX))
    corners = [tuple(point) for point in points.tolist()]
    draw = ImageDraw.Draw(page)
    if random.random() < 1 / 2:
        draw.polygon(corners, fill=INK)
    else:
        draw.line([*corners, corners[0]], fill=INK, width=int(random.integers(2, 8)), joint="curve")
    return np.asarray(page)
