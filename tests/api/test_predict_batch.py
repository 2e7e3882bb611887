"""`POST /api/v1/predict/batch`: several pictures in, an answer or an error for each out."""

from __future__ import annotations

import re

import pytest

from predictor.recognition.recognizer import Recognizer
from predictor.serving import served_models
from tests.api.test_error_shape import assert_shape
from tests.api.test_predict import answer_without_id
from tests.api.uploads import as_file, post_json

BATCH = "/api/v1/predict/batch"


def test_every_picture_has_its_item_in_order(program, picture):
    files = [as_file(picture, "a.png"), as_file(b"text", "b.txt"), as_file(picture, "c.png")]

    answer = answer_without_id(program.post(BATCH, {"file": files}))

    assert list(answer) == ["model", "items"]
    assert answer["model"] == {"name": "tiny-digits", "version": "1.2.3"}
    assert [item["file"] for item in answer["items"]] == ["a.png", "b.txt", "c.png"]
    assert list(answer["items"][1]) == ["file", "error"]
    assert list(answer["items"][1]["error"]) == ["code", "message"]
    assert answer["items"][1]["error"]["code"] == "unsupported_format"


def test_an_item_is_what_the_picture_alone_is_answered(program, picture):
    alone = answer_without_id(program.post("/api/v1/predict", {"file": as_file(picture)}))

    (item,) = answer_without_id(program.post(BATCH, {"file": as_file(picture, "a.png")}))["items"]

    assert item == {"file": "a.png"} | alone


def test_the_model_looks_once_at_all_of_them(program, picture, monkeypatch):
    served_models()
    sizes = []
    classify = Recognizer.classify

    def counting(self, inputs):
        sizes.append(len(inputs))
        return classify(self, inputs)

    monkeypatch.setattr(Recognizer, "classify", counting)

    response = program.post(BATCH, {"file": [as_file(picture), as_file(b"text"), as_file(picture)]})

    assert response.status_code == 200
    assert sizes == [2]


def test_as_many_as_are_allowed_are_answered(program, picture):
    response = program.post(BATCH, {"file": [as_file(picture)] * 64})

    assert len(response.json()["items"]) == 64


def test_bad_pictures_alone_are_no_failure_of_the_request(program):
    items = program.post(BATCH, {"file": [as_file(b""), as_file(b"text")]}).json()["items"]

    assert [item["error"]["code"] for item in items] == ["empty_file", "unsupported_format"]


def test_a_file_over_the_limit_is_its_own_items_error(program, picture, settings):
    settings.MAX_IMAGE_BYTES = len(picture)

    items = program.post(BATCH, {"file": [as_file(picture + b"\0"), as_file(picture)]}).json()["items"]

    assert items[0]["error"]["code"] == "file_too_large"
    assert "label" in items[1]


def test_pictures_whose_turn_does_not_come_are_named_and_left(program, picture, monkeypatch):
    monkeypatch.setattr("predictor.predicting.MAX_LOOKING_SECONDS", 0.0)

    items = program.post(BATCH, {"file": [as_file(picture, "late.png")]}).json()["items"]

    assert items[0]["file"] == "late.png"
    assert items[0]["error"]["code"] == "not_looked_at"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "missing_file"),
        ({"file": "a field"}, "missing_file"),
        ({"files": as_file(b"x")}, "missing_file"),
        ({"file": as_file(b"x"), "other": as_file(b"y")}, "missing_file"),
        ({"file": [as_file(b"x")] * 65}, "too_many_files"),
    ],
)
def test_a_form_holds_1_to_64_files_named_file(program, form, code):
    response = program.post(BATCH, form)

    assert_shape(response, 400)
    assert response.json()["error"]["code"] == code


def test_other_forms_of_a_request_are_refused(program, picture):
    assert_shape(post_json(program, BATCH, {"image": "aGVsbG8="}), 415)
    assert_shape(program.post(BATCH, picture, content_type="image/png"), 415)


def test_a_batch_may_be_longer_than_other_requests(program, picture, settings):
    too_large = as_file(b"x" * settings.MAX_REQUEST_BYTES)

    items = program.post(BATCH, {"file": [too_large, as_file(picture)]}).json()["items"]

    assert items[0]["error"]["code"] == "file_too_large"
    assert "label" in items[1]


def test_a_request_over_the_limit_is_refused_by_its_length_alone(program):
    response = program.generic(
        "POST", BATCH, b"short", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="67108865"
    )

    assert_shape(response, 413)


@pytest.mark.parametrize(
    ("selector", "status"), [("tiny-digits", 200), ("tiny-digits@1.2.3", 200), ("nobody", 404)]
)
def test_the_model_can_be_named_in_the_form_or_the_address(program, picture, selector, status):
    in_form = program.post(BATCH, {"file": as_file(picture), "model": selector})
    in_address = program.post(f"{BATCH}?model={selector}", {"file": as_file(picture)})

    assert [in_form.status_code, in_address.status_code] == [status, status]


@pytest.mark.django_db
def test_a_stranger_is_refused(client, picture):
    assert_shape(client.post(BATCH, {"file": as_file(picture)}), 401)


def test_the_form_of_the_page_takes_several(browser, picture):
    form = browser.get(BATCH).text
    assert '<input id="id_file" name="file" type="file" multiple required>' in form
    csrf_token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    files = [as_file(picture, "a.png"), as_file(picture, "b.png")]

    page = browser.post(BATCH, {"csrfmiddlewaretoken": csrf_token, "file": files, "model": ""})

    assert page.status_code == 200
    assert "&quot;a.png&quot;" in page.text
    assert "&quot;b.png&quot;" in page.text
    assert 'type="file" multiple' in page.text
