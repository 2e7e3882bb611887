"""Light, page, lens and desk do not change the digit that a photo shows."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from predictor.recognition.image import decode_image
from predictor.recognition.preprocessing import to_model_input
from tests.pictures import digit

SIZE = (800, 600)
PAPER = (236, 232, 220)
NEAR = 0.03  # Mean difference of shades in 0..1; another digit is above 0.1.


def page(ink=(30, 30, 34), *, side=420, at=(190, 90), lines=None):
    """A sheet with the digit on it, over what is printed."""
    sheet = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(sheet)
    for place in range(20, 800, 48) if lines else ():
        draw.line((0, place, 800, place), lines[0], 2)
        if "checked" in lines:
            draw.line((place, 0, place, 600), lines[0], 2)
    coverage = Image.eval(digit().resize((side, side), Image.Resampling.BICUBIC), lambda shade: 255 - shade)
    sheet.paste(ink, at, coverage)
    return sheet


def photo(sheet, light=1.0, *, noise=4, quality=80):
    """As a camera stores the sheet."""
    seen = np.asarray(sheet.filter(ImageFilter.GaussianBlur(1)), float)
    grain = np.random.default_rng(1).normal(0, noise, seen.shape[:2])[..., np.newaxis]
    file = io.BytesIO()
    shades = (seen * np.reshape(light, (*np.shape(light), 1)) + grain).clip(0, 255)
    Image.fromarray(shades.astype(np.uint8)).save(file, "JPEG", quality=quality)
    return file.getvalue()


def difference(data, expected=digit):
    shown = to_model_input(decode_image(data))
    return float(np.abs(shown - to_model_input(np.asarray(expected()))).mean())


def falling(start, end):
    """Light that falls off from left to right."""
    return np.linspace(start, end, SIZE[0]) * np.ones((SIZE[1], 1))


@pytest.mark.parametrize("ink", [(30, 30, 34), (38, 52, 130), (176, 42, 44), (120, 118, 120), (20, 110, 60)])
def test_a_pen_of_any_colour_is_seen_in_falling_light(ink):
    assert difference(photo(page(ink), falling(1, 0.5))) < NEAR


@pytest.mark.parametrize(
    "lines", [("#b9b9be",), ("#96afd7",), ("#d7a5a5", "checked"), ("#96afd7", "checked")]
)
@pytest.mark.parametrize("ink", [(30, 30, 34), (120, 118, 120)])
def test_lines_printed_on_the_page_are_let_alone(lines, ink):
    assert difference(photo(page(ink, lines=lines), falling(0.6, 0.95))) < NEAR


@pytest.mark.parametrize("width_px", [1, 30, 120])
@pytest.mark.parametrize("depth", [0.2, 0.4])
def test_the_edge_of_a_shadow_is_no_stroke(depth, width_px):
    across = np.arange(SIZE[0]) + 0.5 * np.arange(SIZE[1])[:, np.newaxis] - 500
    light = 0.9 - depth * np.clip(across / width_px + 0.5, 0, 1)

    assert difference(photo(page(), light)) < NEAR


@pytest.mark.parametrize("desk", [(20, 20, 22), (62, 44, 34), (96, 84, 72)])
@pytest.mark.parametrize("margin_px", [15, 60, 140, 300])
def test_the_desk_around_the_page_is_no_ink(desk, margin_px):
    sheet = Image.new("RGB", (SIZE[0] + 2 * margin_px, SIZE[1] + 2 * margin_px), desk)
    sheet.paste(page(), (margin_px, margin_px))

    assert difference(photo(sheet)) < NEAR


def test_the_grain_of_a_dark_desk_is_no_ink():
    sheet = Image.new("RGB", (1000, 800), (40, 42, 46))
    sheet.paste(page((120, 118, 120), side=110, at=(500, 200)), (100, 100))

    assert difference(photo(sheet, 0.5, noise=8)) < NEAR


def test_a_corner_in_deep_shadow_does_not_turn_ink_to_light():
    across = np.arange(SIZE[0]) + 0.8 * np.arange(SIZE[1])[:, np.newaxis] - 1050
    light = 0.95 - 0.35 / (1 + np.exp(across / 20))

    assert difference(photo(page((120, 118, 120), side=110, at=(200, 120)), light)) < NEAR


def test_a_page_may_lie_askew_on_the_desk():
    sheet = Image.new("RGB", (1100, 900), (62, 44, 34))
    sheet.paste(page(), (150, 150))
    turned = sheet.rotate(6, Image.Resampling.BICUBIC, fillcolor=(62, 44, 34))

    assert (
        difference(photo(turned), lambda: digit().rotate(6, Image.Resampling.BICUBIC, fillcolor=255)) < NEAR
    )


@pytest.mark.parametrize(("side", "at"), [(110, (600, 60)), (60, (90, 480)), (590, (100, 5))])
def test_the_digit_may_be_small_or_fill_the_photo(side, at):
    assert difference(photo(page(side=side, at=at), falling(0.95, 0.6))) < NEAR


def test_a_digit_that_reaches_the_photos_edge_stays_whole():
    box = Image.eval(digit(), lambda shade: 255 - shade).getbbox()
    cut = page(side=560, at=(100, 20)).crop((60, 20 + 2 * box[1], 740, 20 + 2 * box[3]))

    assert difference(photo(cut, np.linspace(1, 0.6, 680) * np.ones((cut.height, 1)))) < NEAR


def test_twelve_megapixels_show_the_same_digit():
    large = page(side=110, at=(500, 80)).resize((4000, 3000), Image.Resampling.BICUBIC)

    assert difference(photo(large, noise=0)) < NEAR


def test_empty_paper_in_falling_light_is_nothing_drawn():
    data = photo(Image.new("RGB", SIZE, PAPER), falling(0.95, 0.6))

    with pytest.raises(Exception, match="Nothing is drawn") as caught:
        to_model_input(decode_image(data))

    assert caught.value.code == "nothing_drawn"
