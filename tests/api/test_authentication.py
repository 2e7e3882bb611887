"""Who is let in: the header, the token's state, its scope, and the trace that a use leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from predictor.access.tokens import find_token, issue_token, note_use, revoke_token
from predictor.models import APIToken
from tests.api.uploads import as_file

PREDICT = "/api/v1/predict"


def predict(picture, authorization=None, client=None):
    headers = {} if authorization is None else {"Authorization": authorization}
    return (client or Client()).post(PREDICT, {"file": as_file(picture)}, headers=headers)


def assert_refused(response, code):
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Token realm="mnistsite"'
    assert response.json()["error"]["code"] == code


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "token", "BEARER"])
def test_both_schemes_open_the_api_in_any_case(alice_key, picture, scheme):
    assert predict(picture, f"{scheme} {alice_key}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("header", [None, "", "Basic YWxpY2U6eA==", "Digest x", "mns_without_a_scheme"])
def test_a_request_without_a_token_is_told_to_send_one(picture, header):
    response = predict(picture, header)

    assert_refused(response, "not_authenticated")
    assert "Authorization: Token KEY" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "mutilate",
    [
        lambda key: "",
        lambda key: " ",
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key * 1000,
        lambda key: f"{key} {key}",
        lambda key: key.removeprefix("mns_"),
        lambda key: key.upper(),
        lambda key: "mns_" + "A" * 43,
        lambda key: "mns_" + "ä" * 43,
        lambda key: key + "\xa0",
        lambda key: key + "\x00",
        lambda key: key.replace("mns_", "mns:"),
        lambda key: "' OR 1=1 --",
        lambda key: "\U0001f511",
    ],
)
def test_anything_but_the_key_itself_is_401(alice_key, picture, mutilate):
    assert_refused(predict(picture, f"Token {mutilate(alice_key)}"), "invalid_token")


def test_a_revoked_token_is_401_at_once(alice_key, picture):
    assert predict(picture, f"Token {alice_key}").status_code == 200

    revoke_token(find_token(alice_key))

    assert_refused(predict(picture, f"Token {alice_key}"), "invalid_token")


def test_a_token_works_until_it_expires(alice, picture):
    hour = timedelta(hours=1)
    valid, _ = issue_token(alice, name="valid", expires_at=timezone.now() + hour)
    expired, _ = issue_token(alice, name="expired", expires_at=timezone.now() - hour)

    assert predict(picture, f"Token {valid}").status_code == 200
    assert_refused(predict(picture, f"Token {expired}"), "invalid_token")


def test_a_token_dies_with_its_owners_account(alice, alice_key, picture):
    alice.is_active = False
    alice.save()

    assert_refused(predict(picture, f"Token {alice_key}"), "invalid_token")


def test_a_bad_token_is_refused_even_where_none_is_needed_and_in_a_session(browser):
    headers = {"Authorization": "Token nonsense", "Accept": "application/json"}

    assert_refused(browser.get("/api/v1/models", headers=headers), "invalid_token")


def test_a_token_without_the_scope_is_403(alice, picture):
    key, _ = issue_token(alice, name="feedback only", scopes=["feedback"])

    response = predict(picture, f"Token {key}")

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "insufficient_scope"
    assert "'predict'" in response.json()["error"]["message"]


def test_a_session_may_predict_with_its_csrf_token_only(alice, picture):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    page = client.get("/", headers={"Accept": "text/html"})
    csrf_token = page.context["csrf_token"]
    form = {"file": as_file(picture)}

    refused = client.post(PREDICT, form)
    answered = client.post(PREDICT, {"file": as_file(picture), "csrfmiddlewaretoken": str(csrf_token)})

    assert refused.status_code == 403
    assert "CSRF" in refused.json()["error"]["message"]
    assert answered.status_code == 200


def test_use_is_noted_at_most_once_a_minute(alice_key, picture, counts_in_memory, django_assert_num_queries):
    predict(picture, f"Token {alice_key}")
    first = APIToken.objects.get().last_used_at

    with django_assert_num_queries(1):  # The look-up; nothing is written.
        predict(picture, f"Token {alice_key}")

    assert first is not None
    assert APIToken.objects.get().last_used_at == first


def test_use_is_noted_again_after_a_minute(alice_key, picture):
    earlier = timezone.now() - timedelta(seconds=61)
    APIToken.objects.update(last_used_at=earlier)

    predict(picture, f"Token {alice_key}")

    assert APIToken.objects.get().last_used_at > earlier


def test_of_two_processes_one_notes_the_use(alice_key, django_assert_num_queries):
    read_by_both = APIToken.objects.get()
    note_use(read_by_both)
    noted = APIToken.objects.get().last_used_at

    note_use(read_by_both)

    assert APIToken.objects.get().last_used_at == noted


@pytest.mark.django_db
def test_a_malformed_key_does_not_reach_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find_token("x" * 1_000_000) is None
