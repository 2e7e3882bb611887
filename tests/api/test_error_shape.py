"""Every failure has one shape, `{"error": {"code", "message", "request_id"}}`, and the right headers."""

from __future__ import annotations

import re

import pytest
from django.http import UnreadablePostError
from rest_framework.exceptions import Throttled

from predictor.api import views
from predictor.api.errors import api_exception_handler
from predictor.error_responses import STATUS
from predictor.recognition import errors
from tests.api.test_api_docs import API_DOCS
from tests.api.uploads import as_file, post_json


def assert_shape(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    assert list(response.json()) == ["error"]
    error = response.json()["error"]
    assert list(error) == ["code", "message", "request_id"]
    assert f"`{error['code']}`" in API_DOCS
    assert re.fullmatch(r"[A-Za-z\"'].*[.}]", error["message"], re.DOTALL), error["message"]
    assert error["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/api/v1/predict", {}, 400),
        ("POST", "/predict", {}, 400),
        ("POST", "/api/v1/predict", {"data": b"{", "content_type": "application/json"}, 400),
        ("POST", "/api/v1/predict", {"data": b"", "content_type": "image/png"}, 400),
        ("POST", "/api/v1/predict", {"data": b"text", "content_type": "text/plain"}, 415),
        ("POST", "/api/v1/predict", {"data": b"<svg/>", "content_type": "image/svg+xml"}, 415),
        ("POST", "/api/v1/predict?model=nobody", {"data": b"x", "content_type": "image/png"}, 404),
        ("POST", "/api/v1/token", {}, 400),
        ("GET", "/api/v1/predict", {}, 405),
        ("PUT", "/predict", {}, 405),
        ("DELETE", "/api/v1/models", {}, 405),
        ("BREW", "/api/v1/", {}, 405),
        ("GET", "/api/v1/models", {"headers": {"Accept": "application/xml"}}, 406),
        ("GET", "/api/v1/models?format=xml", {}, 404),
        ("GET", "/api/v1/models/nobody", {}, 404),
        ("GET", "/api/v1/tokens/0000", {}, 404),
        ("PUT", "/api/schema/", {}, 405),
        ("GET", "/api/schema/", {"headers": {"Accept": "image/png"}}, 406),
        ("GET", "/api/v1/models/", {}, 404),
        ("GET", "/api/v1/no/such/thing", {}, 404),
        ("POST", "/api/v9/predict", {}, 404),
        ("GET", "/api", {}, 404),
        ("POST", "/predict/", {}, 404),
        ("GET", "/api/v1/tokens", {"headers": {"Authorization": "Token nonsense"}}, 401),
        ("GET", "/api/v1/models", {"HTTP_HOST": "evil.example"}, 400),
    ],
)
def test_failures_of_every_kind_have_one_shape(program, method, path, options, status):
    assert_shape(program.generic(method, path, **options), status)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/predict", "/predict", "/api/v1/tokens"])
def test_a_stranger_gets_the_shape_too(client, path):
    assert_shape(client.post(path), 401)


def test_a_fault_of_ours_is_500_in_the_same_shape_and_tells_nothing(program, picture, monkeypatch):
    def fail(*_):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(views, "uploaded_picture", fail)
    program.raise_request_exception = False

    response = program.post("/api/v1/predict", {"file": as_file(picture)})

    assert_shape(response, 500)
    assert "secret" not in response.text


def test_a_405_names_what_is_allowed(program):
    assert program.put("/api/v1/predict")["Allow"] == "POST, OPTIONS"


# Commands have families of their own, which the API never meets.
FAMILIES = [one for one in errors.ImageError.__subclasses__() if one.__module__ == errors.__name__]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_picture_error_has_its_status(family):
    response = api_exception_handler(family("some_code", "Some sentence."), {})

    assert response.status_code == STATUS[family]
    assert response.data["error"]["code"] == "some_code"
    assert response.data["error"]["message"] == "Some sentence."


def test_a_throttled_request_is_told_when_to_come_back():
    response = api_exception_handler(Throttled(wait=7.4), {})

    assert response.status_code == 429
    assert response["Retry-After"] == "8"


def test_a_body_that_breaks_off_is_the_clients_failure():
    response = api_exception_handler(UnreadablePostError("reset by peer"), {})

    assert response.status_code == 400
    assert "peer" not in response.data["error"]["message"]


def test_several_wrong_fields_are_named_in_one_message(client, db):
    response = post_json(client, "/api/v1/token", {"scopes": ["fly"]})

    message = response.json()["error"]["message"]
    assert message.startswith("username: This field is required. password: This field is required. scopes: ")
    assert "{" not in message
