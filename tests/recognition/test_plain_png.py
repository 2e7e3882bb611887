"""The plain reader gives Pillow's pixels, or leaves the file to Pillow."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from predictor.recognition.image import ImageLimits, decode_image
from predictor.recognition.plain_png import MAX_SIDE_PX, read_plain_png
from tests.drawings import png_bytes

PIXELS = np.random.default_rng(5).integers(0, 256, (9, 12), np.uint8)
GREY = png_bytes(Image.fromarray(PIXELS))
ANY = 1_000_000


def chunk(kind, content):
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(width=12, height=9, form=b"\x08\0\0\0\0", pixels=None, more=b"", end=b""):
    rows = b"".join(b"\0" + row.tobytes() for row in PIXELS) if pixels is None else pixels
    head = struct.pack(">II", width, height) + form
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"") + end
    )  # fmt: skip


def by_pillow(data):
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        return np.asarray(image)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_what_programs_write_is_read_as_pillow_reads_it(width, height, seed, level):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=level)

    assert np.array_equal(read_plain_png(file.getvalue(), ANY), pixels)


@given(st.data())
def test_whatever_is_changed_in_a_file_it_reads_no_other_pixels(data):
    changed = bytearray(GREY)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(GREY) - 1))] = data.draw(st.integers(0, 255))
    read = read_plain_png(bytes(changed), ANY)

    assert read is None or np.array_equal(read, by_pillow(bytes(changed)))


@pytest.mark.parametrize("row_filter", range(5))
def test_it_reads_rows_of_every_filter(row_filter):
    data = png(pixels=b"".join(bytes([row_filter]) + row.tobytes() for row in PIXELS))

    assert np.array_equal(read_plain_png(data, ANY), by_pillow(data))


@pytest.mark.parametrize("rows", range(9))
def test_rows_that_are_missing_are_read_as_pillow_reads_them(rows):
    data = png(pixels=b"".join(b"\0" + row.tobytes() for row in PIXELS[:rows]))
    read = read_plain_png(data, ANY)

    assert read is None if rows == 0 else np.array_equal(read, by_pillow(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GREY[:40],
        GREY[:-1],
        png(end=b"more"),
        png(more=chunk(b"tRNS", b"\0\0")),
        png(more=chunk(b"tEXt", b"Title\0seven")),
        png(more=chunk(b"IDAT", b"")),
        png(form=b"\x10\0\0\0\0"),
        png(form=b"\x08\2\0\0\0"),
        png(form=b"\x08\0\0\0\1"),
        png(width=0),
        png(height=0),
        png(height=2**31),
        png(pixels=bytes(5)),
        png(pixels=b"\x05" + bytes(12) * 9),
        GREY.replace(b"IDAT", b"IDAX"),
        GREY[:29] + b"\0\0\0\0" + GREY[33:],
        png_bytes(Image.new("RGBA", (12, 9))),
        png_bytes(Image.new("L", (MAX_SIDE_PX + 1, 1))),
        png_bytes(Image.new("L", (1, MAX_SIDE_PX + 1))),
    ],
)
def test_what_is_unusual_is_left_to_pillow(data):
    assert read_plain_png(data, ANY) is None


def test_as_many_pixels_as_it_takes_come_whole():
    pixels = np.add.outer(np.arange(MAX_SIDE_PX), np.arange(MAX_SIDE_PX)).astype(np.uint8)

    assert np.array_equal(read_plain_png(png_bytes(Image.fromarray(pixels)), ANY), pixels)


def test_more_pixels_than_are_allowed_are_left_to_pillow():
    assert read_plain_png(GREY, 108) is not None
    assert read_plain_png(GREY, 107) is None


def test_a_picture_is_decoded_the_same_either_way():
    annotated = png(more=chunk(b"tEXt", b"Title\0seven"))

    assert np.array_equal(decode_image(GREY), decode_image(annotated))
    assert np.array_equal(decode_image(GREY, colour=True)[..., 0], PIXELS)
    assert np.array_equal(decode_image(GREY, ImageLimits(max_pixels=108)), PIXELS)
