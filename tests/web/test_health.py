"""`/healthz` and `/readyz`, as Kubernetes asks them."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from predictor import health
from predictor.recognition.errors import PackageRejected
from predictor.serving import ModelState, ServedModels


def test_a_living_process_answers_without_touching_the_database(client):
    answer = client.get("/healthz")

    assert answer.json() == {"status": "ok"}
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_process_with_a_verified_model_and_a_database_is_ready(client):
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.django_db
def test_a_refused_package_makes_it_unready_and_says_why(client, monkeypatch):
    rejection = PackageRejected("digest_mismatch", "mnist-sgd 1.0.0: digest of model.pkl.gz ...")
    models = ServedModels([ModelState("mnist-sgd", "1.0.0", active=True, rejection=rejection)], "mnist-sgd")
    monkeypatch.setattr(health, "served_models", lambda: models)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["problems"] == {"model mnist-sgd 1.0.0": "digest_mismatch"}


@pytest.mark.django_db
def test_a_missing_default_model_makes_it_unready(client, monkeypatch):
    monkeypatch.setattr(health, "served_models", lambda: ServedModels([], "mnist-sgd"))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["problems"] == {"default model": "not installed"}


@pytest.mark.django_db
def test_a_lost_database_makes_it_unready_but_not_dead(client, monkeypatch):
    def lost(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", lost)

    ready, alive = client.get("/readyz"), client.get("/healthz")

    assert ready.status_code == 503
    assert ready.json()["problems"] == {"database": "unreachable"}
    assert alive.status_code == 200


def test_a_browser_finds_the_icon_where_a_page_names_none(client):
    assert client.get("/favicon.ico")["Location"].endswith("predictor/icon.svg")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_only_reads(client, path):
    assert client.post(path).status_code == 405
