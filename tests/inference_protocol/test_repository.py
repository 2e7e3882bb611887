"""Loading and unloading models, as tritonclient asks for it: what is switched off says so everywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from tritonclient.http import InferenceServerClient, InferInput
from tritonclient.utils import InferenceServerException

from predictor.access.tokens import issue_token
from predictor.models import AuditEntry, ModelActivation
from predictor.serving import served_models
from predictor.versions.watcher import Watcher
from tests.packages import JOBLIB_METADATA, write_package

LOAD = "/v2/repository/models/second-digits/load"
UNLOAD = "/v2/repository/models/second-digits/unload"
SECOND = replace(JOBLIB_METADATA, name="second-digits")
OFF = "Model second-digits is switched off until an operator switches it on."


@pytest.fixture(autouse=True)
def site(tmp_path, settings, db):
    """Serves the default model and a second one."""
    settings.MODELS_DIR = tmp_path
    write_package(tmp_path)
    write_package(tmp_path, metadata=SECOND)
    served_models.cache_clear()
    return tmp_path


@pytest.fixture
def key(operator):
    return issue_token(operator, name="deployment", scopes=["admin:models", "predict"])[0]


@pytest.fixture
def publisher(key):
    return Client(headers={"Authorization": f"Token {key}"})


def post(client, path, body=b"{}"):
    return client.generic("POST", path, body, content_type="")


def picture():
    tensor = InferInput("image", [1, 784], "FP32")
    return tensor.set_data_from_numpy(np.zeros((1, 784), np.float32))


def test_tritonclient_unloads_and_loads_a_model(live_server, key, operator):
    def token():
        return {"Authorization": f"Token {key}"}  # A new one each time: it writes its own into it.

    def states(triton):
        index = triton.get_model_repository_index(headers=token())
        return {entry["name"]: (entry["state"], entry["reason"]) for entry in index}

    with InferenceServerClient(live_server.url.removeprefix("http://")) as triton:
        triton.unload_model("second-digits", headers=token())
        off = states(triton)
        ready = [triton.is_model_ready(name) for name in ("tiny-digits", "second-digits")]
        with pytest.raises(InferenceServerException, match=OFF) as caught:
            triton.infer("second-digits", [picture()], headers=token())
        triton.load_model("second-digits", headers=token())
        answer = triton.infer("second-digits", [picture()], headers=token())

    assert off == {"second-digits": ("UNAVAILABLE", "switched off"), "tiny-digits": ("READY", "")}
    assert ready == [True, False]
    assert caught.value.status() == "503"
    assert answer.get_response()["model_name"] == "second-digits"
    assert [
        (one.action, one.object_id, one.actor) for one in AuditEntry.objects.filter(object_type="model")
    ] == [
        ("switched_on", "second-digits", operator),
        ("switched_off", "second-digits", operator),
    ]


def test_a_model_that_was_installed_since_the_start_joins_when_it_is_loaded(publisher, site):
    served_models()
    write_package(site, metadata=replace(JOBLIB_METADATA, name="new-digits"))

    response = post(publisher, "/v2/repository/models/new-digits/load", b"")

    assert (response.status_code, response.json()) == (200, {})
    assert publisher.get("/v2/models/new-digits/ready").status_code == 200


@pytest.mark.parametrize("selector", ["second-digits", "second-digits@1.2.3"])
def test_what_is_switched_off_is_unavailable_and_the_site_stays_ready(publisher, client, seven, selector):
    post(publisher, UNLOAD)

    response = publisher.post(f"/api/v1/predict?model={selector}", seven, content_type="image/png")

    assert response.status_code == 503
    assert response.json()["error"]["code"] == "model_unavailable"
    assert response.json()["error"]["message"] == OFF
    assert response["Retry-After"] == "5"
    assert client.get("/readyz").json() == {"status": "ready"}


def test_what_is_switched_off_stays_listed_and_says_so(publisher, client, capsys):
    post(publisher, UNLOAD)

    listed = {model["name"]: model["ready"] for model in client.get("/api/v1/models").json()["models"]}
    call_command("list_models")

    assert listed == {"second-digits": False, "tiny-digits": True}
    assert "Switched off" in client.get("/models/").text
    assert "Switched off" in client.get("/models/second-digits/").text
    off, on = capsys.readouterr().out.splitlines()
    assert off.endswith("; switched off")
    assert "switched off" not in on


def test_a_refused_package_that_is_switched_off_does_not_make_the_site_unready(publisher, client, settings):
    settings.MODEL_REVOKED_DIGESTS = [served_models().recognizer("second-digits").package.digest]
    served_models.cache_clear()
    before = client.get("/readyz").status_code

    post(publisher, UNLOAD)

    assert (before, client.get("/readyz").status_code) == (503, 200)


def test_a_start_keeps_what_is_switched_off(publisher, client):
    post(publisher, UNLOAD)
    served_models.cache_clear()

    assert client.get("/v2/models/second-digits/ready").status_code == 503


def test_a_default_model_that_was_switched_off_before_it_became_it_is_not_ready(publisher, client, settings):
    post(publisher, UNLOAD)
    settings.DEFAULT_MODEL = "second-digits"
    served_models.cache_clear()

    assert client.get("/readyz").json()["problems"] == {"default model": "switched off"}


def test_the_other_workers_follow_as_they_do_for_versions(publisher, client):
    post(publisher, UNLOAD)
    post(publisher, LOAD)
    ModelActivation.objects.filter(name="second-digits").update(switched_off=True)

    Watcher().look()

    assert client.get("/v2/models/second-digits/ready").json() == {"error": OFF}


REFUSED = [
    ("/v2/repository/models/tiny-digits/unload", b"{}", 409, "tiny-digits is the default model"),
    ("/v2/repository/models/nobody/load", b"{}", 404, "There is no model 'nobody'"),
    ("/v2/repository/models/nobody/unload", b"{}", 404, "There is no model 'nobody'"),
    (LOAD, b'{"parameters": {"config": "{}"}}', 400, "send neither config nor files"),
    (LOAD, b'{"parameters": {"file:1/model.onnx": "AAAA"}}', 400, "send neither config nor files"),
    (UNLOAD, b'{"parameters": {"unload_dependents": "no"}}', 400, "unload_dependents must be true or false"),
    (UNLOAD, b'{"parameters": []}', 400, "parameters must be an object"),
    (UNLOAD, b"[]", 400, "one JSON object"),
]


@pytest.mark.parametrize(("path", "body", "status", "words"), REFUSED)
def test_what_is_refused_changes_nothing(publisher, path, body, status, words):
    response = post(publisher, path, body)

    assert response.status_code == status
    assert words in response.json()["error"]
    assert not ModelActivation.objects.exists()


def test_a_package_that_went_bad_is_not_loaded_again(publisher, site):
    post(publisher, UNLOAD)
    (site / "second-digits" / "1.2.3" / "model.sig").unlink()

    response = post(publisher, LOAD)

    assert response.status_code == 422
    assert "there is no model.sig" in response.json()["error"]
    assert ModelActivation.objects.get().switched_off


@pytest.mark.parametrize("path", [LOAD, UNLOAD])
def test_only_the_scope_for_models_may(program, path):
    response = post(program, path)

    assert (response.status_code, response.json()) == (403, {"error": "This needs the scope 'admin:models'."})
    assert not ModelActivation.objects.exists()


@pytest.mark.parametrize("path", [LOAD, UNLOAD])
def test_it_is_posted(publisher, path):
    assert publisher.get(path).status_code == 405


@pytest.mark.parametrize("path", [LOAD, UNLOAD])
def test_a_token_of_other_models_switches_none(operator, path):
    key, _ = issue_token(operator, name="limited", scopes=["admin:models"], model_names=["tiny-digits"])

    response = post(Client(headers={"Authorization": f"Token {key}"}), path)

    assert response.status_code == 403
    assert response.json()["error"].endswith("but of these: tiny-digits.")
    assert not ModelActivation.objects.exists()
