"""From any of Pillow's modes to eight-bit shades of grey or colours."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.recognition.transparency import is_opaque, on_paper

# Larger pictures are averaged down to this: a digit of 1/50 of the side still has all of its 20 pixels.
LONGEST_SIDE_PX = 1024

BIT_DEPTHS = (255, 1023, 4095, 16383, 65535)  # White in pictures of 8, 10, 12, 14 and 16 bits.


# Shades of brightness between ink and paper that are enough to tell them apart.
CLEAR_CONTRAST = 64


def to_grey(image: Image.Image) -> Image.Image:
    """Any mode to "L", averaged down if large; what is transparent is laid on paper that shows its ink."""
    image = _without_rarities(image)
    if image.has_transparency_data:
        image = _shrunk(_converted(image, "RGBA"))
        if not is_opaque(image):
            return on_paper(image)
    return _shrunk(_shades_that_differ(image))


def _shades_that_differ(image: Image.Image) -> Image.Image:
    """How bright it looks; of ink and paper that are equally bright, the channel in which they differ."""
    grey = _converted(image, "L")
    if image.mode in {"L", "1", "LA"} or _contrast(grey) >= CLEAR_CONTRAST:
        return grey
    channel = max(_converted(image, "RGB").split(), key=_contrast)
    return channel if _contrast(channel) > 2 * _contrast(grey) else grey


def _contrast(shades: Image.Image) -> int:
    darkest, lightest = shades.getextrema()
    return int(lightest) - int(darkest)  # type: ignore[arg-type] # Of one channel.


def to_rgb(image: Image.Image) -> Image.Image:
    """Any mode to "RGB", averaged down if large; transparent pictures are laid on white paper."""
    image = _without_rarities(image)
    if image.has_transparency_data:
        shrunk = _shrunk(_converted(image, "RGBA"))
        return Image.alpha_composite(Image.new("RGBA", shrunk.size, "white"), shrunk).convert("RGB")
    return _shrunk(_converted(image, "RGB"))


def _converted(image: Image.Image, mode: str) -> Image.Image:
    """In that mode; without the copy that Pillow makes of a picture which already is."""
    return image if image.mode == mode else image.convert(mode)


def _without_rarities(image: Image.Image) -> Image.Image:
    """Bring the modes that Pillow converts badly or not at all to one that it converts well."""
    if image.mode.startswith("I;16"):  # Averaging knows 32-bit integers only.
        image = image.convert("I")
    if image.mode in {"I", "F"}:
        return Image.fromarray(_to_eight_bits(np.asarray(_shrunk(image))))
    if image.mode == "La":  # Premultiplied grey, which converts to nothing else.
        return image.convert("LA")
    if image.mode == "LAB":  # Converts to RGB only.
        return image.convert("RGB")
    return image


def _shrunk(image: Image.Image) -> Image.Image:
    """Average whole blocks of pixels, so that even a thin pen leaves its share of grey."""
    factor = math.ceil(max(image.size) / LONGEST_SIDE_PX)
    return image.reduce(factor) if factor > 1 else image


def _to_eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale deep or floating-point shades to 0..255 by the range that they seem to be written in."""
    shades = values.astype(np.float64)
    finite = np.isfinite(shades)
    if not finite.all():  # Measured data marks "nothing here" so; paper is what most of a picture shows.
        shades[~finite] = np.median(shades[finite]) if finite.any() else 0
    low, high = float(shades.min()), float(shades.max())
    whites = (1, 255) if values.dtype.kind == "f" else BIT_DEPTHS
    if low < 0 or high > whites[-1]:
        shades, white = shades - low, (high - low) or 1
    else:
        white = next(white for white in whites if high <= white)
    return np.rint(shades * (255 / white)).astype(np.uint8, copy=False)
