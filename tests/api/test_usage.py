"""How often a token was answered, and how, day by day."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.test import Client

from predictor.access import usage
from predictor.access.tokens import issue_token
from predictor.count_models import TokenUsage
from predictor.recognition.errors import InvalidImage
from predictor.recognition.recognizer import Prediction
from tests.api.uploads import as_file


def counted():
    return {row.outcome: row.count for row in TokenUsage.objects.all()}


@pytest.fixture
def token(alice):
    _, token = issue_token(alice, name="counted")
    return token


def prediction(reason):
    return Prediction("7", 0.5, reason, ("7",), [1.0], 0.0, "tiny-digits", "1.2.3", None)


def test_answers_and_bad_pictures_are_counted_by_the_way_they_came_out(program, picture):
    for content in (picture, picture, b"no picture"):
        program.post("/api/v1/predict", {"file": as_file(content)})

    outcomes = counted()
    assert outcomes.pop("bad_picture") == 1
    assert sum(outcomes.values()) == 2
    assert set(outcomes) <= {"accepted", "unsure", "not_a_digit"}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, "accepted"),
        ("unsure", "unsure"),
        ("not_a_digit", "not_a_digit"),
        ("none_of_the_labels", "none_of_the_labels"),
        (InvalidImage("damaged_image", "Broken."), "bad_picture"),
    ],
)
def test_every_answer_has_its_outcome(token, answer, outcome):
    usage.count_answers(token, [answer if isinstance(answer, InvalidImage) else prediction(answer)])

    assert counted() == {outcome: 1}


def test_a_page_is_nobodys_use(client, db, picture):
    Client().post("/", {"image": as_file(picture)})
    usage.count_answers(None, [prediction(None)])

    assert counted() == {}


def test_requests_write_nothing_until_the_counts_are_written_together(
    token, counts_in_memory, django_assert_num_queries
):
    with django_assert_num_queries(0):
        usage.count(token, "accepted", 3)
        usage.count(token, "unsure")
    TokenUsage.objects.create(token=token, day=_today(), outcome="accepted", count=40)

    usage.flush()
    usage.flush()

    assert counted() == {"accepted": 43, "unsure": 1}


@pytest.mark.parametrize(
    "failure", [DatabaseError("locked"), InterfaceError("cursor closed"), ValueError("other")]
)
def test_counts_that_cannot_be_written_are_kept(token, counts_in_memory, monkeypatch, failure):
    usage.count(token, "accepted", 3)

    def fail(*_):
        raise failure

    with monkeypatch.context() as broken:
        broken.setattr(usage, "_merge", fail)
        usage.flush()
    usage.count(token, "accepted")
    usage.flush()

    assert counted() == {"accepted": 4}


def test_a_server_that_runs_no_threads_writes_with_a_request(token, counts_in_memory, monkeypatch):
    usage.count(token, "accepted")
    monkeypatch.setattr(usage._buffer, "_overdue_s", 0.0)
    timer = usage._buffer._timer

    usage.count(token, "accepted")

    timer.cancel()
    assert counted() == {"accepted": 2}


def test_a_token_that_is_gone_does_not_spoil_the_others_counts(token, alice, counts_in_memory):
    _, gone = issue_token(alice, name="gone")
    usage.count(gone, "accepted")
    usage.count(token, "accepted")
    gone.delete()

    usage.flush()

    assert counted() == {"accepted": 1}


@pytest.mark.django_db(transaction=True)
def test_counts_are_written_after_a_while_by_themselves(token, settings):
    settings.USAGE_FLUSH_SECONDS = 0.01
    usage.count(token, "accepted")
    timer = usage._buffer._timer

    timer.join()

    assert counted() == {"accepted": 1}


@pytest.mark.django_db(transaction=True)
def test_threads_that_count_at_the_same_time_lose_nothing(token, counts_in_memory):
    def work():
        for _ in range(50):
            usage.count(token, "accepted")
            usage.flush()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    usage.count(token, "unsure")
    usage.flush()

    assert counted() == {"accepted": 200, "unsure": 1}


def _today():
    return usage.datetime.now(usage.UTC).date()
