"""`explain` on the predict addresses: what decided comes with the answer, only where it was asked for."""

from __future__ import annotations

import json

import numpy as np
import pytest

from predictor.serving import served_models
from tests.api.uploads import as_file, as_json, post_json

PREDICT = "/api/v1/predict"
VERSION = "/api/v1/models/tiny-digits/versions/1.2.3/predict"


def test_an_explanation_is_a_map_of_the_models_view_in_four_decimals(program, picture):
    answer = program.post(PREDICT, {"file": as_file(picture), "explain": "true"}).json()

    recognizer = served_models().recognizer()
    expected = recognizer.explain(recognizer.recognize(picture))
    explanation = answer["explanation"]
    rows = explanation["map"]
    assert list(explanation) == ["label", "method", "map"]
    assert explanation["label"] == answer["label"]
    assert explanation["method"] == "occlusion"
    assert [len(row) for row in rows] == [28] * 28
    assert np.abs(np.array(rows)).max() == 1
    assert np.array(rows) == pytest.approx(expected, abs=5.1e-5)
    assert all(weight == round(weight, 4) for row in rows for weight in row)
    assert "-0.0," not in json.dumps(rows)


def test_it_is_asked_for_in_every_way_that_a_picture_is_sent(program, picture):
    responses = [
        program.post(PREDICT, {"file": as_file(picture), "explain": "true"}),
        program.post("/predict", {"file": as_file(picture), "explain": "true"}),
        program.post(VERSION, {"file": as_file(picture), "explain": "true"}),
        program.post(f"{PREDICT}?explain=true", {"file": as_file(picture)}),
        program.post(f"{PREDICT}?explain=true", picture, content_type="image/png"),
        post_json(program, PREDICT, as_json(picture, explain=True)),
        post_json(program, PREDICT, as_json(picture, explain="true")),
        post_json(program, f"{VERSION}?explain=true", as_json(picture)),
    ]

    explanations = [response.json()["explanation"] for response in responses]

    assert all(explanation == explanations[0] for explanation in explanations)


def test_it_is_absent_where_nobody_asked(program, picture):
    responses = [
        program.post(PREDICT, {"file": as_file(picture)}),
        program.post(PREDICT, {"file": as_file(picture), "explain": "false"}),
        program.post(f"{PREDICT}?explain=false", picture, content_type="image/png"),
        post_json(program, PREDICT, as_json(picture, explain=False)),
    ]

    assert [response.status_code for response in responses] == [200, 200, 200, 200]
    assert all("explanation" not in response.json() for response in responses)


def test_the_rest_of_the_answer_is_the_same(program, picture):
    plain = program.post(PREDICT, {"file": as_file(picture)}).json()
    explained = program.post(PREDICT, {"file": as_file(picture), "explain": "true"}).json()

    assert explained | {"explanation": None, "request_id": ""} == plain | {
        "explanation": None,
        "request_id": "",
    }


def test_the_body_wins_over_the_address(program, picture):
    response = program.post(f"{PREDICT}?explain=true", {"file": as_file(picture), "explain": "false"})

    assert "explanation" not in response.json()


@pytest.mark.parametrize("value", ["", "yes", "True", "1", "on", "x" * 10_000])
def test_another_word_than_true_or_false_is_refused(program, picture, value):
    responses = [
        program.post(PREDICT, {"file": as_file(picture), "explain": value}),
        program.post(f"{PREDICT}?explain={value}", picture, content_type="image/png"),
        post_json(program, PREDICT, as_json(picture, explain=value)),
    ]

    for response in responses:
        assert response.status_code == 400
        assert response.json()["error"]["code"] == "invalid_request"
        assert response.json()["error"]["message"] == "explain: Say true or false."


@pytest.mark.parametrize("value", [None, 1, 0, [True], {"explain": True}])
def test_in_json_neither_numbers_nor_lists_are_read_as_true(program, picture, value):
    response = post_json(program, PREDICT, as_json(picture, explain=value))

    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_request")


def test_the_browsable_form_has_a_box_to_tick(browser, picture):
    form = browser.get(PREDICT).text
    page = browser.post(PREDICT, {"file": as_file(picture), "model": "", "explain": "true"}).text

    assert '<input id="id_explain" type="checkbox" name="explain" value="true">' in form
    assert '<label class="field__choice" for="id_explain">' in form
    assert "&quot;method&quot;: &quot;occlusion&quot;" in page
