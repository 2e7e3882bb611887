"""`/`: one picture, answered as a page without JavaScript and as JSON for the page's script."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from predictor.recognition.recognizer import UNSURE
from predictor.verdicts import percent, verdict
from tests.packages import JOBLIB_METADATA
from tests.predictions import prediction
from tests.web.conftest import picture, uploaded

JSON = {"Accept": "application/json"}
CLOTHES = replace(
    JOBLIB_METADATA,
    name="tiny-clothes",
    title="Tiny clothes",
    labels=("Boot", "Bag", "Coat", "Dress", "Shirt", "Sandal", "Scarf", "Sneaker", "Top", "Trousers"),
)

pytestmark = pytest.mark.usefixtures("tiny_digits")


def test_the_page_is_an_upload_form_where_no_script_runs(client):
    page = client.get("/").content.decode()

    assert "<h1>Draw a <span data-subject>digit</span></h1>" in page
    assert '<form class="card form choose" id="choose" method="post" enctype="multipart/form-data"' in page
    assert '<input type="file" name="image"' in page
    assert "data-drawing hidden" in page
    assert 'aria-labelledby="answer-title" hidden' in page


def test_a_sent_picture_is_answered_on_the_page(client):
    response = client.post("/", {"image": uploaded()})

    page = response.content.decode()
    assert response.status_code == 200
    assert '<output class="verdict" role="status" aria-live="polite"' in page
    assert 'aria-labelledby="answer-title">' in page
    assert page.count('<li class="bar') == 10
    assert page.count("bar--best") == 1
    assert 'src="data:image/png;base64,' in page
    assert '<a data-model href="/models/tiny-digits/">tiny-digits 1.2.3</a>' in page


def test_the_script_gets_the_answer_as_json(client):
    response = client.post("/", {"image": uploaded()}, headers=JSON)

    answer = response.json()
    assert response["Content-Type"] == "application/json"
    assert answer["label"] in "0123456789"
    assert answer["digit"] == int(answer["label"])
    assert answer["model"] == {"name": "tiny-digits", "version": "1.2.3"}
    assert answer["request_id"] == response["X-Request-ID"]
    assert [bar["label"] for bar in answer["bars"]] == list("0123456789")
    assert set(answer["verdict"]) == {"lead", "headline", "certainty"}


def test_page_and_json_say_the_same(client):
    answer = client.post("/", {"image": uploaded()}, headers=JSON).json()

    page = client.post("/", {"image": uploaded()}).content.decode()

    assert f">{answer['verdict']['headline']}</span>" in page
    assert answer["model_input"] in page


def test_the_answer_shows_what_the_model_saw(client):
    answer = client.post("/", {"image": uploaded()}, headers=JSON).json()

    content = base64.b64decode(answer["model_input"].removeprefix("data:image/png;base64,"))
    seen = np.asarray(Image.open(io.BytesIO(content)))
    assert seen.shape == (28, 28)
    assert seen[0, 0] == 255
    assert seen[14, 14] < 64


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "empty_file"),
        (b"no picture", 415, "unsupported_format"),
        (picture()[:60], 400, "damaged_image"),
        (b"\x89PNG" + b"x" * (5 * 1024 * 1024), 413, "file_too_large"),
    ],
)
def test_a_bad_picture_is_refused_alike_on_the_page_and_as_json(client, content, status, code):
    as_json = client.post("/", {"image": uploaded(content=content)}, headers=JSON)
    page = client.post("/", {"image": uploaded(content=content)})

    assert (as_json.status_code, as_json.json()["error"]["code"]) == (status, code)
    assert page.status_code == status
    assert f"data-problem>{as_json.json()['error']['message']}" in page.content.decode()


def test_a_blank_canvas_is_refused(client):
    paper = io.BytesIO()
    Image.new("L", (280, 280), 255).save(paper, "PNG")

    response = client.post("/", {"image": uploaded(content=paper.getvalue())}, headers=JSON)

    assert response.status_code == 422
    assert response.json()["error"]["code"] == "nothing_drawn"


def test_a_form_without_a_picture_asks_for_one(client):
    response = client.post("/", {})

    assert response.status_code == 400
    assert "Choose a picture first." in response.content.decode()


def test_a_form_from_elsewhere_is_refused():
    client = Client(enforce_csrf_checks=True)

    response = client.post("/", {"image": uploaded()}, headers=JSON)

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "csrf_failed"


def test_a_request_that_is_too_large_is_refused_unread(client):
    response = client.post("/", {"image": uploaded(content=b"x" * 8 * 1024 * 1024)}, headers=JSON)

    assert response.status_code == 413
    assert response.json()["error"]["code"] == "request_too_large"


def test_answers_are_kept_apart_by_what_was_accepted(client):
    assert "Accept" in client.get("/")["Vary"]


def test_with_one_model_there_is_nothing_to_choose(client):
    assert "<select" not in client.get("/").content.decode()


def test_with_two_models_either_can_be_asked(client, serve):
    serve(JOBLIB_METADATA, CLOTHES)

    page = client.get("/").content.decode()
    answer = client.post("/", {"image": uploaded(), "model": "tiny-clothes"}, headers=JSON).json()

    assert '<option value="tiny-clothes">Tiny clothes</option>' in page
    assert '<option value="tiny-digits" selected>Tiny digits</option>' in page
    assert answer["model"]["name"] == "tiny-clothes"
    assert answer["bars"][0]["label"] == "Boot"
    assert "digit" not in answer


def test_a_model_that_is_not_offered_is_refused(client, serve):
    serve(JOBLIB_METADATA, CLOTHES)

    response = client.post("/", {"image": uploaded(), "model": "nobody"}, headers=JSON)

    assert response.status_code == 400


def test_a_model_of_other_things_is_not_asked_for_digits(client, serve, settings):
    serve(CLOTHES)
    settings.DEFAULT_MODEL = "tiny-clothes"
    serve()

    assert "<h1>Draw a <span data-subject>picture</span></h1>" in client.get("/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_refused_default_model_answers_503(client, tiny_digits, method):
    (tiny_digits / "card" / "metrics.json").write_text("{}")
    data = {"image": uploaded()} if method == "post" else {}

    page = getattr(client, method)("/", data)
    as_json = getattr(client, method)("/", data, headers=JSON)

    assert page.status_code == as_json.status_code == 503
    assert page["Retry-After"] == as_json["Retry-After"] == "5"
    assert "The model cannot answer right now" in page.content.decode()
    assert as_json.json()["error"]["code"] == "model_unavailable"


def test_other_methods_are_not_allowed(client):
    assert client.delete("/").status_code == 405


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.995, "Almost certain: 99.5%"),
        (0.95, "Very sure: 95.0%"),
        (0.7, "Fairly sure: 70.0%"),
        (0.5, "My best guess: 50.0%"),
    ],
)
def test_confidence_is_told_in_words(confidence, words):
    said = verdict(prediction(cat=confidence, dog=1 - confidence))

    assert said == {"lead": "This looks like", "headline": "cat", "certainty": words}


def test_an_unsure_model_names_its_two_best_guesses():
    said = verdict(prediction(reason=UNSURE, one=0.1, four=0.5, nine=0.4))

    assert said == {
        "lead": "I am not sure:",
        "headline": "four or nine?",
        "certainty": "50.0% for four, 40.0% for nine",
    }


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "> 99.9%"), (0.9995, "> 99.9%"), (0.998, "99.8%"), (0.001, "0.1%"), (0.0004, "< 0.1%")],
)
def test_a_share_never_reads_as_certain_or_impossible(share, text):
    assert percent(share) == text
