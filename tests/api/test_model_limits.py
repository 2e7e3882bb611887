"""A token that is limited to some models is answered by no other."""

from __future__ import annotations

import pytest
from django.test import Client

from predictor.access.tokens import issue_token
from predictor.models import APIToken
from predictor.predicting import choose_recognizer
from tests.api.uploads import as_file, post_json
from tests.people import PASSWORD


@pytest.fixture
def limited(alice):
    """A client whose token may ask the named models alone."""

    def client(*names):
        key, _ = issue_token(alice, name="limited", model_names=names)
        return Client(headers={"Authorization": f"Token {key}"})

    return client


def predict(client, picture, **fields):
    return client.post("/api/v1/predict", {"file": as_file(picture), **fields})


@pytest.mark.parametrize("fields", [{}, {"model": "tiny-digits"}, {"model": "tiny-digits@1.2.3"}])
def test_a_named_model_answers_whichever_way_it_is_asked(limited, picture, fields):
    assert predict(limited("tiny-digits"), picture, **fields).status_code == 200


@pytest.mark.parametrize("model", ["tiny-digits", "tiny-digits@1.2.3", "unknown"])
def test_another_model_is_403_and_the_message_names_the_allowed_ones(limited, picture, model):
    response = predict(limited("mnist-cnn", "mnist-sgd"), picture, model=model)

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (403, "model_not_allowed")
    assert error["message"].endswith("it may ask: mnist-cnn, mnist-sgd.")


def test_the_default_model_is_no_way_around(limited, picture):
    response = predict(limited("mnist-cnn"), picture)

    assert response.status_code == 403
    assert response.json()["error"]["message"].endswith(
        "this token may not ask the default one, 'tiny-digits'; name one of: mnist-cnn."
    )


def test_an_address_that_names_the_model_is_no_way_around(limited, picture):
    path = "/api/v1/models/tiny-digits/versions/1.2.3/predict"

    assert limited("mnist-cnn").post(path, {"file": as_file(picture)}).status_code == 403


def test_a_page_may_ask_every_model(db):
    assert choose_recognizer("tiny-digits").package.metadata.name == "tiny-digits"


def test_credentials_can_ask_for_a_limited_token(client, alice):
    wanted = {"username": "alice", "password": PASSWORD, "models": ["tiny-digits"]}

    response = post_json(client, "/api/v1/token", wanted)

    assert response.json()["models"] == ["tiny-digits"]
    assert APIToken.objects.get().model_names == ["tiny-digits"]


def test_nobody_sets_a_rate_limit_by_credentials(client, alice):
    wanted = {"username": "alice", "password": PASSWORD, "rate_limit": 1000000}

    post_json(client, "/api/v1/token", wanted)

    assert APIToken.objects.get().rate_limit is None
