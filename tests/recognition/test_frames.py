"""A frame or a panel around the drawing, as screenshots have them, is not taken for ink."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from predictor.recognition.image import decode_image
from predictor.recognition.preprocessing import to_model_input
from tests.pictures import digit, saved

EXPECTED = to_model_input(np.asarray(digit()))[0]


def difference(page):
    return float(np.abs(to_model_input(decode_image(saved(page, "PNG")))[0] - EXPECTED).mean())


def screenshot(page, panel, line, *, line_px=2, radius=0, drawing=None):
    """A panel of 300 x 300 on a page of 420 x 380, the digit in it."""
    picture = Image.new("RGB", (420, 380), page)
    ImageDraw.Draw(picture).rounded_rectangle((50, 40, 350, 340), radius, panel, line, line_px)
    picture.paste(drawing or digit(), (61, 51))
    return picture


@pytest.mark.parametrize("line_px", [1, 2, 8])
@pytest.mark.parametrize("line", ["black", "#888888", "#1565c0"])
def test_a_frame_is_left_out(line, line_px):
    assert difference(screenshot("white", "white", line, line_px=line_px)) < 0.01


@pytest.mark.parametrize("page", ["black", "#202020", "#808080", "#e0e0e0", "#1565c0"])
def test_a_panel_of_another_shade_than_the_page_is_gone_into(page):
    assert difference(screenshot(page, "white", "white")) < 0.01


def test_a_dark_panel_with_light_ink_is_gone_into():
    light_on_dark = digit().point(lambda shade: 255 - shade)

    assert difference(screenshot("white", "black", "black", drawing=light_on_dark)) < 0.01


def test_a_frame_may_have_round_corners():
    assert difference(screenshot("white", "white", "black", radius=10)) < 0.01


def test_a_panel_with_a_frame_is_gone_into_twice():
    assert difference(screenshot("#303030", "white", "#777777", line_px=3)) < 0.01


def test_the_axes_of_a_plot_are_left_out_with_their_marks():
    picture = screenshot("white", "white", "black", line_px=1)
    draw = ImageDraw.Draw(picture)
    for place in range(60, 340, 40):
        draw.line((44, place, 50, place), "black")
        draw.line((place, 340, place, 346), "black")

    assert difference(picture) < 0.01


def test_a_frame_along_the_pictures_edges_is_left_out():
    picture = digit().copy()
    ImageDraw.Draw(picture).rectangle((0, 0, 279, 279), outline=0, width=3)

    assert difference(picture) < 0.01


def test_a_boxy_zero_is_a_drawing_and_no_frame():
    picture = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(picture).rectangle((80, 50, 200, 230), outline=0, width=14)

    ink = to_model_input(np.asarray(picture))[0]

    assert ink[5:23].max(axis=1).min() > 0.9  # Ink in every row of the digit,
    assert ink[12:16, 12:16].max() == 0  # none in its middle.


def test_a_boxy_eight_keeps_its_outline():
    picture = Image.new("L", (280, 280), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((80, 50, 200, 230), outline=0, width=14)
    draw.rectangle((80, 133, 200, 147), fill=0)

    ink = to_model_input(np.asarray(picture))[0]

    assert ink[5:23].max(axis=1).min() > 0.9
