"""Wherever and however a digit is drawn, it arrives in MNIST form."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from predictor.recognition.errors import NothingDrawn
from predictor.recognition.preprocessing import to_model_input
from tests.drawings import STYLES, make_drawing, paint
from tests.pictures import digit

DIGITS = Path(__file__).parent.parent / "data" / "digits"
MNIST = sorted(DIGITS.glob("*-mnist-*.png"))


def ink_of(grey):
    return to_model_input(np.asarray(grey))[0]


def centre_of(ink):
    return [float((ink.sum(axis=1 - axis) * np.arange(28)).sum() / ink.sum()) for axis in (0, 1)]


def longest_side(ink):
    inked = ink > 0.1
    return max(np.ptp(np.flatnonzero(inked.any(axis=axis))) + 1 for axis in (0, 1))


def difference(grey, other):
    return float(np.abs(ink_of(grey) - ink_of(other)).mean())


@pytest.mark.parametrize("path", MNIST, ids=lambda path: path.stem)
def test_a_picture_in_mnist_form_comes_back_unchanged(path):
    picture = np.asarray(Image.open(path))

    assert np.array_equal(ink_of(picture), picture.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize("path", MNIST, ids=lambda path: path.stem)
def test_a_picture_in_mnist_form_may_be_dark_on_light(path):
    picture = np.asarray(Image.open(path))

    assert np.array_equal(ink_of(255 - picture), ink_of(picture))


@pytest.mark.parametrize(
    "change", [lambda p: np.roll(p, 3, axis=0), lambda p: np.roll(p, -4, axis=1), lambda p: p // 2]
)
def test_a_picture_near_mnist_form_is_brought_to_it(change):
    picture = np.asarray(Image.open(DIGITS / "3-mnist-a.png"))

    assert centre_of(ink_of(change(picture))) == pytest.approx([14, 14], abs=0.05)
    assert difference(change(picture), picture) < 0.1


def test_the_input_is_28_by_28_between_0_and_1():
    model_input = to_model_input(np.asarray(digit()))

    assert model_input.shape == (1, 28, 28)
    assert model_input.dtype == np.float32
    assert model_input.min() == 0
    assert model_input.max() == pytest.approx(1)


@pytest.mark.parametrize("style", STYLES)
def test_a_drawing_fills_20_pixels_around_its_centre_of_mass(style):
    for number in range(10):
        drawing = paint(make_drawing(number, STYLES[style], np.random.default_rng([3, number])))

        ink = ink_of(drawing.getchannel("A") if drawing.mode == "RGBA" else drawing.convert("L"))

        assert centre_of(ink) == pytest.approx([14, 14], abs=0.05)
        assert longest_side(ink) in {20, 21}  # A side that starts within a pixel touches 21.


def test_light_ink_on_dark_paper_is_the_same_digit():
    assert difference(255 - np.asarray(digit()), digit()) == 0


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (255, 200), (180, 60), (60, 180), (0, 40), (128, 255)])
def test_any_two_shades_are_paper_and_ink(paper, ink):
    coverage = 1 - np.asarray(digit()) / 255

    assert difference((paper + (ink - paper) * coverage).astype(np.uint8), digit()) < 0.01


@pytest.mark.parametrize("corner", [(0, 0), (0, 220), (220, 0), (220, 220)])
def test_the_digit_may_be_small_in_any_corner(corner):
    page = Image.new("L", (280, 280), 255)
    page.paste(digit().resize((60, 60), Image.Resampling.BOX), corner)

    assert difference(page, digit()) < 0.02


@pytest.mark.parametrize("side", [56, 140, 560, 1000])
def test_the_size_of_the_picture_does_not_matter(side):
    assert difference(digit().resize((side, side), Image.Resampling.BOX), digit()) < 0.02


def test_the_digit_may_touch_the_pictures_edges():
    box = Image.eval(digit(), lambda shade: 255 - shade).getbbox()

    assert difference(digit().crop(box), digit()) < 0.01


@pytest.mark.parametrize("style", ["thin", "thick"])
def test_any_pen_writes_strokes_of_the_usual_width(style):
    for number in range(10):
        usual, other = (
            paint(make_drawing(number, STYLES[name], np.random.default_rng([1, number]))).convert("L")
            for name in ("black-on-white", style)
        )

        assert ink_of(other).sum() == pytest.approx(ink_of(usual).sum(), rel=0.3)
        assert ink_of(other).max() > 0.95


def test_specks_of_dirt_are_dropped():
    page = np.array(digit())
    page[5:9, 5:9] = page[270:273, 100:103] = 0

    assert difference(page, digit()) < 0.005


def test_a_stroke_that_stands_apart_is_kept():
    page = np.full((280, 280), 255, np.uint8)
    page[100:240, 130:146] = 0
    page[60:76, 130:220] = 0  # As the roof of a 5, with paper between.

    ink = ink_of(page)

    assert longest_side(ink) >= 20
    assert ink[:8].sum() > 10


@pytest.mark.parametrize("ink_is_dark", [True, False])
@pytest.mark.parametrize("direction", range(4))
def test_a_shadow_across_the_paper_does_not_matter(direction, ink_is_dark):
    light = np.rot90(np.linspace(0.45, 1, 280)[np.newaxis, :] * np.ones((280, 1)), direction)
    reflected = (
        0.15
        + 0.8 * np.asarray(digit() if ink_is_dark else Image.eval(digit(), lambda shade: 255 - shade)) / 255
    )

    assert difference((235 * reflected * light).astype(np.uint8), digit()) < 0.03


def test_faint_noise_does_not_matter():
    noise = np.random.default_rng(2).normal(0, 6, (280, 280))

    assert difference((np.asarray(digit()) * 0.8 + 30 + noise).clip(0, 255).astype(np.uint8), digit()) < 0.03


@pytest.mark.parametrize(
    "page",
    [
        np.full((280, 280), 255, np.uint8),
        np.zeros((280, 280), np.uint8),
        np.full((28, 28), 255, np.uint8),
        np.zeros((28, 28), np.uint8),
        np.full((1, 1), 7, np.uint8),
        np.full((280, 280), 255, np.uint8) - np.eye(280, dtype=np.uint8) * 20,
        np.tile(np.linspace(100, 255, 280).astype(np.uint8), (280, 1)),
    ],
    ids=[
        "white",
        "black",
        "28 x 28 white",
        "28 x 28 black",
        "one pixel",
        "a trace too faint",
        "a shadow alone",
    ],
)
def test_paper_alone_is_nothing_drawn(page):
    with pytest.raises(NothingDrawn) as caught:
        to_model_input(page)

    assert caught.value.code == "nothing_drawn"


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 2), (2, 1), (2, 3), (3, 3), (1, 400), (400, 1), (28, 28), (5, 300), (97, 61)]
)
def test_noise_of_any_shape_gives_an_input_or_nothing_drawn(shape):
    random = np.random.default_rng(shape)
    for _ in range(20):
        page = random.integers(0, 256, shape, dtype=np.uint8)
        try:
            model_input = to_model_input(page)
        except NothingDrawn:
            continue

        assert model_input.shape == (1, 28, 28)
        assert 0 <= model_input.min() <= model_input.max() <= 1


def test_the_same_picture_gives_the_same_input():
    assert difference(digit(), digit()) == 0
