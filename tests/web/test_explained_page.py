"""The draw page's switch "Show what decided", and what the pages say in doubt."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from django.template.loader import render_to_string

from predictor.forms import PictureForm, UploadForm
from predictor.pages.upload import Row, as_csv
from predictor.verdicts import page_answer
from tests.packages import JOBLIB_METADATA
from tests.predictions import prediction
from tests.web.conftest import uploaded
from tests.web.test_draw_page import JSON

pytestmark = pytest.mark.usefixtures("tiny_digits")

HIDDEN = '<figure class="decided" data-decided hidden>'
SHOWN = '<figure class="decided" data-decided>'


def test_the_switch_is_a_box_in_the_form_and_nothing_is_shown_before(client):
    page = client.get("/").text

    assert '<label class="field__choice" for="id_explain"><input type="checkbox" name="explain"' in page
    assert "Show what decided" in page
    assert HIDDEN in page


def test_an_answer_shows_what_decided_where_it_was_asked(client):
    asked = client.post("/", {"image": uploaded(), "explain": "on"}).text
    not_asked = client.post("/", {"image": uploaded()}).text

    assert SHOWN in asked
    assert "Blue speaks for <b data-decided-label>" in asked
    assert "Orange speaks against it" in asked
    assert " checked" in asked[asked.index('name="explain"') :][:120]
    assert HIDDEN in not_asked


def test_the_script_gets_the_coloured_picture_only_where_it_asked(client):
    asked = client.post("/", {"image": uploaded(), "explain": "on"}, headers=JSON).json()
    not_asked = client.post("/", {"image": uploaded()}, headers=JSON).json()

    assert asked["explanation_picture"].startswith("data:image/png;base64,")
    assert asked["explanation_picture"] != asked["model_input"]
    assert "explanation_picture" not in not_asked


def test_page_and_script_show_the_same(client):
    fields = {"image": uploaded(), "explain": "on"}
    answer = client.post("/", fields, headers=JSON).json()

    page = client.post("/", fields | {"image": uploaded()}).text

    assert f'src="{answer["explanation_picture"]}"' in page


def test_a_refused_picture_has_nothing_that_decided(client):
    page = client.post("/", {"image": uploaded(content=b"text"), "explain": "on"}).text

    assert HIDDEN in page


def test_an_unsure_answer_says_why_on_every_page(client, serve):
    serve(replace(JOBLIB_METADATA, version="1.3.0", min_confidence=1.0))

    answer = client.post("/", {"image": uploaded()}, headers=JSON).json()
    table = client.post("/upload/", {"images": uploaded()}).text
    answers = client.post("/upload/", {"images": uploaded(), "format": "csv"}).text

    (row,) = csv.DictReader(io.StringIO(answers))
    assert (answer["accepted"], answer["reason"]) == (False, "unsure")
    assert '<span class="tag tag--doubt">Not sure</span>' in table
    assert (row["accepted"], row["reason"]) == ("no", "unsure")


def test_what_is_no_digit_has_no_answer_in_the_table_but_a_guess():
    row = Row("m.png", answer=page_answer(prediction(reason="not_a_digit", four=0.6, nine=0.4)))

    page = render_to_string(
        "predictor/upload.html", {"form": UploadForm(), "rows": [row], "csv": as_csv([row])}
    )

    assert 'data-label="Answer"><span aria-hidden="true">&ndash;</span>' in page
    assert '<span class="tag tag--doubt">Not a digit</span> If I had to guess: four' in page
    assert '"m.png","four","0.6","no","not_a_digit","m","1.0.0",""' in as_csv([row])


def test_what_is_no_digit_has_no_best_bar_on_the_draw_page():
    answer = page_answer(prediction(reason="not_a_digit", four=0.6, nine=0.4))

    page = render_to_string(
        "predictor/draw.html", {"form": PictureForm(), "answer": answer, "model_name": "m"}
    )

    assert '<section class="card answer answer--none"' in page
    assert "This does not look like a digit.</span>" in page
    assert "data-guess>If I had to guess: four</span>" in page
