"""The light that falls on paper, and where the paper ends.

Everything here is done on a small copy, as light varies slowly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

# The longest side of the copy.
LIGHT_MAP_PX = 160

# What is narrower than this share of the longest side may be a stroke, what is wider belongs to the light.
LIGHT_WINDOW = 0.2
# So does what is wider than this share and as dark as the light that it runs into: the corner of a shadow.
SHADOW_WINDOW = 0.08

# The light is blurred by so many pixels of the copy; more would blur the edge of a shadow, too.
LIGHT_BLUR_PX = 1.3

# Added before shades are divided by the light: in the dark a share of it means nothing.
DIMMEST_LIGHT = np.float32(32)

# Medians are taken over so many pixels of half the copy: more than twice as wide as a stroke.
MEDIAN_PX = 21
# Where they differ by more than this within so many pixels, in logarithms, it is no shadow's edge.
LARGEST_STEP = 0.35
STEP_PX = 9

# Where the light changes by more than this factor within so many pixels, no shadow but the page ends.
PAGE_EDGE = 1.5
PAGE_EDGE_PX = 7
# Beyond such an edge is desk what has less than this share of the page's light: a shadow leaves more.
DEEPEST_SHADOW = 0.45
# A page covers at least this share of the picture.
SMALLEST_PAGE = 0.1


def light_map(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The small copy."""
    picture = Image.fromarray(grey)
    picture.thumbnail((LIGHT_MAP_PX, LIGHT_MAP_PX), Image.Resampling.BOX)
    return np.asarray(picture)


def has_dark_ink(grey: NDArray[np.uint8]) -> bool:
    """Whether local contrast is skewed to the dark side: ink is rare, and far from the paper's shade.

    On shaded paper that decides better than the border's shade, which may be dark by a shadow alone. Contrast
    is that with the median around, which follows the edges of shadows; where pages end nothing is looked at.

    Args:
        grey: the small copy.
    """
    half = np.asarray(Image.fromarray(grey).reduce(2))
    shades = np.log(half + DIMMEST_LIGHT)  # A share of the light counts the same everywhere.
    # Along rows, then along columns: as good here as over a square, and ten times as quick.
    median = ndimage.median_filter(ndimage.median_filter(shades, (1, MEDIAN_PX)), (MEDIAN_PX, 1))
    steps = ndimage.maximum_filter(median, STEP_PX) - ndimage.minimum_filter(median, STEP_PX)
    contrast = np.where(steps < LARGEST_STEP, shades - median, 0)
    return bool(np.mean(contrast**3) <= 0)


def light_on_paper(paper: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The shade that the paper would have under the ink: grey closing, hardly blurred.

    Args:
        paper: the small copy, ink being dark.
    """
    window, narrow = (2 * round(share * max(paper.shape) / 2) + 1 for share in (LIGHT_WINDOW, SHADOW_WINDOW))
    continued = _continued(_continued(paper.astype(np.float32), window).T, window).T
    inside = (slice(window, -window), slice(window, -window))
    closed, with_corners = (
        ndimage.grey_closing(continued, size=(size, size))[inside] for size in (window, narrow)
    )
    light: NDArray[np.float32] = ndimage.gaussian_filter(_spread(closed, with_corners), LIGHT_BLUR_PX)
    return light


def _spread(light: NDArray[np.float32], least: NDArray[np.float32]) -> NDArray[np.float32]:
    """The light, as dark as it may become by spreading from its dark places, but nowhere less than the least.

    This is a reconstruction by erosion (Vincent 1993, "Morphological Grayscale Reconstruction in Image
    Analysis"): a shadow that narrows to a corner stays a shadow up to where a stroke could be as narrow.
    """
    for _ in range(sum(light.shape)):  # Only a maze would take more steps.
        spread = np.maximum(ndimage.minimum_filter(light, size=3), least)
        if np.array_equal(spread, light):
            break
        light = spread
    return light


def _continued(paper: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """With so many rows more above and below, in which the light goes on to fall or to rise.

    Mirrored in shade, too, around the row at the edge; strokes that touch it are closed in that row first.
    """
    reach = min(rows, len(paper) - 1)
    above, below = (ndimage.grey_closing(row, size=rows) for row in (paper[0], paper[-1]))
    before = 2 * above - paper[reach:0:-1]
    after = 2 * below - paper[-2 : -2 - reach : -1]
    missing = ((rows - reach, rows - reach), (0, 0))
    return np.pad(np.concatenate([before, paper, after]).clip(0, 255), missing, mode="edge")


def off_page_edges(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """0 where the page ends, on a desk say, so that its edge is not taken for ink; 1 elsewhere."""
    size = (PAGE_EDGE_PX, PAGE_EDGE_PX)
    brightest = ndimage.maximum_filter(light, size) + DIMMEST_LIGHT / 2
    darkest = ndimage.minimum_filter(light, size) + DIMMEST_LIGHT / 2
    off_edges: NDArray[np.float32] = (brightest < PAGE_EDGE * darkest).astype(np.float32)
    return off_edges


def on_bright_page(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same, and 0 also on a dark desk beyond the edge, whose grain looks like ink in so little light."""
    off_edges = off_page_edges(light)
    regions, count = ndimage.label(off_edges)
    if count <= 1:
        return off_edges
    area = np.bincount(regions.ravel())[1:]
    mean = np.bincount(regions.ravel(), weights=light.ravel())[1:] / area
    page = mean[area >= min(SMALLEST_PAGE * light.size, area.max())].max()
    is_desk = (mean + DIMMEST_LIGHT / 2 < DEEPEST_SHADOW * (page + DIMMEST_LIGHT / 2)) & (area < area.max())
    off_edges[np.append(False, is_desk)[regions]] = 0
    return off_edges


def stretched(small: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """From the copy's size to another."""
    height, width = shape
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR))
