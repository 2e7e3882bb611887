"""Several digits in one picture are found and read one by one, line by line and from left to right."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from predictor.recognition.errors import NothingDrawn, TooManyDigits
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.several.digit_boxes import find_digits
from predictor.recognition.several.page_ink import ink_of_page
from predictor.recognition.several.reading import read_digits
from predictor.recognition.signing_keys import load_public_key
from tests.digit_rows import digit_row, photo_of
from tests.drawings import STYLES, make_drawings, paint, png_bytes

ROOT = Path(__file__).parent.parent.parent
PUBLISHER = ROOT / "mnistsite" / "trusted_keys" / "publisher.pem"


def load(name, version):
    policy = TrustPolicy((TrustedKey("publisher", load_public_key(PUBLISHER.read_bytes())),))
    return Recognizer.from_package(open_package(ROOT / "trained_models" / name / version, policy))


@pytest.fixture(scope="module")
def recognizer():
    return load("mnist-cnn", "1.0.0")


def as_png(page):
    return png_bytes(Image.fromarray(page))


def labels(read):
    return [one.prediction.label for one in read]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("gap_px", [8, 40])
def test_the_digits_of_a_row_are_read_from_left_to_right(recognizer, seed, gap_px):
    random = np.random.default_rng([seed, gap_px])
    digits = random.integers(0, 10, 4).tolist()

    read = read_digits(recognizer, as_png(digit_row(digits, random, gap_px)))

    assert labels(read) == [str(digit) for digit in digits]
    assert [one.line for one in read] == [0, 0, 0, 0]


def test_light_digits_on_a_dark_ground_are_read_too(recognizer):
    page = 255 - digit_row([4, 7, 1], np.random.default_rng(1))

    assert labels(read_digits(recognizer, as_png(page))) == ["4", "7", "1"]


def test_the_digits_of_a_photo_are_read(recognizer):
    random = np.random.default_rng(3)
    photo = photo_of(digit_row([2, 0, 9, 6], random, gap_px=40), random)

    assert labels(read_digits(recognizer, as_png(photo))) == ["2", "0", "9", "6"]


def test_a_box_is_where_the_digit_stands_in_shares_of_the_picture(recognizer):
    page = np.full((200, 400), 255, np.uint8)
    page[50:150, 40:50] = 0
    page[50:150, 340:350] = 0

    first, second = read_digits(recognizer, as_png(page))

    assert first.box == (0.1, 0.25, 0.025, 0.5)
    assert second.box == (0.85, 0.25, 0.025, 0.5)


def test_lines_are_read_from_top_to_bottom(recognizer):
    random = np.random.default_rng(4)
    top, bottom = digit_row([1, 2, 3], random), digit_row([4, 5, 6], random)
    width = max(top.shape[1], bottom.shape[1])
    page = np.concatenate(
        [np.pad(row, ((0, 0), (0, width - row.shape[1])), constant_values=255) for row in (top, bottom)]
    )

    read = read_digits(recognizer, as_png(page))

    assert labels(read) == ["1", "2", "3", "4", "5", "6"]
    assert [one.line for one in read] == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("digits", [(3, 5), (0, 6)])
def test_two_digits_that_touch_are_cut_apart(recognizer, digits):
    page = digit_row(digits, np.random.default_rng(9), gap_px=4).copy()
    first, second = find_digits(ink_of_page(page))
    middle = (first.box[0] + first.box[2]) // 2
    page[middle - 3 : middle + 3, first.box[3] - 14 : second.box[1] + 14] = 0

    joined = find_digits(ink_of_page(page))
    read = read_digits(recognizer, as_png(page))

    assert len(joined) == 1
    assert labels(read) == [str(digit) for digit in digits]


def test_specks_dots_and_dashes_are_no_digits(recognizer):
    page = Image.fromarray(digit_row([8, 3], np.random.default_rng(2), gap_px=90))
    draw = ImageDraw.Draw(page)
    draw.ellipse((8, 8, 12, 12), fill=0)
    middle = page.width // 2
    draw.line((middle - 12, page.height // 2, middle + 12, page.height // 2), fill=0, width=8)

    assert labels(read_digits(recognizer, png_bytes(page))) == ["8", "3"]


def test_a_frame_around_the_digits_is_left_out(recognizer):
    page = Image.fromarray(digit_row([6, 2, 5], np.random.default_rng(6)))
    ImageDraw.Draw(page).rectangle((6, 6, page.width - 7, page.height - 7), outline=0, width=3)

    assert labels(read_digits(recognizer, png_bytes(page))) == ["6", "2", "5"]


@pytest.mark.parametrize("style", list(STYLES))
def test_a_picture_of_one_digit_has_the_usual_answer(recognizer, style):
    for drawing in make_drawings(style, 1, seed=11):
        picture = png_bytes(paint(drawing))

        (only,) = read_digits(recognizer, picture)

        assert only.prediction == recognizer.recognize(picture)


def test_detached_strokes_of_one_digit_are_one(recognizer):
    page = Image.new("L", (200, 200), 255)
    draw = ImageDraw.Draw(page)
    draw.line([(70, 60), (66, 100), (110, 100), (120, 130), (100, 160), (66, 155)], fill=0, width=12)
    draw.line([(78, 40), (130, 38)], fill=0, width=12)

    (found,) = find_digits(ink_of_page(np.asarray(page)))

    assert found.box[1] < 70
    assert found.box[3] > 125


def test_empty_paper_holds_nothing(recognizer):
    with pytest.raises(NothingDrawn):
        read_digits(recognizer, as_png(np.full((100, 300), 255, np.uint8)))


def test_more_digits_than_are_read_are_refused(recognizer):
    page = np.full((400, 400), 255, np.uint8)
    for row in range(10):
        for column in range(10):
            page[row * 40 + 8 : row * 40 + 32, column * 40 + 18 : column * 40 + 22] = 0

    with pytest.raises(TooManyDigits) as caught:
        read_digits(recognizer, as_png(page))

    assert caught.value.code == "too_many_digits"
    assert "100 things" in caught.value.message


def test_a_model_that_looks_for_no_ink_takes_the_picture_for_one_thing():
    clothes = load("fashion-cnn", "1.2.0")
    picture = as_png(digit_row([4, 7, 1], np.random.default_rng(1)))

    (only,) = read_digits(clothes, picture)

    assert only.prediction == clothes.recognize(picture)
    assert only.box == (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_answered_and_breaks_nothing(recognizer, seed):
    noise = np.random.default_rng(seed).integers(0, 256, (120, 260)).astype(np.uint8)

    read = read_digits(recognizer, as_png(noise))

    assert 1 <= len(read) <= 64
