"""Whatever way a file stores a picture, the model sees the same digit."""

import io

import numpy as np
import pytest
from PIL import Image, features

from predictor.recognition.image import decode_image
from predictor.recognition.preprocessing import to_model_input
from tests.pictures import (
    PICTURES,
    STORED_TURNED,
    deep,
    digit,
    floating,
    in_format,
    rotated,
    saved,
    transparent_canvas,
)

UPRIGHT = to_model_input(np.asarray(digit()))
NEAR = 0.01  # Mean difference of shades in 0..1; another turn of the digit is above 0.07.


def difference(data):
    return float(np.abs(to_model_input(decode_image(data)) - UPRIGHT).mean())


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")],
        *[("TIFF", mode) for mode in ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")],
        *[("JPEG", mode) for mode in ("L", "RGB", "CMYK")],
        *[("WEBP", mode) for mode in ("RGB", "RGBA")],
        *[("GIF", mode) for mode in ("L", "P", "RGB", "RGBA")],
        *[("BMP", mode) for mode in ("1", "L", "P", "RGB", "RGBA")],
    ],
)
def test_every_mode_shows_the_same_digit(kind, mode):
    image = deep(16) if mode == "I;16" else digit().convert(mode)

    assert difference(saved(image, kind)) < NEAR


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_every_compression_of_tiff_shows_the_same_digit(compression):
    assert difference(in_format("TIFF", compression=compression)) < NEAR


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_a_deep_picture_is_scaled_by_the_bits_it_uses(bits):
    grey = decode_image(saved(deep(bits), "TIFF"))

    assert np.abs(grey.astype(int) - np.asarray(digit())).max() <= 1


@pytest.mark.parametrize("byte_order", ["<", ">"])
def test_a_16_bit_tiff_is_read_in_either_byte_order(byte_order):
    shades = np.asarray(deep(16))
    mode = {"<": "I;16", ">": "I;16B"}[byte_order]
    image = Image.frombytes(mode, digit().size, shades.astype(f"{byte_order}u2").tobytes())

    assert difference(saved(image, "TIFF")) == 0


def test_a_32_bit_picture_with_negative_shades_is_stretched_to_its_own_range():
    shades = np.asarray(digit(), dtype=np.int32) * 1000 - 70_000

    assert difference(saved(Image.fromarray(shades), "TIFF")) < NEAR


@pytest.mark.parametrize("white", [1, 255, 256, 1e30])
def test_a_float_picture_is_scaled_to_black_and_white(white):
    assert difference(saved(floating(white), "TIFF")) < NEAR


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_unmeasured_pixels_count_as_paper(hole):
    assert difference(saved(floating(255, hole), "TIFF")) < NEAR


@pytest.mark.parametrize("value", [np.nan, -5.0, 0.5, np.inf])
def test_a_float_picture_of_one_value_is_blank(value):
    shades = np.full((30, 30), value, np.float32)

    grey = decode_image(saved(Image.fromarray(shades), "TIFF"))

    assert np.ptp(grey) == 0


@pytest.mark.parametrize("orientation", STORED_TURNED)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_turned_camera_is_turned_back_exactly_once(kind, orientation):
    assert difference(rotated(kind, orientation)) < NEAR


@pytest.mark.parametrize("orientation", STORED_TURNED)
def test_a_compressed_tiff_is_turned_back_exactly_once(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = digit().transpose(STORED_TURNED[orientation])

    assert difference(saved(stored, "TIFF", exif=exif, compression="tiff_lzw")) < NEAR


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert difference(in_format("JPEG", exif=exif)) < NEAR


@pytest.mark.parametrize(
    "name",
    [
        "a JPEG whose EXIF is cut off",
        "a PNG whose EXIF is text",
        "a WebP whose orientation is text",
        "a palette with transparency",
        "an EXIF-rotated JPEG",
        "a CMYK JPEG",
        "a LAB TIFF",
        "a GIF of 300 frames",
        "an animated WebP",
        "an animated PNG",
        "a TIFF of 3 pages",
        "a transparent canvas with black ink",
        "a transparent canvas with white ink",
    ],
)
def test_special_files_show_the_same_digit_as_the_plain_picture(name):
    assert difference(PICTURES[name].make()) < NEAR


def test_a_picture_of_a_stereo_camera_shows_its_first_frame():
    other = digit().rotate(180)

    assert difference(saved(digit(), "MPO", save_all=True, append_images=[other])) < NEAR


@pytest.mark.parametrize("ink", ["#000000", "#1a237e", "#ffffff", "#ffee58", "#808080"])
def test_ink_of_any_colour_shows_on_a_transparent_canvas(ink):
    assert difference(transparent_canvas(ink)) < NEAR


def test_a_half_transparent_pen_writes_as_well():
    canvas = Image.new("RGBA", digit().size, "black")
    canvas.putalpha(digit().point(lambda shade: (255 - shade) // 3))

    assert difference(saved(canvas, "PNG")) < NEAR


@pytest.mark.parametrize("ink_is_dark", [True, False])
def test_a_picture_with_its_own_paper_keeps_it_where_it_is_cut_out(ink_is_dark):
    shades = digit() if ink_is_dark else digit().point(lambda shade: 255 - shade)
    picture = shades.convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    box = (10, 10, 270, 270)
    picture.paste(shades.convert("RGBA").crop(box), box)

    assert difference(saved(picture, "PNG")) < NEAR


def test_a_colour_made_transparent_counts_as_paper():
    data = saved(digit().convert("RGB"), "PNG", transparency=(255, 255, 255))

    assert difference(data) < NEAR


def test_a_large_transparent_canvas_keeps_its_ink_while_it_is_averaged_down():
    canvas = Image.open(io.BytesIO(transparent_canvas("black"))).resize(
        (2240, 2240), Image.Resampling.BICUBIC
    )

    assert difference(saved(canvas, "PNG")) < NEAR


def test_premultiplied_grey_is_read():
    canvas = Image.merge("LA", (Image.new("L", digit().size, 0), digit().point(lambda shade: 255 - shade)))
    data = bytearray(saved(canvas, "TIFF"))
    extra_samples_unspecified = b"\x52\x01\x03\x00\x01\x00\x00\x00\x02"
    place = bytes(data).index(extra_samples_unspecified)
    data[place + 8] = 1  # "Associated alpha", which Pillow opens in its mode "La".

    assert Image.open(io.BytesIO(data)).mode == "La"
    assert difference(bytes(data)) < NEAR


def test_this_pillow_can_decode_every_format():
    assert features.check("jpg")
    assert features.check("webp")
    assert features.check("libtiff")
    assert features.check("zlib")


@pytest.mark.parametrize(
    ("paper", "ink"), [("#43a047", "#e53935"), ("#4caf50", "#b39000"), ("#0000ff", "#b00000")]
)
def test_ink_as_bright_as_its_paper_is_told_by_its_colour(paper, ink):
    canvas = Image.new("RGB", digit().size, paper)
    canvas.paste(ink, mask=digit().point(lambda shade: 255 - shade))

    assert difference(saved(canvas, "PNG")) < NEAR
