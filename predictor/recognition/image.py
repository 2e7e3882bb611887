"""From a picture file's bytes to pixels, the way a person would see it on paper.

Only the formats in `SIGNATURES` reach a decoder, and no pixel is decoded before the limits are checked.
Whatever the file holds, the answer is an array or an `ImageError`.
"""

from __future__ import annotations

import io
import re
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from predictor.recognition.colour_modes import to_grey, to_rgb
from predictor.recognition.errors import ImageError, ImageTooLarge, InvalidImage, UnsupportedImage
from predictor.recognition.plain_png import read_plain_png

# Pillow warns, of broken Exif say, which is no news here. For good: a filter for each picture costs as much
# as reading a small one, and threads would undo each other's.
warnings.filterwarnings("ignore", module=r"PIL\.")

# How a file of each format starts. Pillow knows some 70 formats; these are decoded here and no others, each
# by the decoder of its name.
SIGNATURES = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "WEBP": rb"RIFF....WEBP",
    "GIF": rb"GIF8[79]a",
    "BMP": rb"BM",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
}

_START = re.compile(
    b"|".join(b"(?P<%b>%b)" % (name.encode(), start) for name, start in SIGNATURES.items()), re.DOTALL
)

# A progressive JPEG may go over all its pixels in thousands of scans of a few bytes each: seconds of work for
# 100 kB. Real ones have about ten. A scan's start cannot occur inside compressed data.
MAX_JPEG_SCANS = 100
JPEG_SCAN_START = b"\xff\xda"
_JPEGS = frozenset({"JPEG", "MPO"})  # The second is several in one file, as some cameras write.

# JPEG can be decoded at 1/2, 1/4 or 1/8 of its size, for much less; no longer side gets shorter than this.
DRAFT_LONGEST_SIDE_PX = 768

# Larger pictures are decoded one at a time in each process: side by side they would only take more memory.
LARGE_PX = 4_000_000
_one_large_picture = Lock()
_NO_LOCK = nullcontext()

# Exif 2.32, tag 274 "Orientation": what turns the stored picture upright. 1 already is.
TURN_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What a picture may cost.

    Attributes:
        max_bytes: size of the file; checked first.
        max_pixels: width times height, whatever the file's size: 260 kB of PNG can promise 400 megapixels.
    """

    max_bytes: int = 5 * 1024 * 1024
    max_pixels: int = 20_000_000


def decode_image(
    data: bytes, limits: ImageLimits = ImageLimits(), *, colour: bool = False
) -> NDArray[np.uint8]:
    """Decode a picture file: upright, on paper.

    Args:
        data: the whole file; of several frames or pages the first counts.
        limits: checked before any pixel is decoded.
        colour: whether to keep it. What is transparent then shows white paper; in grey it shows the paper
            on which the ink can be seen.

    Returns:
        (height, width), 0 is black and 255 is white; in colour (height, width, 3), red, green and blue.
        Pictures above `colour_modes.LONGEST_SIDE_PX` are averaged down.

    Raises:
        InvalidImage: code "empty_file" or "damaged_image".
        UnsupportedImage: code "unsupported_format".
        ImageTooLarge: code "file_too_large" or "too_many_pixels".
    """
    kind = _check_file(data, limits)
    if kind == "PNG" and not colour and (plain := read_plain_png(data, limits.max_pixels)) is not None:
        return plain
    try:
        image = Image.open(io.BytesIO(data), formats=(kind,))
        pixels = _checked_pixels(image.size, limits)
        _check_scans(image, data)
        with _one_large_picture if pixels > LARGE_PX else _NO_LOCK:
            return _pixels(_decoded(image, colour=colour))
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageTooLarge("too_many_pixels", "The picture has far too many pixels. Shrink it.") from error
    except Exception as error:
        # Deliberately all of them: on broken files Pillow's decoders raise OSError, SyntaxError, ValueError,
        # TypeError, KeyError, IndexError, struct.error, zlib.error, EOFError, MemoryError and more, and no
        # list of them stays complete.
        raise InvalidImage("damaged_image", "The picture is cut off or damaged. Send it again.") from error


def _check_file(data: bytes, limits: ImageLimits) -> str:
    """The name of the format."""
    if not data:
        raise InvalidImage("empty_file", "The file is empty. Send a picture.")
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(
            "file_too_large",
            f"The file has {len(data)} bytes, the limit is {limits.max_bytes}. Send a smaller one.",
        )
    start = _START.match(data)
    if start is None or start.lastgroup is None:
        raise UnsupportedImage(
            "unsupported_format",
            f"The file is no picture in a known format. Send one of {', '.join(SIGNATURES)}.",
        )
    return start.lastgroup


def _checked_pixels(size: tuple[int, int], limits: ImageLimits) -> int:
    width, height = size  # Both are above 0: Pillow opens no empty picture.
    pixels = width * height
    if pixels > limits.max_pixels:
        raise ImageTooLarge(
            "too_many_pixels",
            f"The picture has {width} x {height} pixels, the limit is {limits.max_pixels} in all. Shrink it.",
        )
    return pixels


def _check_scans(image: Image.Image, data: bytes) -> None:
    # JPEG inside TIFF has scans in every strip, and libtiff a limit of its own.
    if image.format in _JPEGS and (scans := data.count(JPEG_SCAN_START)) > MAX_JPEG_SCANS:
        raise InvalidImage(
            "damaged_image",
            f"The JPEG has {scans} scans, more than any camera or program writes. Save it anew.",
        )


def _decoded(image: Image.Image, *, colour: bool) -> Image.Image:
    if image.format in _JPEGS:  # Decodes fewer pixels at once.
        image.draft("RGB" if colour else "L", _draft_size(image.size))
    image.load()
    seen = to_rgb(image) if colour else to_grey(image)
    return _turned_upright(seen, _orientation(image))


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels of a grey or a coloured picture; numpy would ask Pillow for more than these."""
    colours = (3,) if image.mode == "RGB" else ()
    width, height = image.size
    return np.frombuffer(image.tobytes(), np.uint8).reshape(height, width, *colours)


def _draft_size(size: tuple[int, int]) -> tuple[int, int]:
    """The least size that a JPEG may be decoded at: 12 megapixels come in a quarter, 1000 x 750."""
    scale = DRAFT_LONGEST_SIDE_PX / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _orientation(image: Image.Image) -> int:
    """The Exif orientation of a loaded picture; 1 if there is none.

    Pillow turns TIFF itself while loading and takes the tag away, so every format is turned exactly once.
    """
    if image.format == "PNG" and not image.info:
        return 1  # Asked at length, that costs as much as decoding a small picture.
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - broken Exif raises as many kinds of error as broken pictures, and matters less
        return 1


def _turned_upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = TURN_UPRIGHT.get(orientation)
    return image if turn is None else image.transpose(turn)
