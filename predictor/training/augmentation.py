"""New pictures from old ones: bent, turned, slanted, thicker or thinner, still of the same class.

All geometry happens in one bilinear resampling, so that a picture is softened once. Source of the elastic
displacement: Simard, Steinkraus, Platt 2003, "Best Practices for Convolutional Neural Networks Applied to
Visual Document Analysis".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.training.resampling import resampled, with_rim

Floats = NDArray[np.float32]

# So many pictures, with all that is computed about them, stay in a core's second-level cache.
_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far pictures may be changed; each picture draws its own values, evenly from the ranges.

    What is left at its default is not changed.

    Attributes:
        rotation_deg: turned by up to so many degrees either way.
        shear: slanted by up to so many pixels a pixel either way.
        scale: smallest and largest factor, 1 is the size as it is.
        aspect: made wider or narrower by up to this share, and as much lower or higher.
        shift_px: moved by up to so many pixels either way, along both axes.
        elastic_px: largest standard deviation of the elastic displacement along each axis; 0 to about 2.
        elastic_sigma_px: how far the displacement of neighbours is alike, above 1; Simard's 4.
        stroke_share: 0..1, how much of one pixel strokes grow or shrink at their edges.
        blur_share: 0..1, how much of a pixel may be replaced by the mean of its four neighbours.
        intensity: smallest and largest factor of all ink, which is cut off at 1.
        flip_probability: of being mirrored left to right.
        erase_probability: of a rectangle being blanked.
        erase_px: shortest and longest side of that rectangle.
    """

    rotation_deg: float = 0
    shear: float = 0
    scale: tuple[float, float] = (1, 1)
    aspect: float = 0
    shift_px: float = 0
    elastic_px: float = 0
    elastic_sigma_px: float = 4
    stroke_share: float = 0
    blur_share: float = 0
    intensity: tuple[float, float] = (1, 1)
    flip_probability: float = 0
    erase_probability: float = 0
    erase_px: tuple[int, int] = (0, 0)


DIGITS = Augmentation(
    rotation_deg=12,
    shear=0.2,
    scale=(0.85, 1.12),
    aspect=0.08,
    shift_px=1.5,
    elastic_px=1.4,
    stroke_share=0.6,
    blur_share=0.2,
    intensity=(0.85, 1.3),
)
# About half of it, for the end of a training: the pictures that are served are not bent.
DIGITS_GENTLY = Augmentation(
    rotation_deg=6,
    shear=0.1,
    scale=(0.93, 1.06),
    aspect=0.04,
    shift_px=0.8,
    elastic_px=0.7,
    stroke_share=0.3,
    blur_share=0.1,
    intensity=(0.95, 1.15),
)
CLOTHING = Augmentation(
    rotation_deg=4,
    scale=(0.92, 1.08),
    aspect=0.04,
    shift_px=1.5,
    intensity=(0.9, 1.1),
    flip_probability=0.5,
    erase_probability=0.35,
    erase_px=(4, 12),
)
CLOTHING_GENTLY = Augmentation(scale=(0.97, 1.03), shift_px=1, flip_probability=0.5)


def augmented(images: Floats, settings: Augmentation, rng: np.random.Generator) -> Floats:
    """Change each picture at random; what comes from outside the frame is background, 0.

    Args:
        images: (n, 1, side, side) in 0..1; left as they are.
        settings: how far they may be changed.
        rng: the same state gives the same pictures.

    Returns:
        (n, 1, side, side) in 0..1.
    """
    basis = _basis(images.shape[-1], settings)
    changed = np.empty_like(images)
    for start in range(0, len(images), _CHUNK):
        part = slice(start, start + _CHUNK)
        changed[part, 0] = _changed(images[part, 0], basis, settings, rng)
    return changed


def _changed(pictures: Floats, basis: Floats, settings: Augmentation, rng: np.random.Generator) -> Floats:
    """The same for (n, side, side)."""
    source = with_rim(pictures)
    _change_pen(source, settings, rng)
    changed = resampled(source, _positions(_draw_warps(len(pictures), basis, settings, rng), basis))
    _change_intensity(changed, settings, rng)
    _erase(changed, settings, rng)
    return changed


def _basis(side: int, settings: Augmentation) -> Floats:
    """(side, 2 + bumps): a constant, the distance from the middle, and the bumps that make a smooth field.

    Bumps of random height, as wide as they are apart, are hardly told from smoothed noise and cost less.
    Their squares sum to 1 everywhere, so that a field of independent heights has the same spread everywhere.
    """
    pixel = np.arange(side, dtype=np.float32)
    straight = np.stack([np.ones_like(pixel), pixel - (side - 1) / 2], axis=1)
    if settings.elastic_px == 0:
        return straight
    sigma = settings.elastic_sigma_px
    knots = np.arange(-2 * sigma, side + 2 * sigma, sigma)
    bumps = np.exp(-0.5 * ((pixel[:, np.newaxis] - knots) / sigma) ** 2)
    bumps /= np.linalg.norm(bumps, axis=1, keepdims=True)
    return np.concatenate([straight, bumps.astype(np.float32)], axis=1)


