"""Every odd picture that may be sent, with what each must be answered: over any edge, in any format.

`PICTURES` maps a name to the function that makes the file, and to the outcome: "prediction" or a code.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from PIL import Image

from tests.drawings import STYLES, make_drawing, paint

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
ORIENTATION = 0x0112  # Exif tag.

# For every Exif orientation what a camera held that way stores, as the turn of the upright picture.
STORED_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A file and its fate."""

    make: Callable[[], bytes]
    outcome: str


@cache
def digit() -> Image.Image:
    """A drawn five, 280 x 280 in grey: no symmetry that would hide a wrong turn."""
    drawing = make_drawing(5, STYLES["black-on-white"], np.random.default_rng(5), template=1)
    return paint(drawing).convert("L")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of that format."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def in_format(kind: str, mode: str = "L", **options: object) -> bytes:
    """The digit in that format and mode."""
    return saved(digit().convert(mode), kind, **options)


def truncated(kind: str) -> bytes:
    """The first half of a good file."""
    whole = in_format(kind, "RGB")
    return whole[: len(whole) // 2]


def jpeg_of_many_scans() -> bytes:
    """A progressive JPEG that goes over its pixels again and again."""
    whole = saved(digit(), "JPEG", progressive=True)
    last_scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last_scan * 200 + whole[-2:]


def rotated(kind: str, orientation: int) -> bytes:
    """The digit as a turned camera stores it, with the tag that turns it back."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return saved(digit().transpose(STORED_TURNED[orientation]), kind, exif=exif)


def broken_exif(kind: str, block: bytes) -> bytes:
    """A good picture whose Exif block is garbage."""
    return in_format(kind, exif=b"Exif\0\0" + block)


def palette_with_transparency() -> bytes:
    """Black ink in a palette whose other entries are transparent to different degrees."""
    shades = digit().point(lambda shade: shade // 16)
    shades = Image.frombytes("P", shades.size, shades.tobytes())
    shades.putpalette([0, 0, 0] * 16)
    return saved(shades, "PNG", transparency=bytes(255 - shade * 17 for shade in range(16)))


def transparent_canvas(ink: str) -> bytes:
    """The digit painted in that colour on nothing, as a browser's canvas gives it."""
    canvas = Image.new("RGBA", digit().size, ink)
    canvas.putalpha(digit().point(lambda shade: 255 - shade))
    return saved(canvas, "PNG")


def deep(bits: int) -> Image.Image:
    """The digit in 16-bit pixels of which only so many bits are used."""
    shades = np.asarray(digit(), dtype=np.float64) / 255 * (2**bits - 1)
    return Image.fromarray(np.rint(shades).astype(np.uint16))


def floating(white: float, hole: float | None = None) -> Image.Image:
    """The digit in floating-point pixels from 0 to `white`, one corner perhaps unmeasured."""
    shades = np.asarray(digit(), dtype=np.float32) * np.float32(white / 255)
    if hole is not None:
        shades[:20, :20] = hole
    return Image.fromarray(shades)


def animated(kind: str, frames: int) -> bytes:
    """The digit, then frames of it upside down, each a little paler."""
    others = [digit().rotate(180).point(partial(max, frame % 200)) for frame in range(1, frames)]
    return saved(digit(), kind, save_all=True, append_images=others, duration=20)


def canvas(colour: str, mode: str = "RGB", size: tuple[int, int] = (280, 280)) -> bytes:
    """A canvas of one colour."""
    return saved(Image.new(mode, size, colour), "PNG")


def noise(low: int, high: int) -> bytes:
    """Every pixel by chance between the two shades."""
    shades = np.random.default_rng(1).integers(low, high, (280, 280), dtype=np.uint8)
    return saved(Image.fromarray(shades), "PNG")


@cache
def bilevel_png(width: int, height: int) -> bytes:
    """A sound one-bit PNG of any size, all white: tiny on the wire, huge in memory."""
    rows = zlib.compress((b"\x00" + b"\xff" * ((width + 7) // 8)) * height, 1)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def resized_header(kind: str, offset: int, packing: str) -> bytes:
    """A good file whose header says 0 x 0 pixels."""
    data = bytearray(in_format(kind))
    struct.pack_into(packing, data, offset, 0, 0)
    return bytes(data)


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1h9L4 9"/></svg>'

PICTURES: dict[str, Picture] = {
    "an empty file": Picture(bytes, "empty_file"),
    "text renamed .png": Picture(lambda: b"This is a seven.\n", "unsupported_format"),
    "an HTML page": Picture(lambda: b"<!doctype html><title>7</title>", "unsupported_format"),
    "an SVG drawing": Picture(lambda: SVG, "unsupported_format"),
    "a PDF": Picture(lambda: saved(digit(), "PDF"), "unsupported_format"),
    "an icon": Picture(lambda: saved(digit(), "ICO"), "unsupported_format"),
    "a zip file": Picture(lambda: b"PK\x03\x04" + bytes(100), "unsupported_format"),
    "a sound file in a RIFF container": Picture(lambda: b"RIFF\x24\0\0\0WAVEfmt ", "unsupported_format"),
    "a 6 MB file": Picture(lambda: in_format("PNG") + bytes(6_000_000), "file_too_large"),
    "a 20000 x 20000 bomb": Picture(lambda: bilevel_png(20_000, 20_000), "too_many_pixels"),
    "a 10000 x 10000 PNG, at which Pillow warns": Picture(
        lambda: bilevel_png(10_000, 10_000), "too_many_pixels"
    ),
    "a 5000 x 4001 PNG, just above the limit": Picture(lambda: bilevel_png(5000, 4001), "too_many_pixels"),
    "a 5000 x 4000 PNG, all white": Picture(lambda: bilevel_png(5000, 4000), "nothing_drawn"),
    "a 20-megapixel JPEG": Picture(
        lambda: saved(digit().resize((5000, 4000)), "JPEG", quality=50), "prediction"
    ),
    "a progressive JPEG": Picture(lambda: saved(digit(), "JPEG", progressive=True), "prediction"),
    "a progressive JPEG of 200 scans": Picture(jpeg_of_many_scans, "damaged_image"),
    "a TIFF of many JPEG strips": Picture(
        lambda: saved(digit().resize((1500, 4000)), "TIFF", compression="jpeg"), "prediction"
    ),
    **{f"half a {kind}": Picture(partial(truncated, kind), "damaged_image") for kind in FORMATS},
    **{
        f"{kind} and 8 bytes": Picture(partial(lambda k: in_format(k)[:12], kind), "damaged_image")
        for kind in FORMATS
    },
    "a PNG with one byte flipped": Picture(
        lambda: (data := in_format("PNG"))[:500] + bytes([data[500] ^ 255]) + data[501:], "damaged_image"
    ),
    "a PNG of 0 x 0": Picture(lambda: resized_header("PNG", 16, ">II"), "damaged_image"),
    "a GIF of 0 x 0": Picture(
        lambda: b"GIF89a" + bytes(7) + b"," + bytes(9) + b"\2\2\x4c\1\0;", "damaged_image"
    ),
    "a BMP of 0 x 0": Picture(lambda: resized_header("BMP", 18, "<II"), "damaged_image"),
    "1 x 1, white": Picture(partial(canvas, "white", size=(1, 1)), "nothing_drawn"),
    "1 x 1, black": Picture(partial(canvas, "black", size=(1, 1)), "nothing_drawn"),
    "20000 x 1, white": Picture(partial(canvas, "white", size=(20_000, 1)), "nothing_drawn"),
    "a blank canvas": Picture(partial(canvas, "white"), "nothing_drawn"),
    "a transparent canvas": Picture(partial(canvas, "#00000000", mode="RGBA"), "nothing_drawn"),
    "solid black": Picture(partial(canvas, "black"), "nothing_drawn"),
    "solid red": Picture(partial(canvas, "red"), "nothing_drawn"),
    "noise": Picture(partial(noise, 0, 256), "prediction"),
    "the grain of white paper": Picture(partial(noise, 244, 254), "nothing_drawn"),
    **{f"a sound {kind}": Picture(partial(in_format, kind), "prediction") for kind in FORMATS},
    "a GIF of 300 frames": Picture(partial(animated, "GIF", 300), "prediction"),
    "an animated WebP": Picture(partial(animated, "WEBP", 3), "prediction"),
    "an animated PNG": Picture(partial(animated, "PNG", 3), "prediction"),
    "a TIFF of 3 pages": Picture(partial(animated, "TIFF", 3), "prediction"),
    "a CMYK JPEG": Picture(partial(in_format, "JPEG", "CMYK"), "prediction"),
    "a bilevel PNG": Picture(partial(in_format, "PNG", "1"), "prediction"),
    "a LAB TIFF": Picture(lambda: saved(_lab(), "TIFF"), "prediction"),
    "a 16-bit PNG": Picture(lambda: saved(deep(16), "PNG"), "prediction"),
    "a 16-bit TIFF": Picture(lambda: saved(deep(16), "TIFF"), "prediction"),
    "a 12-bit TIFF": Picture(lambda: saved(deep(12), "TIFF"), "prediction"),
    "a float TIFF": Picture(lambda: saved(floating(1), "TIFF"), "prediction"),
    "a float TIFF with holes": Picture(lambda: saved(floating(1, np.nan), "TIFF"), "prediction"),
    "a float TIFF with infinities": Picture(lambda: saved(floating(255, np.inf), "TIFF"), "prediction"),
    "an EXIF-rotated JPEG": Picture(partial(rotated, "JPEG", 6), "prediction"),
    "a JPEG whose EXIF is cut off": Picture(
        partial(broken_exif, "JPEG", b"II*\0\xff\xff\xff\xff garbage"), "prediction"
    ),
    "a PNG whose EXIF is text": Picture(partial(broken_exif, "PNG", b"garbage"), "prediction"),
    "a WebP whose orientation is text": Picture(
        partial(broken_exif, "WEBP", b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x03\0\0\0up\0\0\0\0\0\0"),
        "prediction",
    ),
    "a palette with transparency": Picture(palette_with_transparency, "prediction"),
    "a transparent canvas with black ink": Picture(partial(transparent_canvas, "black"), "prediction"),
    "a transparent canvas with white ink": Picture(partial(transparent_canvas, "white"), "prediction"),
}


def _lab() -> Image.Image:
    """The digit as lightness, without any colour."""
    plain = Image.new("L", digit().size, 128)
    return Image.merge("LAB", (digit(), plain, plain))
