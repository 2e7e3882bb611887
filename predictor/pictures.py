"""The model's view of a picture, as a small picture that a page can carry in itself."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def ink_data_url(ink: NDArray[np.float32]) -> str:
    """Draw a model's input as dark ink on white paper.

    Args:
        ink: (height, width) in 0..1, 1 is ink.

    Returns:
        A `data:` address that holds a PNG of as many pixels.
    """
    grey = np.rint((1 - np.clip(ink, 0, 1)) * 255).astype(np.uint8)
    png = io.BytesIO()
    Image.fromarray(grey).save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
