"""What Nginx answers by itself: the shape is the application's."""

from __future__ import annotations

import re
import socket

import pytest

from tests.deploy.nginx import configure, running

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """An Nginx whose application does not run."""
    with running(configure(tmp_path_factory.mktemp("alone"))) as nginx:
        yield nginx


@pytest.mark.parametrize("path", ["/api/v1/predict", "/predict", "/api/v1/nothing?x=/v2/"])
def test_the_api_says_502_in_its_one_shape(alone, path):
    answer = alone.https("GET", path, X_Request_ID="lost-1")

    assert answer.status == 502
    assert answer.header("Content-Type") == ["application/json; charset=utf-8"]
    assert answer.header("Retry-After") == ["5"]
    assert answer.header("X-Request-ID") == ["lost-1"]
    assert answer.json() == {
        "error": {
            "code": "unavailable",
            "message": "The service cannot answer at the moment. Please try again in a few seconds.",
            "request_id": "lost-1",
        }
    }


@pytest.mark.parametrize("path", ["/v2", "/v2/health/ready", "/v2/models/mnist-cnn/infer"])
def test_the_inference_protocol_says_502_in_its_own_shape(alone, path):
    answer = alone.https("POST", path, b"{}")

    assert answer.status == 502
    assert answer.header("Content-Type") == ["application/json"]
    assert answer.json() == {
        "error": "The service cannot answer at the moment. Please try again in a few seconds."
    }


def test_a_person_gets_a_page(alone):
    answer = alone.https("GET", "/upload/", Accept="text/html,*/*")

    assert answer.status == 502
    assert answer.header("Content-Type") == ["text/html; charset=utf-8"]
    assert b"<h1>The service cannot answer at the moment." in answer.body


def test_a_program_that_asks_for_json_gets_json_anywhere(alone):
    answer = alone.https("GET", "/models/", Accept="application/json")

    assert answer.json()["error"]["code"] == "unavailable"


def test_its_own_answers_carry_the_security_headers_once(alone):
    answer = alone.https("GET", "/")

    assert answer.header("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains"]
    assert answer.header("X-Content-Type-Options") == ["nosniff"]
    assert answer.header("Content-Security-Policy") == ["default-src 'none'; frame-ancestors 'none'"]
    assert not [value for value in answer.header("Server") if re.search(r"\d", value)]


@pytest.mark.parametrize(
    ("path", "megabytes"), [("/api/v1/predict", 25), ("/v2/models/mnist-cnn/infer", 25), ("/upload/", 73)]
)
def test_a_body_that_is_too_large_is_refused_by_its_length(alone, path, megabytes):
    answer = alone.https("POST", path, Content_Length=str(megabytes * 1024 * 1024))

    assert answer.status == 413
    assert b"The request is too large. Send fewer or smaller pictures." in answer.body


@pytest.mark.parametrize("path", ["/upload/", "/api/v1/predict/batch"])
def test_many_pictures_may_be_larger_than_one(alone, path):
    answer = alone.https("POST", path, bytes(25 * 1024 * 1024))

    assert answer.status == 502


@pytest.mark.parametrize("path", ["/api/v1/models?", "/v2/models/"])
def test_an_address_that_is_too_long_is_refused(alone, path):
    answer = alone.https("GET", path + "x" * 9000)

    assert answer.status == 414
    error = answer.json()["error"]
    assert "The address is too long." in (error if isinstance(error, str) else error["message"])


def test_an_application_that_does_not_answer_in_time_is_a_504(tmp_path):
    nginx = configure(tmp_path, changes={"uwsgi_read_timeout 35s": "uwsgi_read_timeout 1s"})
    with socket.socket(socket.AF_UNIX) as silent, running(nginx):
        silent.bind(str(nginx.socket))
        silent.listen()

        answer = nginx.https("GET", "/api/v1/models")

    assert (answer.status, answer.json()["error"]["code"]) == (504, "timeout")


def test_a_flood_of_log_ins_is_stopped(tmp_path):
    with running(configure(tmp_path)) as nginx:
        answers = [nginx.https("POST", "/api/v1/token") for _ in range(20)]
        page = nginx.https("GET", "/accounts/login/")

    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert refused[0].json()["error"]["code"] == "rate_limited"
    assert refused[0].header("Retry-After") == ["2"]
    assert page.status == 502


def test_a_flood_of_requests_is_stopped(tmp_path):
    with running(configure(tmp_path, changes={"rate=100r/s": "rate=1r/s"})) as nginx:
        statuses = [nginx.https("GET", "/v2/health/live").status for _ in range(230)]

    assert statuses.count(429) > 0
    assert set(statuses) == {429, 502}


def test_a_full_disk_is_an_error_in_the_api_s_shape(tmp_path):
    nginx = configure(tmp_path)
    with running(nginx):
        (tmp_path / "tmp" / "client_body").rmdir()
        (tmp_path / "tmp" / "client_body").touch()

        answer = nginx.https("POST", "/api/v1/predict", bytes(1024 * 1024))

    assert (answer.status, answer.json()["error"]["code"]) == (500, "server_error")
