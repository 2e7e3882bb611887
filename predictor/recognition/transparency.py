"""Laying a transparent picture on paper that lets its ink be seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

# Painted shades further apart than this are ink and paper; closer, they are one pen's shade.
PAINTED_CONTRAST = 64


def on_paper(image: Image.Image) -> Image.Image:
    """Compose an RGBA picture on paper that lets its ink be seen.

    Black ink on nothing needs white paper and white ink on nothing black paper; what was painted with paper
    of its own (a photo with rounded corners, say) goes on with that. Alpha is straight, so at antialiased
    edges the colour is the ink's own and does not blur the choice.
    """
    grey = np.asarray(image.convert("L"), dtype=np.float32)
    alpha = np.asarray(image.getchannel("A"), dtype=np.float32)
    if not alpha.any():
        return Image.new("L", image.size, 255)
    paper = _paper_for(grey, painted=alpha * 2 > alpha.max())
    return Image.fromarray(np.rint(paper + (grey - paper) * (alpha / 255)).astype(np.uint8))


def _paper_for(grey: NDArray[np.float32], painted: NDArray[np.bool_]) -> float:
    """The painted area's own paper if it has one, else the shade opposite to the ink's.

    Paper is most of what is painted, and reaches to where the painting ends. Ink whose edges were antialiased
    against a paper that is gone (GIF knows no half transparency) has a rim of another shade.
    """
    darkest, most, lightest = np.percentile(grey[painted], (1, 50, 99))
    rim = painted & ~ndimage.binary_erosion(painted, border_value=1)
    has_paper = lightest - darkest >= PAINTED_CONTRAST
    if has_paper and rim.any() and abs(np.median(grey[rim]) - most) < PAINTED_CONTRAST / 2:
        return float(most)
    return 255.0 if most < 128 else 0.0  # noqa: PLR2004 - the middle of 0..255
