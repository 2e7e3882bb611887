"""The PNG that programs send of a small grey picture, read in one go.

Why: Pillow finds its way through any PNG in some 200 steps, which for 28 x 28 pixels take three times as long
as these; docs/performance.md has the figures. The pixels are its work here too, by the functions in C that
`Image.frombytes` and `Image.tobytes` call: private ones, of the pinned version. Whatever is in the least
unusual is left to Pillow altogether, damage of all kinds above all; a test holds the two together.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import _imaging

# Signature and head of the first chunk; width, height; depth, colour and methods; their checksum; head of the
# second chunk. Source: https://www.w3.org/TR/png-3/, sections 5 and 11.2.1.
_HEAD = struct.Struct(">16sII5sII4s")
_START = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
_GREY = b"\x08\0\0\0\0"  # Eight bits of grey, from top to bottom.
_CHECKED = slice(12, 29)
_PIXELS = b"IDAT"
_END = b"\0\0\0\0IEND\xaeB`\x82"
_CHECKSUM_BYTES = 4

# Of larger pictures these steps are the lesser part.
MAX_SIDE_PX = 256


def read_plain_png(data: bytes, max_pixels: int) -> NDArray[np.uint8] | None:
    """Read a PNG that holds the grey pixels of a small picture in one chunk, and nothing else.

    Returns:
        (height, width), 0 is black and 255 is white, as Pillow reads it; None for all that is left to
        Pillow, more pixels than that too.
    """
    if len(data) < _HEAD.size:
        return None
    start, width, height, form, checksum, length, kind = _HEAD.unpack_from(data)
    end = _HEAD.size + length
    if (
        (start, form, kind) != (_START, _GREY, _PIXELS)
        or not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX and width * height <= max_pixels)
        or data[end + _CHECKSUM_BYTES :] != _END
        or zlib.crc32(data[_CHECKED]) != checksum
    ):
        return None
    return _pixels(data[_HEAD.size : end], width, height)


def _pixels(packed: bytes, width: int, height: int) -> NDArray[np.uint8] | None:
    """Unpack grey pixels; None where they are damaged or too few."""
    box = (0, 0, width, height)
    image = _imaging.new("L", (width, height))
    decoder = _imaging.zip_decoder("L", "L", 0)
    decoder.setimage(image, box)
    more_wanted, error = decoder.decode(packed)
    if more_wanted >= 0 or error:
        return None
    encoder = _imaging.raw_encoder("L", "L")
    encoder.setimage(image, box)
    _, _, pixels = encoder.encode(width * height)
    return np.frombuffer(pixels, np.uint8).reshape(height, width)
