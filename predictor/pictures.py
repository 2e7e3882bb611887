"""The model's view of a picture, as a small picture that a page can carry in itself."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def picture_data_url(model_input: NDArray[np.float32]) -> str:
    """Draw a model's input: one channel as dark ink on white paper, three as they are.

    Args:
        model_input: (channels, height, width) in 0..1; of one channel, 1 is ink.

    Returns:
        A `data:` address that holds a PNG of as many pixels.
    """
    shades = np.rint(np.clip(model_input, 0, 1) * 255).astype(np.uint8)
    picture = 255 - shades[0] if len(shades) == 1 else np.moveaxis(shades, 0, 2)
    png = io.BytesIO()
    Image.fromarray(picture).save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
