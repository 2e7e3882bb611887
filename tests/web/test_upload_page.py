"""`/upload/`: many pictures at once, each answered for itself."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from predictor.pages.upload import harmless_cell
from tests.digit_rows import digit_row
from tests.drawings import png_bytes
from tests.web.conftest import uploaded

pytestmark = pytest.mark.usefixtures("tiny_digits")


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode())))


def test_the_page_takes_several_pictures(client):
    page = client.get("/upload/").content.decode()

    assert "<h1>Upload pictures</h1>" in page
    assert '<input type="file" name="images"' in page
    assert " multiple" in page
    assert '<section class="answers" data-answers hidden' in page
    assert page.count("<table") == 1


def test_every_picture_has_its_row(client):
    response = client.post("/upload/", {"images": [uploaded("a.png"), uploaded("b.png")]})

    page = response.content.decode()
    assert response.status_code == 200
    assert "2 answers" in page
    assert page.index(">a.png</th>") < page.index(">b.png</th>")
    assert page.count('class="thumbnail" src="data:image/png;base64,') == 2


def test_a_bad_picture_spoils_no_other(client):
    response = client.post("/upload/", {"images": [uploaded("bad.png", b"text"), uploaded("good.png")]})

    page = response.content.decode()
    assert response.status_code == 200
    assert "The file is no picture in a known format." in page
    assert page.count('<td role="cell" class="table__answer" data-label="Answer">') == 1


def test_a_file_name_cannot_bring_markup_in(client):
    page = client.post("/upload/", {"images": [uploaded("<script>x.png")]}).content.decode()

    assert "<script>x" not in page
    assert "&lt;script&gt;x.png" in page


def test_the_answers_come_as_csv_without_a_script(client):
    images = [uploaded("good.png"), uploaded("bad.png", b"text")]

    response = client.post("/upload/", {"images": images, "format": "csv"})

    header, good, bad = rows_of(response)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="predictions.csv"'
    assert header == ["file", "label", "confidence", "accepted", "reason", "model", "version", "error"]
    assert good[0] == "good.png"
    assert good[1] in list("0123456789")
    assert 0 < float(good[2]) <= 1
    assert good[3] in ("yes", "no")
    assert good[4] in ("", "unsure")
    assert good[5:] == ["tiny-digits", "1.2.3", ""]
    assert bad[:7] == ["bad.png", "", "", "", "", "", ""]
    assert bad[7].startswith("The file is no picture in a known format.")


def test_the_script_gets_the_same_answers_as_items(client):
    images = [uploaded("good.png"), uploaded("bad.png", b"text")]

    response = client.post("/upload/", {"images": images}, headers={"Accept": "application/json"})

    good, bad = response.json()["items"]
    assert (good["file"], good["problem"]) == ("good.png", "")
    assert good["answer"]["label"] in list("0123456789")
    assert good["answer"]["model_input"].startswith("data:image/png;base64,")
    assert bad["answer"] is None
    assert bad["problem"].startswith("The file is no picture in a known format.")
    assert "Accept" in response["Vary"]


def test_the_script_is_told_what_is_wrong_with_a_form(client):
    response = client.post("/upload/", {}, headers={"Accept": "application/json"})

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "form_invalid"


def test_several_digits_in_a_picture_are_read_where_it_is_ticked(client):
    row = png_bytes(Image.fromarray(digit_row([4, 7, 1], np.random.default_rng(1))))
    form = {"images": [uploaded("row.png", row), uploaded("one.png")], "several": "on"}

    several, one = client.post("/upload/", form, headers={"Accept": "application/json"}).json()["items"]

    assert len(several["answer"]["digits"]) == 3
    assert several["answer"]["label"] == " ".join(d["label"] for d in several["answer"]["digits"])
    assert several["answer"]["boxed"].startswith("data:image/jpeg;base64,")
    assert "boxed" not in one["answer"]


def test_several_digits_are_shown_with_their_boxes_and_in_the_csv_without_a_script(client):
    row = png_bytes(Image.fromarray(digit_row([4, 7, 1], np.random.default_rng(1))))

    page = client.post("/upload/", {"images": [uploaded("row.png", row)], "several": "on"}).text
    csv_form = {"images": [uploaded("row.png", row)], "several": "on", "format": "csv"}
    _header, line = rows_of(client.post("/upload/", csv_form))

    assert 'class="thumbnail thumbnail--boxed" src="data:image/jpeg;base64,' in page
    assert len(line[1].split()) == 3


@pytest.mark.parametrize("several", [{}, {"several": "on"}])
def test_a_bad_picture_among_several_digits_is_told(client, several):
    page = client.post("/upload/", {"images": [uploaded("bad.png", b"text")]} | several).text

    assert "The file is no picture in a known format." in page


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_a_file_name_is_no_formula_in_a_spreadsheet(start):
    assert harmless_cell(f"{start}SUM(A1).png") == f"'{start}SUM(A1).png"
    assert harmless_cell(f"a{start}b.png") == f"a{start}b.png"


def test_a_csv_names_a_file_that_looks_like_a_formula_as_text(client):
    response = client.post("/upload/", {"images": [uploaded("=1+1.png")], "format": "csv"})

    assert rows_of(response)[1][0] == "'=1+1.png"


def test_a_csv_keeps_a_file_name_with_semicolons_in_one_cell(client):
    response = client.post("/upload/", {"images": [uploaded("a;=1+1;b.png")], "format": "csv"})

    assert '\n"a;=1+1;b.png","' in response.text.replace("\r", "")


def test_pictures_beyond_the_time_for_one_upload_are_named_and_left(client, monkeypatch):
    monkeypatch.setattr("predictor.predicting.MAX_LOOKING_SECONDS", 0.0)

    page = client.post("/upload/", {"images": [uploaded("late.png")]}).text

    assert "late.png" in page
    assert "Not looked at" in page


def test_a_form_without_pictures_asks_for_some(client):
    response = client.post("/upload/", {})

    assert response.status_code == 400
    assert "Choose at least one picture first." in response.content.decode()


def test_as_many_pictures_as_are_allowed_are_answered(client):
    response = client.post("/upload/", {"images": [uploaded(f"{n}.png") for n in range(64)]})

    assert response.status_code == 200
    assert "64 answers" in response.content.decode()


def test_too_many_pictures_are_refused_with_the_number_allowed(client):
    response = client.post("/upload/", {"images": [uploaded(f"{n}.png") for n in range(65)]})

    assert response.status_code == 400
    assert "up to 64 pictures at a time" in response.content.decode()


def test_too_many_bytes_are_refused_unread(client):
    response = client.generic(
        "POST", "/upload/", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="67108865"
    )

    assert response.status_code == 413
    assert "up to 64.0" in response.content.decode()


def test_of_a_file_that_is_too_large_only_enough_is_kept(client, settings):
    settings.MAX_IMAGE_BYTES = 1000

    response = client.post("/upload/", {"images": [uploaded("a.png", b"x" * 500_000)]})

    (file,) = response.context["form"].cleaned_data["images"]
    assert file.size == 1001


def test_a_form_from_elsewhere_is_refused():
    response = Client(enforce_csrf_checks=True).post("/upload/", {"images": [uploaded()]})

    assert response.status_code == 403
    assert "security token" in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_refused_default_model_answers_503(client, tiny_digits, method):
    (tiny_digits / "card" / "metrics.json").write_text("{}")
    data = {"images": [uploaded()]} if method == "post" else {}

    response = getattr(client, method)("/upload/", data)

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
