"""What the server says of itself and its models."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client

from mnistsite import __version__
from predictor import health
from predictor.access.tokens import issue_token
from predictor.serving import served_models
from tests.packages import ONNX_METADATA, SIGNING_KEY, onnx_model, public_pem, write_package

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
def administrator(operator):
    key, _token = issue_token(operator, name="pipeline", scopes=["admin:models"])
    return Client(headers={"Authorization": f"Token {key}"})


def revoke(settings):
    settings.MODEL_REVOKED_DIGESTS = [served_models().recognizer().package.digest]
    served_models.cache_clear()


@pytest.mark.parametrize("path", ["/v2", "/v2/"])
def test_the_server_names_itself_and_its_extensions_without_a_redirect(client, path):
    expected = {
        "name": "mnistsite",
        "version": __version__,
        "extensions": ["binary_tensor_data", "model_repository"],
    }

    assert client.get(path).json() == expected


def test_the_version_is_the_projects():
    assert tomllib.loads(PROJECT.read_text())["project"]["version"] == __version__


def test_health_needs_no_token_and_minds_no_bad_one(client, db):
    bad = {"Authorization": "Token nonsense"}

    assert client.get("/v2/health/live", headers=bad).json() == {"live": True}
    assert client.get("/v2/health/ready", headers=bad).json() == {"ready": True, "live": True}
    assert client.get("/v2/models/tiny-digits/ready", headers=bad).json() == {
        "name": "tiny-digits",
        "ready": True,
    }
    assert client.get("/v2/models/tiny-digits/versions/1.2.3/ready").status_code == 200


def test_a_refused_package_makes_the_server_and_the_model_unready(client, db, settings):
    revoke(settings)

    server, model = client.get("/v2/health/ready"), client.get("/v2/models/tiny-digits/ready")

    assert (server.status_code, model.status_code) == (503, 503)
    assert server.json() == {"error": "Not ready: model tiny-digits 1.2.3: revoked."}
    assert server["Retry-After"] == model["Retry-After"] == "5"
    assert client.get("/v2/health/live").status_code == 200


def test_a_lost_database_makes_the_server_unready(client, db, monkeypatch):
    class LostConnection:
        def cursor(self):
            raise DatabaseError

    monkeypatch.setattr(health, "connection", LostConnection())

    assert client.get("/v2/health/ready").json() == {"error": "Not ready: database: unreachable."}


@pytest.mark.parametrize("path", ["/v2/models/tiny-digits", "/v2/models/tiny-digits/versions/1.2.3"])
def test_a_model_describes_its_tensors(client, path):
    assert client.get(path).json() == {
        "name": "tiny-digits",
        "versions": ["1.2.3"],
        "platform": "sklearn_joblib",
        "inputs": [{"name": "image", "datatype": "UINT8", "shape": [-1, 28, 28]}],
        "outputs": [
            {"name": "predict", "datatype": "INT64", "shape": [-1]},
            {"name": "predict_proba", "datatype": "FP32", "shape": [-1, 10]},
            {"name": "label", "datatype": "BYTES", "shape": [-1]},
            {"name": "accepted", "datatype": "BOOL", "shape": [-1]},
        ],
    }


def test_the_models_are_listed(client):
    assert client.get("/v2/models").json() == {"models": ["tiny-digits"]}


def test_the_index_lists_every_version_and_why_it_was_refused(administrator, settings, tmp_path):
    (tmp_path / "tests.pem").write_bytes(public_pem(SIGNING_KEY))
    settings.MODELS_DIR, settings.MODEL_TRUSTED_KEYS = tmp_path, [str(tmp_path / "tests.pem")]
    write_package(tmp_path)
    unsigned = replace(ONNX_METADATA, version="2.0.0")
    write_package(tmp_path, metadata=unsigned, model=onnx_model(), key=None)
    served_models.cache_clear()

    everything = administrator.generic("POST", "/v2/repository/index").json()
    ready = administrator.generic("POST", "/v2/repository/index", b'{"ready": true}').json()

    assert [(each["name"], each["version"], each["state"]) for each in everything] == [
        ("tiny-digits", "1.2.3", "READY"),
        ("tiny-digits", "2.0.0", "UNAVAILABLE"),
    ]
    assert [bool(each["reason"]) for each in everything] == [False, True]
    assert ready == everything[:1]


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"ready": 1}', b'{"ready": "yes"}'])
def test_the_index_wants_an_object(administrator, body):
    response = administrator.generic("POST", "/v2/repository/index", body)

    assert response.status_code == 400


def test_the_index_needs_the_scope_for_models(program):
    response = program.post("/v2/repository/index")

    assert response.status_code == 403
    assert response.json() == {"error": "This needs the scope 'admin:models'."}
