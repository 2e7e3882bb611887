"""`POST /api/v1/predict`: one picture in, one prediction out."""

from __future__ import annotations

import base64

import pytest

from predictor.serving import served_models
from tests.api.uploads import as_file, as_json, post_json


def answer_without_id(response):
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer.pop("request_id") == response["X-Request-ID"]
    return answer


def test_the_answer_is_the_recognisers_in_the_contracts_form(program, picture):
    prediction = served_models().recognizer().recognize(picture)

    answer = answer_without_id(program.post("/api/v1/predict", {"file": as_file(picture)}))

    assert list(answer) == ["digit", "label", "confidence", "accepted", "reason", "probabilities", "model"]
    assert answer["digit"] == int(prediction.label)
    assert answer["label"] == prediction.label
    assert answer["confidence"] == pytest.approx(prediction.confidence, abs=1e-6)
    assert (answer["accepted"], answer["reason"]) == (prediction.accepted, prediction.reason)
    assert list(answer["probabilities"]) == list("0123456789")
    assert answer["model"] == {"name": "tiny-digits", "version": "1.2.3"}


def test_every_way_to_send_a_picture_gives_the_same_answer(program, picture):
    data_url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    responses = [
        program.post("/api/v1/predict", {"file": as_file(picture)}),
        program.post("/predict", {"file": as_file(picture)}),
        program.post("/api/v1/predict", picture, content_type="image/png"),
        program.post("/api/v1/predict", picture, content_type="image/x-made-up"),
        program.post("/api/v1/predict", picture, content_type="application/octet-stream"),
        post_json(program, "/api/v1/predict", as_json(picture)),
        post_json(program, "/api/v1/predict", {"image": data_url}),
        post_json(program, "/api/v1/predict", {"image": base64.encodebytes(picture).decode()}),
        program.post("/api/v1/models/tiny-digits/versions/1.2.3/predict", {"file": as_file(picture)}),
    ]

    answers = [answer_without_id(response) for response in responses]

    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("selector", ["tiny-digits", "tiny-digits@1.2.3", "", None])
def test_the_model_can_be_named_everywhere(program, picture, selector):
    form = {"file": as_file(picture)} | ({} if selector is None else {"model": selector})
    responses = [
        program.post("/api/v1/predict", form),
        post_json(program, "/api/v1/predict", as_json(picture, model=selector)),
        program.post(f"/api/v1/predict?model={selector or ''}", picture, content_type="image/png"),
    ]

    assert [response.status_code for response in responses] == [200, 200, 200]


@pytest.mark.parametrize("selector", ["nobody", "tiny-digits@9.9.9", "\x00", "\ud800", "x" * 100_000])
def test_a_model_that_is_not_installed_is_404(program, picture, selector):
    response = post_json(program, "/api/v1/predict", as_json(picture, model=selector))

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "unknown_model"
    assert len(response.content) < 1000


def test_an_unknown_model_in_the_address_is_404_too(program, picture):
    by_query = program.post("/api/v1/predict?model=nobody", picture, content_type="image/png")
    by_path = program.post("/api/v1/models/nobody/versions/1.0.0/predict", {"file": as_file(picture)})

    assert [by_query.status_code, by_path.status_code] == [404, 404]


def test_a_refused_package_is_503_with_a_time_to_come_back(program, picture, tiny_site, settings):
    settings.MODEL_REVOKED_DIGESTS = [served_models().recognizer().package.digest]
    served_models.cache_clear()

    response = program.post("/api/v1/predict", {"file": as_file(picture)})

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.json()["error"]["code"] == "model_unavailable"
    assert "revoked" in response.json()["error"]["message"]


def test_a_client_that_sends_only_whole_pictures_gets_json_by_default(program, picture):
    response = program.post("/predict", {"file": as_file(picture)}, headers={"Accept": "*/*"})

    assert response["Content-Type"] == "application/json"
