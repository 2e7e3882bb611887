"""`/api/v1/models`: what is installed, open to everyone as the pages are."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from predictor.serving import served_models
from predictor.training.card.figures import card_figures, metrics_json
from tests.packages import JOBLIB_METADATA, write_package
from tests.training.evaluations import DATA, EVALUATION

MODELS = "/api/v1/models"


def test_the_root_names_the_addresses(client):
    assert client.get("/api/v1/").json() == {
        "predict": "http://testserver/api/v1/predict",
        "predict_batch": "http://testserver/api/v1/predict/batch",
        "read": "http://testserver/api/v1/read",
        "feedback": "http://testserver/api/v1/feedback",
        "models": "http://testserver/api/v1/models",
        "token": "http://testserver/api/v1/token",
        "tokens": "http://testserver/api/v1/tokens",
    }


def test_every_model_is_listed_with_its_card_and_addresses(client):
    (model,) = client.get(MODELS).json()["models"]

    assert (model["name"], model["version"], model["active"], model["ready"]) == (
        *("tiny-digits", "1.2.3"),
        *(True, True),
    )
    assert model["signature"]["signer"] == "tests"
    assert model["url"] == "http://testserver/api/v1/models/tiny-digits/versions/1.2.3"
    assert model["predict_url"] == f"{model['url']}/predict"


def test_a_card_holds_the_figures_that_the_package_tells(client, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    write_package(tmp_path, files={"card/metrics.json": metrics_json(EVALUATION, DATA)})
    served_models.cache_clear()

    model = client.get(f"{MODELS}/tiny-digits").json()

    assert model["card"] == card_figures(EVALUATION, DATA)
    assert model["limits"] == "Knows no other picture."
    assert model["size"]["model_bytes"] == model["files"]["model.pkl.gz"]
    assert model["size"]["package_bytes"] == sum(model["files"].values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"accuracy": "high"},
        {"accuracy": None},
        {"rejected": []},
        {"non_digits": {"rejected": 1, "count": 1, "kinds": [{}]}},
        {"mistakes": [[]]},
        {"latency_ms": "1e999"},
        {"reliability": 7},
    ],
)
def test_a_card_of_another_form_is_null(client, settings, tmp_path, wrong):
    settings.MODELS_DIR = tmp_path
    figures = json.dumps(card_figures(EVALUATION, DATA) | wrong).encode()
    write_package(tmp_path, files={"card/metrics.json": figures})
    served_models.cache_clear()

    model = client.get(f"{MODELS}/tiny-digits").json()

    assert model["ready"] is True
    assert model["card"] is None


def test_a_models_address_gives_its_active_version_and_the_others(client, tiny_site, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    write_package(tmp_path)
    write_package(tmp_path, metadata=replace(JOBLIB_METADATA, version="2.0.0"))
    served_models.cache_clear()

    model = client.get(f"{MODELS}/tiny-digits").json()
    (listed,) = client.get(MODELS).json()["models"]
    older = client.get(f"{MODELS}/tiny-digits/versions/1.2.3").json()

    assert model["version"] == listed["version"] == "2.0.0"
    assert [(version["version"], version["active"]) for version in model["versions"]] == [
        ("1.2.3", False),
        ("2.0.0", True),
    ]
    assert [client.get(version["url"]).status_code for version in model["versions"]] == [200, 200]
    assert (older["version"], older["active"]) == ("1.2.3", False)


def test_a_refused_package_is_listed_with_the_reason(client, settings):
    settings.MODEL_REVOKED_DIGESTS = [served_models().recognizer().package.digest]
    served_models.cache_clear()

    model = client.get(f"{MODELS}/tiny-digits").json()

    assert model["ready"] is False
    assert model["rejection"]["code"] == "revoked"
    assert "signature" not in model


@pytest.mark.parametrize("path", ["nobody", "tiny-digits/versions/9.9.9", "tiny-digits/versions/%00"])
def test_what_is_not_installed_is_404(client, path):
    response = client.get(f"{MODELS}/{path}")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "unknown_model"