def _draw_warps(count: int, basis: Floats, settings: Augmentation, rng: np.random.Generator) -> Floats:
    """(n, 2, terms, terms): for row and column, the weight of each product of two terms of the basis."""
    side, terms = basis.shape
    warps = np.zeros((count, 2, terms, terms), np.float32)
    matrix = _draw_matrices(count, settings, rng)
    shift = rng.uniform(-settings.shift_px, settings.shift_px, (count, 2, 1))
    warps[:, :, 0, 0] = (side - 1) / 2 - (matrix @ shift)[..., 0]
    warps[:, :, 1, 0] = matrix[..., 0]
    warps[:, :, 0, 1] = matrix[..., 1]
    if settings.elastic_px > 0:
        spread = rng.uniform(0, settings.elastic_px, (count, 1, 1, 1)).astype(np.float32)
        heights = rng.standard_normal((count, 2, terms - 2, terms - 2), np.float32)
        warps[:, :, 2:, 2:] = spread * heights
    return warps


def _draw_matrices(count: int, settings: Augmentation, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 2, 2): from (row, column) in the changed picture to the same in the one it comes from."""
    angle = np.radians(rng.uniform(-settings.rotation_deg, settings.rotation_deg, count))
    slant = rng.uniform(-settings.shear, settings.shear, count)
    size = rng.uniform(*settings.scale, count)
    wider = rng.uniform(1 - settings.aspect, 1 + settings.aspect, count)
    mirrored = np.where(rng.random(count) < settings.flip_probability, -1, 1)
    sine, cosine = np.sin(angle), np.cos(angle)
    row = np.stack([cosine, -sine]) / (size / wider)
    column = np.stack([sine + slant * cosine, cosine - slant * sine]) / (size * wider * mirrored)
    return np.stack([row, column]).transpose(2, 0, 1)


def _positions(warps: Floats, basis: Floats) -> Floats:
    """(n, 2, side, side): the row and the column that each pixel comes from."""
    # One large product first: many small ones cost more than their sums.
    across = (warps.reshape(-1, warps.shape[-1]) @ basis.T).reshape(*warps.shape[:3], len(basis))
    return np.asarray(basis @ across, np.float32)


def _change_pen(source: Floats, settings: Augmentation, rng: np.random.Generator) -> None:
    """Move the edges of strokes and blur them, in place."""
    shape = (len(source), 1, 1)
    if settings.stroke_share > 0:
        growth = rng.uniform(-settings.stroke_share, settings.stroke_share, shape).astype(np.float32)
        thicker = _with_neighbours(source, np.maximum) - source
        thinner = source - _with_neighbours(source, np.minimum)
        source += np.maximum(growth, 0) * thicker + np.minimum(growth, 0) * thinner
        _blank_rim(source)
    if settings.blur_share > 0:
        blur = rng.uniform(0, settings.blur_share, shape).astype(np.float32)
        source += (_with_neighbours(source, np.add) - 5 * source) * (blur / 4)
        _blank_rim(source)


def _with_neighbours(source: Floats, combine: np.ufunc) -> Floats:
    """Each pixel combined with its four neighbours; what the rim gets is of no use.

    All pictures are one line of pixels here: a shift by one is a neighbour at the side, a shift by a row's
    length one above or below. The rim keeps the lines' ends apart.
    """
    flat = source.ravel()
    combined = flat.copy()
    for shift in (1, source.shape[-1]):
        combine(combined[shift:], flat[:-shift], out=combined[shift:])
        combine(combined[:-shift], flat[shift:], out=combined[:-shift])
    return combined.reshape(source.shape)


def _blank_rim(source: Floats) -> None:
    source[:, :: source.shape[1] - 1] = 0
    source[:, :, :: source.shape[2] - 1] = 0


def _change_intensity(images: Floats, settings: Augmentation, rng: np.random.Generator) -> None:
    images *= rng.uniform(*settings.intensity, (len(images), 1, 1)).astype(np.float32)
    np.clip(images, 0, 1, out=images)  # Rounding may leave the range too.


def _erase(images: Floats, settings: Augmentation, rng: np.random.Generator) -> None:
    """Blank one rectangle in some pictures, wholly inside the frame."""
    count, side = len(images), images.shape[-1]
    chosen = rng.random(count) < settings.erase_probability
    shortest, longest = settings.erase_px
    length = rng.integers(shortest, longest + 1, (2, count, 1))
    start = rng.integers(0, side - length + 1)
    pixel = np.arange(side)
    rows, columns = (pixel >= start) & (pixel < start + length)
    images[chosen] *= ~(rows[chosen, :, np.newaxis] & columns[chosen, np.newaxis, :])
