"""Pictures without strokes: noise, patterns, and what looks like a piece of a photo.

Every generator returns a page, (height, width) uint8 of any shades.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Random = np.random.Generator
Page = NDArray[np.uint8]
Field = NDArray[np.float64]

PAGE_PX = (28, 56)  # Sides; larger pages cost much in preprocessing and end up alike.


def noise(random: Random) -> Page:
    """Every pixel by itself, or blurred a little."""
    field = random.normal(0, 1, _shape(random))
    if random.random() < 2 / 3:
        field = ndimage.gaussian_filter(field, random.uniform(0.4, 2))
    return as_page(field, random)


def salt_and_pepper(random: Random) -> Page:
    """Single dark pixels on light paper, or the other way round, few or many."""
    grains = random.random(_shape(random)) < random.uniform(0.02, 0.5)
    return as_page(grains.astype(np.float64), random)


def islands(random: Random) -> Page:
    """A smooth random field cut at a level: patches with soft shores or hard ones."""
    field = ndimage.gaussian_filter(random.normal(0, 1, _shape(random)), random.uniform(1.5, 4))
    level = np.quantile(field, random.uniform(0.3, 0.8))
    steepness = random.uniform(2, 30) / field.std()
    return as_page(np.clip((field - level) * steepness, -1, 1), random)


def gradient(random: Random) -> Page:
    """Shades that run from one side to the other, or outwards, with a little noise."""
    x, y = _grid(_shape(random))
    slope = random.normal(0, 1, 2)
    field = slope[0] * x + slope[1] * y
    if random.random() < 1 / 2:
        field = np.hypot(x - random.uniform(-1, 1), y - random.uniform(-1, 1))
    return as_page(field + random.normal(0, random.uniform(0.01, 0.15), field.shape), random)


def stripes(random: Random) -> Page:
    """Waves or bars in any direction, alone or crossed as in a checkerboard or a fabric."""
    x, y = _grid(_shape(random))
    angle, waves = random.uniform(0, np.pi), random.uniform(8, 26)
    field = np.sin((x * np.cos(angle) + y * np.sin(angle)) * waves + random.uniform(0, 6))
    if random.random() < 1 / 2:
        across = np.sin((y * np.cos(angle) - x * np.sin(angle)) * waves + random.uniform(0, 6))
        field = field * across if random.random() < 1 / 2 else field + across
    sharpness = random.choice([1, 3, 20])
    return as_page(np.clip(field * sharpness, -1, 1), random)


def photo(random: Random) -> Page:
    """What pieces of photos have in common: surfaces with edges, each shaded and grained as nature does.

    Source of the 1/f law: Field 1987, "Relations between the statistics of natural images and the response
    properties of cortical cells".
    """
    shape = _shape(random)
    field = natural_field(shape, random)
    x, y = _grid(shape)
    for _ in range(random.integers(0, 5)):
        surface = _half_plane(x, y, random) if random.random() < 1 / 2 else _ellipse(x, y, random)
        shade = random.normal(0, 1.5) + random.uniform(0.1, 0.8) * natural_field(shape, random)
        field = np.where(surface, shade, field)
    return as_page(field, random)


def natural_field(shape: tuple[int, int], random: Random) -> Field:
    """Noise whose amplitude falls with its frequency; mean 0, deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    frequency[0, 0] = 1
    waves = random.normal(0, 1, (2, *frequency.shape)) / frequency ** random.uniform(0.8, 1.6)
    field = np.fft.irfft2(waves[0] + 1j * waves[1], s=shape)
    natural: Field = (field - field.mean()) / field.std()
    return natural


def as_page(field: Field, random: Random) -> Page:
    """Spread a field over shades, of strong contrast or weak, dark on light or light on dark."""
    low, high = np.quantile(field, [0.005, 0.995])
    darkest, lightest = random.uniform(0, 90), random.uniform(150, 255)
    share = (field - low) / max(high - low, 1e-9)
    share = share if random.random() < 1 / 2 else 1 - share
    shades: Page = (darkest + (lightest - darkest) * share.clip(0, 1)).astype(np.uint8)
    return shades


def _half_plane(x: Field, y: Field, random: Random) -> NDArray[np.bool_]:
    angle = random.uniform(0, 2 * np.pi)
    beyond: NDArray[np.bool_] = x * np.cos(angle) + y * np.sin(angle) > random.uniform(-0.6, 0.6)
    return beyond


def _ellipse(x: Field, y: Field, random: Random) -> NDArray[np.bool_]:
    (left, top), (width, height) = random.uniform(-0.8, 0.8, 2), random.uniform(0.2, 0.9, 2)
    inside: NDArray[np.bool_] = ((x - left) / width) ** 2 + ((y - top) / height) ** 2 < 1
    return inside


def _shape(random: Random) -> tuple[int, int]:
    height, width = random.integers(*PAGE_PX, 2)
    return (height, width) if random.random() < 1 / 2 else (height, height)


def _grid(shape: tuple[int, int]) -> tuple[Field, Field]:
    """Across and down: x and y of every pixel, from -1 to 1."""
    y, x = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    return x, y
