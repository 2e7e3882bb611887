"""A picture file is decoded, or refused by one clear error; nothing else."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from predictor.recognition.errors import ImageError, ImageTooLarge, InvalidImage
from predictor.recognition.image import ImageLimits, decode_image
from predictor.recognition.preprocessing import to_model_input
from tests.pictures import FORMATS, PICTURES, bilevel_png, canvas, digit, in_format, saved


@pytest.mark.parametrize("name", PICTURES)
def test_every_odd_picture_has_its_one_outcome(name):
    picture = PICTURES[name]
    data = picture.make()

    try:
        outcome = "prediction" if to_model_input(decode_image(data)).shape == (1, 28, 28) else "wrong shape"
    except ImageError as error:
        outcome = error.code

    assert outcome == picture.outcome


def test_a_file_may_be_as_large_as_the_limit_and_no_byte_larger():
    data = in_format("PNG")

    assert decode_image(data, ImageLimits(max_bytes=len(data))).shape == (280, 280)
    with pytest.raises(ImageTooLarge) as caught:
        decode_image(data, ImageLimits(max_bytes=len(data) - 1))

    assert caught.value.code == "file_too_large"


def test_a_picture_may_have_as_many_pixels_as_the_limit_and_not_one_more():
    data = canvas("white", size=(100, 50))

    assert decode_image(data, ImageLimits(max_pixels=5000)).shape == (50, 100)
    with pytest.raises(ImageTooLarge) as caught:
        decode_image(data, ImageLimits(max_pixels=4999))

    assert caught.value.code == "too_many_pixels"


def test_a_picture_above_the_limit_is_refused_before_its_pixels_are_decoded():
    damaged_after_its_header = bilevel_png(5000, 4001)[:60]

    with pytest.raises(ImageTooLarge) as caught:
        decode_image(damaged_after_its_header)

    assert caught.value.code == "too_many_pixels"


def test_a_damaged_picture_names_the_decoders_error_as_the_cause():
    data = in_format("PNG")

    with pytest.raises(InvalidImage) as caught:
        decode_image(data[: len(data) // 2])

    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("kind", ["ICO", "PPM", "TGA", "PCX", "ICNS", "JPEG2000", "PDF", "EPS"])
def test_formats_that_only_pillow_knows_are_not_decoded(kind):
    data = saved(digit().convert("RGB"), kind)

    with pytest.raises(ImageError) as caught:
        decode_image(data)

    assert caught.value.code == "unsupported_format"


def test_a_large_picture_is_averaged_down_and_keeps_its_shape():
    wide = io.BytesIO()
    Image.new("L", (4096, 1024), 255).save(wide, "PNG")

    grey = decode_image(wide.getvalue())

    assert grey.shape == (256, 1024)


@given(st.binary(max_size=300))
def test_random_bytes_give_pixels_or_an_image_error(data):
    assert_pixels_or_image_error(data)


@pytest.mark.parametrize("kind", FORMATS)
@given(
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
    rest=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_file_gives_pixels_or_an_image_error(kind, changes, rest):
    data = bytearray(SMALL_FILES[kind])
    for place, value in changes:
        # Squared, as most that can break stands near the start.
        data[int(place**2 * (len(data) - 1))] = value

    assert_pixels_or_image_error(bytes(data[: len(data) - int(rest**4 * len(data))]))


def assert_pixels_or_image_error(data):
    try:
        model_input = to_model_input(decode_image(data, ImageLimits(max_pixels=1_000_000)))
    except ImageError:
        return
    assert model_input.shape == (1, 28, 28)
    assert 0 <= model_input.min() <= model_input.max() <= 1


SMALL_FILES = {kind: saved(digit().resize((40, 40)).convert("RGB"), kind) for kind in FORMATS}
