"""The PNG that programs send of a small grey picture, read in one go.

Why: Pillow finds its way through any PNG in some 200 steps, which for 28 x 28 pixels take more than twice as
long as these; docs/performance.md has the figures. The pixels are Pillow's work here too. Whatever is in the
least unusual is left to it altogether, damage of all kinds above all; a test holds the two together.
"""

from __future__ import annotations

import struct
import zlib

from PIL import Image

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


def read_plain_png(data: bytes, max_pixels: int) -> Image.Image | None:
    """Read a PNG that holds the grey pixels of a small picture in one chunk, and nothing else.

    Returns:
        The picture as Pillow reads it; None for all that is left to Pillow, more pixels than that too.
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
    try:
        return Image.frombytes("L", (width, height), data[_HEAD.size : end], "zip", "L", 0)
    except (ValueError, OSError):  # What Pillow says of pixels that are damaged or too few.
        return None
