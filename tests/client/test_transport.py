"""Answers that a proxy or a wrong server may give."""

from __future__ import annotations

import json

import pytest

from mnistsite_client import APIError, Client, NotReached, Prediction, Refusal, batches
from mnistsite_client.retrying import RetryPolicy, read_retry_after
from predictor.request_limits import MAX_BATCH_BYTES

ANSWER = {
    "label": "7",
    "confidence": 0.9,
    "accepted": True,
    "reason": None,
    "probabilities": {"7": 0.9},
    "model": {"name": "tiny", "version": "1.0.0"},
}
LATE = {"error": {"code": "not_looked_at", "message": "Later."}}


def ok(answer):
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def items(*items):
    return ok({"items": [{"file": "x"} | item for item in items]})


@pytest.fixture
def asking(site):
    return Client(site.url, "mns_key")


def test_a_connection_that_breaks_off_is_tried_again(asking, site, waits):
    site.answers = [None, None, ok(ANSWER)]

    assert asking.predict(b"x").label == "7"
    assert len(waits) == 2


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxys_own_failure_is_tried_again(asking, site, waits, status):
    site.answers = [(status, {"Retry-After": "3"}, b"<html>"), ok(ANSWER)]

    assert asking.predict(b"x").label == "7"
    assert waits == [3]


def test_a_redirect_is_not_followed_with_the_key(asking, site):
    site.answers = [(301, {"Location": "http://evil.example/"}, b"")]

    with pytest.raises(APIError, match="301") as caught:
        asking.predict(b"x")

    assert "http://evil.example/" in caught.value.message
    assert len(site.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"items": 7}', b'{"label": "7", "model": 7}'])
def test_an_answer_of_another_server_is_told(asking, site, waits, body):
    site.answers = [(200, {}, body)] * 2

    with pytest.raises(NotReached):
        asking.predict(b"x")
    with pytest.raises(NotReached):
        asking.predict_batch([b"x"])

    assert waits == []


def test_a_batch_that_a_proxy_refuses_is_halved(asking, site, tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        path.write_bytes(b"x")
    too_large = (413, {}, b"<html>")
    site.answers = [too_large, items(ANSWER), too_large, items(ANSWER), too_large]

    outcomes = [outcome for _, outcome in asking.predict_many(paths)]

    assert [type(outcome) for outcome in outcomes] == [Prediction, Prediction, Refusal]


def test_pictures_that_were_left_over_are_asked_again(asking, site, tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        path.write_bytes(b"x")
    site.answers = [items(ANSWER, LATE, LATE), items(ANSWER, ANSWER)]

    outcomes = [outcome for _, outcome in asking.predict_many(paths)]

    assert [outcome.label for outcome in outcomes] == ["7", "7", "7"]


def test_where_nothing_is_looked_at_the_client_does_not_ask_for_ever(asking, site):
    site.answers = [items(LATE, LATE)]

    outcomes = asking._ask_in_parts([("a", b"x"), ("b", b"x")])

    assert [outcome.code for outcome in outcomes] == ["not_looked_at", "not_looked_at"]


def test_no_request_is_longer_than_the_site_takes(asking, site, tmp_path, monkeypatch):
    monkeypatch.setattr("mnistsite_client.batches.MAX_BATCH_BYTES", 25)
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path, size in zip(paths, [10, 20, 26], strict=True):
        path.write_bytes(b"x" * size)
    site.answers = [items(ANSWER), items(ANSWER)]

    outcomes = [outcome for _, outcome in asking.predict_many(paths)]

    assert [type(outcome) for outcome in outcomes] == [Prediction, Prediction, Refusal]
    assert outcomes[2].code == "file_too_large"


def test_the_wait_grows_where_the_site_does_not_say_how_long():
    policy = RetryPolicy(attempts=20, first_wait_s=1, longest_wait_s=8)

    waits = [policy.wait_s(attempt, None) for attempt in range(1, 8)]

    for wait, longest in zip(waits, [1, 2, 4, 8, 8, 8, 8], strict=True):
        assert longest / 2 <= wait <= longest


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("", None), ("7", 7), ("soon", None), ("-3", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_retry_after_is_a_number_or_a_date(header, seconds):
    assert read_retry_after(header) == seconds


def test_the_client_and_the_site_agree_on_the_limits(settings):
    assert batches.MAX_FILES == settings.MAX_UPLOAD_FILES
    assert batches.MAX_BATCH_BYTES + 64 * 1024 < MAX_BATCH_BYTES
