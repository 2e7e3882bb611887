"""What every answer carries: a request id, a Content Security Policy, and a line in the log."""

from __future__ import annotations

import json
import logging

import pytest

from predictor.json_logs import JSONFormatter


def test_every_answer_carries_a_request_id(client):
    assert len(client.get("/healthz")["X-Request-ID"]) == 32


def test_a_client_may_name_its_request(client):
    assert client.get("/healthz", headers={"X-Request-ID": "job-17.a"})["X-Request-ID"] == "job-17.a"


@pytest.mark.parametrize("offered", ["a" * 65, "two words", "line\nbreak", "ü", "<b>"])
def test_a_request_id_that_could_harm_a_log_is_replaced(client, offered):
    assert len(client.get("/healthz", headers={"X-Request-ID": offered})["X-Request-ID"]) == 32


@pytest.mark.parametrize("path", ["/healthz", "/no/such/page", "/api/v1/none"])
def test_every_answer_forbids_what_its_policy_does_not_name(client, path):
    policy = client.get(path)["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_request_is_logged_with_its_id_and_status(client, caplog):
    with caplog.at_level(logging.INFO, logger="predictor.requests"):
        client.get("/no/such/page", headers={"X-Request-ID": "job-18"})

    record = next(record for record in caplog.records if record.name == "predictor.requests")
    line = json.loads(JSONFormatter().format(record))
    assert line["event"] == "request"
    assert line["request_id"] == "job-18"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/no/such/page", 404)


def test_a_log_line_is_one_line_of_json_with_the_traceback_inside():
    try:
        int("broken\nin two")
    except ValueError as error:
        record = logging.makeLogRecord(
            {"msg": "event_name", "levelname": "ERROR", "exc_info": (ValueError, error, error.__traceback__)}
        )
    record.request = object()

    line = JSONFormatter().format(record)

    assert "\n" not in line
    fields = json.loads(line)
    assert fields["level"] == "error"
    assert "ValueError: invalid literal" in fields["traceback"]
    assert "request" not in fields
