"""Choosing versions by the API: with the scope `admin:models`, verified first, refused with the reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.test import Client

from predictor.access.tokens import issue_token
from predictor.models import ActivationHistory, AuditEntry, ModelActivation
from predictor.serving import served_models
from predictor.versions.watcher import Watcher
from tests.api.test_error_shape import assert_shape
from tests.packages import JOBLIB_METADATA, write_package

MODEL = "/api/v1/models/tiny-digits"


@pytest.fixture
def models_dir(settings, tmp_path):
    """Versions 1.2.3 and 2.0.0, of which the former was alone when this worker started; and a bad 3.0.0."""
    settings.MODELS_DIR = tmp_path
    write_package(tmp_path)
    served_models.cache_clear()
    Watcher().look()
    write_package(tmp_path, metadata=replace(JOBLIB_METADATA, version="2.0.0"))
    write_package(tmp_path, metadata=replace(JOBLIB_METADATA, version="3.0.0"), key=None)
    return tmp_path


@pytest.fixture
def publisher(operator):
    """A client with a superuser's token that may choose versions and nothing else."""
    key, _token = issue_token(operator, name="deployment", scopes=["admin:models"])
    return Client(headers={"Authorization": f"Token {key}"})


@pytest.fixture
def publish(publisher, db, models_dir):
    """Send JSON."""

    def send(method, path, body=None):
        return publisher.generic(
            method,
            f"{MODEL}/{path}",
            *([] if body is None else [_json(body)]),
            content_type="application/json",
        )

    return send


def _json(body):
    return json.dumps(body)


def test_a_version_is_activated_and_rolled_back(publish, client):
    activated = publish("POST", "activate", {"version": "2.0.0"})
    Watcher().look()
    listed = client.get(MODEL).json()
    rolled_back = publish("POST", "rollback")

    assert activated.json() == {
        "name": "tiny-digits",
        "active": "2.0.0",
        "switched_off": False,
        "previous": "1.2.3",
        "canary": None,
        "shadow": None,
    }
    assert listed["version"] == "2.0.0"
    assert [one["roles"] for one in listed["versions"]] == [[], ["active"]]
    assert (rolled_back.json()["active"], rolled_back.json()["previous"]) == ("1.2.3", None)


def test_a_canary_and_a_shadow_are_set_and_ended(publish):
    canary = publish("PUT", "canary", {"version": "2.0.0", "percent": 25})
    shadow = publish("PUT", "shadow", {"version": "2.0.0"})
    publish("DELETE", "canary")
    ended = publish("DELETE", "shadow")

    assert canary.json()["canary"] == {"version": "2.0.0", "percent": 25}
    assert shadow.json()["shadow"] == {"version": "2.0.0"}
    assert (ended.json()["canary"], ended.json()["shadow"]) == (None, None)


def test_what_workers_serve_and_who_changed_what_is_told(publish, operator):
    publish("POST", "activate", {"version": "2.0.0"})
    Watcher().look()

    answer = publish("GET", "versions").json()

    (worker,) = answer["workers"]
    (change,) = answer["history"]
    assert (worker["active"], worker["problems"]) == ("2.0.0", [])
    assert (change["action"], change["from"], change["to"]) == ("activate", "1.2.3", "2.0.0")
    assert change["by"].startswith("operator (token ")
    entry = AuditEntry.objects.get(object_type="model")
    assert (entry.action, entry.object_id, entry.actor) == ("activated", "tiny-digits", operator)
    assert change["by"] == f"operator (token {entry.details['with_token']})"


REFUSED = [
    ("POST", "activate", {"version": "3.0.0"}, 422, "package_refused"),
    ("POST", "activate", {"version": "9.9.9"}, 404, "unknown_model"),
    ("POST", "activate", {"version": "../1.2.3"}, 404, "unknown_model"),
    ("POST", "activate", {"version": "x" * 65}, 400, "invalid_request"),
    ("POST", "activate", {"version": ["2.0.0"]}, 400, "invalid_request"),
    ("POST", "activate", {}, 400, "invalid_request"),
    ("POST", "rollback", {}, 409, "nothing_to_roll_back"),
    ("PUT", "canary", {"version": "1.2.3", "percent": 10}, 409, "already_active"),
    ("PUT", "canary", {"version": "2.0.0", "percent": 101}, 400, "percent_invalid"),
    ("PUT", "canary", {"version": "3.0.0", "percent": 10}, 422, "package_refused"),
    ("PUT", "shadow", {"version": "1.2.3"}, 409, "already_active"),
    ("PUT", "shadow", {"version": "3.0.0"}, 422, "package_refused"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), REFUSED)
def test_what_is_refused_changes_nothing(publish, method, path, body, status, code):
    response = publish(method, path, body)

    assert_shape(response, status)
    assert response.json()["error"]["code"] == code
    assert not ModelActivation.objects.exists()
    assert not ActivationHistory.objects.exists()


def test_a_refusal_names_the_packages_own_reason(publish):
    message = publish("POST", "activate", {"version": "3.0.0"}).json()["error"]["message"]

    assert message.startswith("tiny-digits 3.0.0: there is no model.sig")
    assert message.endswith("(signature_missing).")


@pytest.mark.parametrize("path", ["activate", "rollback", "canary", "shadow", "versions"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_another_scope_may_not(program, models_dir, path, method):
    assert_shape(program.generic(method, f"{MODEL}/{path}"), 403)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "versions"), ("POST", "activate"), ("POST", "rollback")]
)
def test_a_model_that_is_not_installed_is_404(publisher, models_dir, method, path):
    body = {"version": "1.0.0"}

    response = publisher.generic(
        method, f"/api/v1/models/nobody/{path}", _json(body), content_type="application/json"
    )

    assert_shape(response, 404)


def test_the_browsable_page_has_a_form(operator, models_dir):
    browser = Client(headers={"Accept": "text/html"})
    browser.force_login(operator)

    page = browser.get(f"{MODEL}/activate")

    assert page.status_code == 200
    assert 'name="version"' in page.text


@pytest.fixture
def limited_publisher(operator):
    """A client whose token may choose versions, of the named models alone."""

    def client(*names):
        key, _token = issue_token(operator, name="limited", scopes=["admin:models"], model_names=names)
        return Client(headers={"Authorization": f"Token {key}"})

    return client


def _activate(client):
    return client.post(f"{MODEL}/activate", {"version": "2.0.0"}, content_type="application/json")


@pytest.mark.parametrize("path", ["activate", "rollback", "canary", "shadow", "versions"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_token_of_other_models_may_not(limited_publisher, models_dir, path, method):
    response = limited_publisher("mnist-cnn", "mnist-sgd").generic(method, f"{MODEL}/{path}")

    assert_shape(response, 403)
    assert response.json()["error"]["code"] == "model_not_allowed"
    assert response.json()["error"]["message"].endswith("but of these: mnist-cnn, mnist-sgd.")


def test_a_token_of_other_models_changes_nothing(limited_publisher, models_dir):
    _activate(limited_publisher("mnist-cnn"))

    assert not ModelActivation.objects.exists()


def test_a_token_of_this_model_may(limited_publisher, models_dir):
    assert _activate(limited_publisher("tiny-digits")).status_code == 200
