"""`POST /api/v1/read`: the digits of one picture, in their order."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.api.refusals import assert_refused
from tests.api.uploads import as_file, as_json, post_json
from tests.digit_rows import digit_row
from tests.drawings import png_bytes

READ = "/api/v1/read"


@pytest.fixture(scope="module")
def row():
    """A PNG of the digits 4, 7 and 1, side by side."""
    return png_bytes(Image.fromarray(digit_row([4, 7, 1], np.random.default_rng(1))))


def test_each_digit_has_its_box_and_its_answer(program, row):
    answer = program.post(READ, {"file": as_file(row)}).json()

    assert list(answer) == ["text", "digits", "model", "request_id"]
    assert answer["model"] == {"name": "tiny-digits", "version": "1.2.3"}
    assert len(answer["digits"]) == 3
    lefts = [digit["box"]["left"] for digit in answer["digits"]]
    assert lefts == sorted(lefts)
    assert list(answer["digits"][0]["box"]) == ["left", "top", "width", "height"]
    assert [digit["line"] for digit in answer["digits"]] == [0, 0, 0]


def test_the_text_is_the_labels_in_their_order(program, row):
    answer = program.post(READ, {"file": as_file(row)}).json()

    assert answer["text"] == " ".join(digit["label"] for digit in answer["digits"])


def test_the_three_ways_to_send_a_picture_have_the_same_answer(program, row):
    answers = [
        program.post(READ, {"file": as_file(row)}),
        program.post(READ, row, content_type="image/png"),
        post_json(program, READ, as_json(row)),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({str(answer.json()["digits"]) for answer in answers}) == 1


def test_one_digit_is_answered_as_by_predict(program, picture):
    alone = program.post("/api/v1/predict", {"file": as_file(picture)}).json()

    (digit,) = program.post(READ, {"file": as_file(picture)}).json()["digits"]

    assert {name: digit[name] for name in ("label", "confidence", "probabilities")} == {
        name: alone[name] for name in ("label", "confidence", "probabilities")
    }


def test_too_many_digits_are_refused(program):
    page = np.full((400, 400), 255, np.uint8)
    for row in range(10):
        for column in range(10):
            page[row * 40 + 8 : row * 40 + 32, column * 40 + 18 : column * 40 + 22] = 0

    response = program.post(READ, {"file": as_file(png_bytes(Image.fromarray(page)))})

    assert_refused(response, 422, "too_many_digits")


def test_a_picture_without_ink_is_refused(program):
    response = program.post(READ, {"file": as_file(png_bytes(Image.new("L", (50, 50), 255)))})

    assert_refused(response, 422, "nothing_drawn")


def test_a_token_is_needed(client, row):
    assert_refused(client.post(READ, {"file": as_file(row)}), 401, "not_authenticated")
