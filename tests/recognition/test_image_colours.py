"""A picture decoded in colour shows the colours that a person sees on white paper."""

import numpy as np
import pytest
from PIL import Image

from predictor.recognition.image import decode_image
from tests.pictures import FORMATS, deep, digit, floating, in_format, rotated, saved

RED, WHITE = [255, 0, 0], [255, 255, 255]


def middle_of(data):
    return decode_image(data, colour=True)[20, 30].tolist()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF"])
def test_a_colour_comes_as_red_green_and_blue(kind):
    picture = Image.new("RGB", (60, 40), (200, 100, 50))

    decoded = decode_image(saved(picture, kind), colour=True)

    assert decoded.shape == (40, 60, 3)
    assert decoded.dtype == np.uint8
    assert decoded[20, 30].tolist() == [200, 100, 50]


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_formats_keep_the_colour_nearly(kind):
    assert middle_of(saved(Image.new("RGB", (60, 40), (200, 100, 50)), kind)) == pytest.approx(
        [200, 100, 50], abs=3
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_grey_picture_has_three_equal_channels(kind):
    data = in_format(kind, lossless=True)  # WebP alone knows that option, and is lossy else.

    decoded = decode_image(data, colour=True)

    assert np.array_equal(decoded, np.repeat(decode_image(data)[..., np.newaxis], 3, axis=2))


@pytest.mark.parametrize("image", [deep(16), deep(12), floating(1)], ids=["16 bits", "12 bits", "float"])
def test_a_deep_picture_is_scaled_and_repeated(image):
    data = saved(image, "TIFF")

    decoded = decode_image(data, colour=True)

    assert np.array_equal(decoded, np.repeat(decode_image(data)[..., np.newaxis], 3, axis=2))


@pytest.mark.parametrize(
    ("colour", "seen"),
    [
        ((255, 0, 0, 255), RED),
        ((255, 0, 0, 0), WHITE),
        ((0, 0, 0, 0), WHITE),
        ((0, 0, 0, 51), [204, 204, 204]),
    ],
)
def test_what_is_transparent_shows_white_paper(colour, seen):
    assert middle_of(saved(Image.new("RGBA", (60, 40), colour), "PNG")) == seen


def test_a_transparent_entry_of_a_palette_shows_white_paper():
    picture = Image.new("P", (60, 40), 0)
    picture.putpalette(RED)

    assert middle_of(saved(picture, "PNG")) == RED
    assert middle_of(saved(picture, "PNG", transparency=0)) == WHITE


def test_a_cmyk_picture_becomes_red_green_and_blue():
    red = Image.new("CMYK", (60, 40), (0, 255, 255, 0))

    assert middle_of(saved(red, "TIFF")) == RED


def test_a_large_picture_is_averaged_down_in_colour():
    picture = Image.new("RGB", (4096, 1024), (200, 100, 50))

    decoded = decode_image(saved(picture, "PNG"), colour=True)

    assert decoded.shape == (256, 1024, 3)
    assert decoded[0, 0].tolist() == [200, 100, 50]


def test_a_turned_camera_is_turned_back_in_colour():
    decoded = decode_image(rotated("PNG", 6), colour=True)

    assert np.array_equal(decoded[..., 0], np.asarray(digit()))
