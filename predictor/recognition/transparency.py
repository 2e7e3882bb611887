"""Laying a transparent picture on paper that lets its ink be seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

# Painted shades further apart than this are ink and paper; closer, they are one pen's shade.
PAINTED_CONTRAST = 64

OPAQUE = 255


def is_opaque(image: Image.Image) -> bool:
    """Whether nothing shines through an RGBA picture."""
    alpha = np.frombuffer(image.tobytes("raw", "A"), np.uint8)  # Quicker than a channel's own extrema.
    return bool(alpha.min() == OPAQUE)


def on_paper(image: Image.Image) -> Image.Image:
    """Compose an RGBA picture on paper that lets its ink be seen; the result is grey.

    Black ink on nothing needs white paper and white ink on nothing black paper; what was painted with paper
    of its own (a photo with rounded corners, say) goes on with that. Alpha is straight, so at antialiased
    edges the colour is the ink's own and does not blur the choice.
    """
    alpha = image.getchannel("A")
    painted = alpha.getbbox()
    if painted is None:
        return Image.new("L", image.size, 255)
    box = _with_a_pixel_more(painted, image.size)
    shades, cover = image.crop(box).convert("L"), alpha.crop(box)
    page = Image.new("L", image.size, _paper_for(np.asarray(shades), np.asarray(cover)))
    page.paste(shades, box, cover)
    return page


def _with_a_pixel_more(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """On every side where the picture has one, so that it can be seen where the painting ends."""
    left, top, right, bottom = box
    return max(left - 1, 0), max(top - 1, 0), min(right + 1, size[0]), min(bottom + 1, size[1])


def _paper_for(grey: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> int:
    """The painted area's own paper if it has one, else the shade opposite to the ink's.

    Paper is most of what is painted, and reaches to where the painting ends. Ink whose edges were antialiased
    against a paper that is gone (GIF knows no half transparency) has a rim of another shade.
    """
    painted = alpha > alpha.max() // 2
    darkest, most, lightest = _percentiles(grey[painted], (0.01, 0.5, 0.99))
    if lightest - darkest >= PAINTED_CONTRAST:
        rim = painted & ~ndimage.binary_erosion(painted, border_value=1)
        if rim.any() and abs(np.median(grey[rim]) - most) < PAINTED_CONTRAST / 2:
            return most
    return 255 if most < 128 else 0  # noqa: PLR2004 - the middle of 0..255


def _percentiles(shades: NDArray[np.uint8], shares: tuple[float, ...]) -> list[int]:
    """The shades below which such shares lie; counting 256 shades is quicker than sorting."""
    up_to = np.cumsum(np.bincount(shades, minlength=256))
    return [int(np.searchsorted(up_to, share * shades.size)) for share in shares]
