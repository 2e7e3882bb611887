"""Every failure below /v2 is `{"error": "..."}` in exactly application/json, whoever answers it."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.exceptions import Throttled

from predictor.inference_protocol import infer_answer
from predictor.inference_protocol.errors import protocol_exception_handler
from predictor.serving import served_models
from tests.inference_protocol.asking import INFER, ask, blank


def assert_shape(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert list(response.json()) == ["error"]
    assert response.json()["error"].endswith(".")
    assert "X-Request-ID" in response


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", INFER, {}, 400),
        ("POST", INFER, {"headers": {"Authorization": "Token nonsense"}}, 401),
        ("GET", "/v2", {"headers": {"Authorization": "Token nonsense"}}, 401),
        ("GET", "/v2/models", {"headers": {"Authorization": "Bearer nonsense"}}, 401),
        ("POST", "/v2/repository/index", {}, 403),
        ("GET", "/v2/no/such/thing", {}, 404),
        ("POST", "/v2/models/nobody/infer", {}, 404),
        ("GET", "/v2/models/nobody", {}, 404),
        ("GET", "/v2/models/nobody/ready", {}, 404),
        ("GET", "/v2/models/tiny-digits/versions/9.9.9", {}, 404),
        ("GET", "/v2/models/tiny-digits@1.2.3", {}, 404),
        ("GET", "/v2/models/", {}, 404),
        ("GET", "/v2/models/tiny-digits/", {}, 404),
        ("POST", f"{INFER}/", {}, 404),
        ("GET", INFER, {}, 405),
        ("POST", "/v2", {}, 405),
        ("PUT", "/v2/health/live", {}, 405),
        ("BREW", "/v2/models/tiny-digits", {}, 405),
        ("POST", INFER, {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, 411),
        ("POST", INFER, {"CONTENT_LENGTH": str(16 * 1024 * 1024 + 1)}, 413),
        ("POST", "/v2/repository/index", {"CONTENT_LENGTH": str(16 * 1024 * 1024)}, 413),
        ("POST", INFER, {"headers": {"Content-Encoding": "br"}}, 415),
        ("GET", "/v2", {"HTTP_HOST": "evil.example"}, 400),
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "nonsense"])
def test_failures_of_every_kind_have_one_shape(program, method, path, options, status, accept):
    assert_shape(program.generic(method, path, HTTP_ACCEPT=accept, **options), status)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [INFER, "/v2/repository/index"])
def test_a_stranger_is_told_how_to_send_a_token(client, path):
    response = client.post(path, b"{}", content_type="application/json")

    assert_shape(response, 401)
    assert "Authorization: Token KEY" in response.json()["error"]
    assert response["WWW-Authenticate"] == 'Token realm="mnistsite"'


def test_a_log_in_is_no_token(alice):
    browser = Client()
    browser.force_login(alice)

    assert_shape(ask(browser, blank()), 401)


def test_a_token_needs_no_form_token_even_with_a_sessions_cookie(alice, alice_key):
    browser = Client(enforce_csrf_checks=True, headers={"Authorization": f"Token {alice_key}"})
    browser.force_login(alice)

    assert ask(browser, blank()).status_code == 200


@pytest.mark.parametrize("path", ["", "/versions/1.2.3"])
def test_a_refused_package_is_503_with_a_time_to_come_back(program, settings, path):
    settings.MODEL_REVOKED_DIGESTS = [served_models().recognizer().package.digest]
    served_models.cache_clear()

    response = ask(program, blank(), path=f"/v2/models/tiny-digits{path}/infer")

    assert_shape(response, 503)
    assert response["Retry-After"] == "5"


def test_a_fault_of_ours_is_500_in_the_same_shape_and_tells_nothing(program, monkeypatch):
    def fail(*_):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(infer_answer, "choose_recognizer", fail)
    program.raise_request_exception = False

    response = ask(program, blank())

    assert_shape(response, 500)
    assert "secret" not in response.text


def test_a_throttled_request_is_told_when_to_come_back():
    response = protocol_exception_handler(Throttled(wait=7.4), {})

    assert_shape_of_throttle = (response.status_code, response["Retry-After"], response["Content-Type"])
    assert assert_shape_of_throttle == (429, "8", "application/json")
    assert b'{"error": "Request was throttled.' in response.content
