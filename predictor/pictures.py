"""The model's view of a picture, as a small picture that a page can carry in itself."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

# Two colours that no kind of colour blindness confuses. Source: Okabe & Ito 2008, "Color Universal Design".
_FOR = (0, 114, 178)
_AGAINST = (213, 94, 0)
_STRONGEST = 0.85  # The ink must still be seen below.
_FADED = 0.6
_BOXED_PX = 480
_BOX_LINE_PX = 3

Box = tuple[float, float, float, float]


def picture_data_url(model_input: NDArray[np.float32]) -> str:
    """Draw a model's input: one channel as dark ink on white paper, three as they are.

    Args:
        model_input: (channels, height, width) in 0..1; of one channel, 1 is ink.

    Returns:
        A `data:` address that holds a PNG of as many pixels.
    """
    return _png_data_url(_picture(model_input))


def explanation_data_url(model_input: NDArray[np.float32], weights: NDArray[np.float32]) -> str:
    """Draw a model's input, faded, under a layer of colour: blue speaks for the answer, orange against it.

    Args:
        model_input: (channels, side, side) in 0..1.
        weights: (side, side) in -1..1; the further from 0, the more colour.

    Returns:
        A `data:` address that holds a PNG of as many pixels.
    """
    picture = _picture(model_input)
    shades = picture if picture.ndim == 3 else picture[..., np.newaxis]  # noqa: PLR2004 - height, width, colour
    faded = _FADED * shades + (1 - _FADED) * 255.0
    strength = _STRONGEST * np.abs(weights)[..., np.newaxis]
    colours = np.where(weights[..., np.newaxis] > 0, _FOR, _AGAINST)
    return _png_data_url(np.rint(faded * (1 - strength) + colours * strength).astype(np.uint8))


def boxes_data_url(picture: NDArray[np.uint8], boxes: Sequence[tuple[Box, bool]]) -> str:
    """Draw boxes on a picture: blue around what was read surely, orange around the rest.

    Args:
        picture: (height, width).
        boxes: (left, top, width, height) in shares of the picture, and whether it is sure.

    Returns:
        A `data:` address that holds a JPEG of at most `_BOXED_PX` a side.
    """
    image = Image.fromarray(picture).convert("RGB")
    image.thumbnail((_BOXED_PX, _BOXED_PX))
    draw = ImageDraw.Draw(image)
    for (left, top, width, height), sure in boxes:
        corners = [
            (left * image.width - _BOX_LINE_PX, top * image.height - _BOX_LINE_PX),
            ((left + width) * image.width + _BOX_LINE_PX, (top + height) * image.height + _BOX_LINE_PX),
        ]
        draw.rectangle(corners, outline=_FOR if sure else _AGAINST, width=_BOX_LINE_PX)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg.getvalue()).decode()}"


def _picture(model_input: NDArray[np.float32]) -> NDArray[np.uint8]:
    shades = np.rint(np.clip(model_input, 0, 1) * 255).astype(np.uint8)
    return 255 - shades[0] if len(shades) == 1 else np.moveaxis(shades, 0, 2)


def _png_data_url(picture: NDArray[np.uint8]) -> str:
    png = io.BytesIO()
    Image.fromarray(picture).save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
