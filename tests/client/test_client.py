"""`mnistsite_client` against a live server: the same answers, and patience where the site is busy."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from rest_framework.exceptions import Throttled

from mnistsite_client import APIError, Client, NotReached, Prediction, Refusal
from predictor.api import picture_answer, views
from predictor.serving import ModelUnavailable, served_models

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client_of_alice(live_server, alice_key):
    return Client(live_server.url, alice_key)


@pytest.fixture
def fail_first(monkeypatch):
    """Let the live server answer its first requests with these errors."""

    def arrange(*errors):
        left = list(errors)
        choose = views.choose_recognizer

        def failing(selector=None, *args, **kwargs):
            if left:
                raise left.pop(0)
            return choose(selector, *args, **kwargs)

        for module in (picture_answer, views):  # Of one picture, and of several.
            monkeypatch.setattr(module, "choose_recognizer", failing)

    return arrange


def test_it_needs_nothing_but_python():
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for path in (ROOT / "mnistsite_client").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }

    assert imported <= {*sys.stdlib_module_names, "mnistsite_client"}


def test_a_file_and_its_bytes_are_answered_as_the_recogniser_does(client_of_alice, picture, tmp_path):
    (tmp_path / "7.png").write_bytes(picture)
    expected = served_models().recognizer().recognize(picture)

    answers = [client_of_alice.predict(tmp_path / "7.png"), client_of_alice.predict(picture)]

    assert answers[0] == answers[1]
    assert answers[0].label == expected.label
    assert answers[0].digit == int(expected.label)
    assert answers[0].confidence == pytest.approx(expected.confidence, abs=1e-6)
    assert (answers[0].model, answers[0].version) == ("tiny-digits", "1.2.3")


def test_what_decided_comes_where_it_is_asked_for(client_of_alice, picture):
    explained = client_of_alice.predict(picture, explain=True)

    assert len(explained.explanation) == 28
    assert client_of_alice.predict(picture).explanation is None


def test_a_batch_has_an_outcome_for_each(client_of_alice, picture):
    good, bad = client_of_alice.predict_batch([picture, b"text"])

    assert isinstance(good, Prediction)
    assert isinstance(bad, Refusal)
    assert bad.code == "unsupported_format"


def test_any_number_of_files_is_asked_in_batches(client_of_alice, picture, tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(66)]
    for path in paths:
        path.write_bytes(picture)
    paths[64].unlink()
    paths[3].write_bytes(b"text")

    outcomes = list(client_of_alice.predict_many(paths))

    assert [path for path, _ in outcomes] == [str(path) for path in paths]
    refused = {path: outcome.code for path, outcome in outcomes if isinstance(outcome, Refusal)}
    assert refused == {str(paths[3]): "unsupported_format", str(paths[64]): "unreadable_file"}


def test_file_names_of_every_kind_are_sent(client_of_alice, picture, tmp_path):
    paths = [tmp_path / name for name in ('a"b.png', "Zażółć.png", "a\nb.png", "%22.png", "a;b.png")]
    for path in paths:
        path.write_bytes(picture)

    outcomes = [outcome for _, outcome in client_of_alice.predict_many(paths)]

    assert all(isinstance(outcome, Prediction) for outcome in outcomes)


def test_the_models_are_listed(client_of_alice):
    (model,) = client_of_alice.models()

    assert (model["name"], model["version"]) == ("tiny-digits", "1.2.3")


def test_a_busy_site_is_asked_again_when_it_says(client_of_alice, picture, fail_first, waits):
    fail_first(Throttled(wait=7), ModelUnavailable("Loading."), Throttled(wait=2))

    answer = client_of_alice.predict(picture)

    assert isinstance(answer, Prediction)
    assert waits == [7, 5, 2]


def test_a_site_that_stays_busy_is_given_up(client_of_alice, picture, fail_first, waits):
    fail_first(*[Throttled(wait=1) for _ in range(9)])

    with pytest.raises(APIError) as caught:
        client_of_alice.predict(picture)

    assert caught.value.status == 429
    assert waits == [1, 1, 1, 1]


def test_a_site_that_asks_for_too_long_is_not_waited_for(client_of_alice, picture, fail_first, waits):
    fail_first(Throttled(wait=900))

    with pytest.raises(APIError) as caught:
        client_of_alice.predict(picture)

    assert caught.value.retry_after_s == 900
    assert waits == []


def test_what_asking_again_does_not_mend_is_asked_once(client_of_alice, waits):
    with pytest.raises(APIError) as caught:
        client_of_alice.predict(b"text")

    assert (caught.value.status, caught.value.code) == (415, "unsupported_format")
    assert caught.value.request_id in str(caught.value)
    assert waits == []


@pytest.mark.django_db
def test_a_wrong_key_is_told_and_not_shown(live_server):
    client = Client(live_server.url, "mns_wrong")

    with pytest.raises(APIError) as caught:
        client.predict(b"text")

    assert caught.value.code == "invalid_token"
    assert "mns_wrong" not in str(caught.value) + repr(client._transport)


@pytest.mark.parametrize("host", ["ftp://digits.example", "file:///etc/passwd", "", "http://"])
def test_what_is_no_address_is_refused(host):
    with pytest.raises(ValueError, match="no address of a site"):
        Client(host, "mns_key")


def test_a_key_cannot_bring_a_header_in():
    with pytest.raises(ValueError, match="characters that no key has"):
        Client("http://127.0.0.1", "mns_key\r\nX-Evil: 1")


def test_a_host_without_a_scheme_is_asked_over_tls():
    assert Client("digits.example/digits/", "mns_key")._transport._base == "https://digits.example/digits"


def test_a_missing_server_is_named_after_several_attempts(site, waits):
    client = Client(site.url.replace("127.0.0.1", "127.0.0.1:1/x?"), "mns_key")

    with pytest.raises(NotReached):
        client.predict(b"x")

    assert len(waits) == 4
    assert waits == sorted(waits)
