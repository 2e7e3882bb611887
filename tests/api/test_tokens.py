"""`/api/v1/tokens`: one's own tokens, listed and revoked, and nobody else's."""

from __future__ import annotations

import pytest
from django.test import Client

from predictor.access.tokens import find_token, issue_token
from predictor.models import APIToken

TOKENS = "/api/v1/tokens"


@pytest.fixture
def bobs_token(bob):
    _, token = issue_token(bob, name="bob's robot")
    return token


def test_the_list_shows_own_tokens_newest_first_and_no_secret(program, alice, alice_key, bobs_token):
    issue_token(alice, name="newer", scopes=["feedback"])

    response = program.get(TOKENS)

    tokens = response.json()["tokens"]
    assert [token["name"] for token in tokens] == ["newer", "laptop"]
    assert set(tokens[0]) == {
        *("id", "name", "scopes", "models", "rate_limit", "state"),
        *("created", "expires", "last_used", "revoked", "successor", "url"),
    }
    assert alice_key not in response.text
    assert find_token(alice_key).digest not in response.text
    assert "robot" not in response.text
    assert "no-store" in response["Cache-Control"]


def test_one_token_is_shown_at_its_address(program):
    address = program.get(TOKENS).json()["tokens"][0]["url"]

    token = program.get(address).json()

    assert (token["name"], token["scopes"], token["state"]) == ("laptop", ["predict"], "usable")
    assert token["last_used"] is not None


def test_a_token_can_revoke_itself(program, alice_key):
    token = find_token(alice_key)

    response = program.delete(f"{TOKENS}/{token.public_id}")

    assert (response.status_code, response.content) == (204, b"")
    assert program.get(TOKENS).status_code == 401
    assert APIToken.objects.get().state == "revoked"


def test_a_token_can_revoke_its_owners_others_again_and_again(program, alice):
    key, other = issue_token(alice, name="lost phone")

    statuses = [program.delete(f"{TOKENS}/{other.public_id}").status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert find_token(key) is None
    assert program.get(f"{TOKENS}/{other.public_id}").json()["state"] == "revoked"


@pytest.mark.parametrize("method", ["get", "delete"])
def test_anothers_token_is_as_unknown_as_none(program, bobs_token, method):
    anothers = getattr(program, method)(f"{TOKENS}/{bobs_token.public_id}")
    none = getattr(program, method)(f"{TOKENS}/0000000000000000")

    assert anothers.status_code == none.status_code == 404
    assert anothers.json()["error"] | none.json()["error"] == none.json()["error"]
    assert APIToken.objects.get(pk=bobs_token.pk).revoked_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "delete"])
def test_strangers_see_and_revoke_nothing(client, bobs_token, method):
    listed = getattr(client, method)(TOKENS)
    one = getattr(client, method)(f"{TOKENS}/{bobs_token.public_id}")

    assert {listed.status_code, one.status_code} == {401}
    assert APIToken.objects.get().revoked_at is None


def test_a_session_revokes_with_its_csrf_token_only(alice):
    _, token = issue_token(alice, name="laptop")
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    csrf_token = str(client.get("/", headers={"Accept": "text/html"}).context["csrf_token"])
    address = f"{TOKENS}/{token.public_id}"

    refused = client.delete(address)
    revoked = client.delete(address, headers={"X-CSRFToken": csrf_token})

    assert [refused.status_code, revoked.status_code] == [403, 204]


@pytest.mark.parametrize("public_id", ["%00", "a%00b", "..", "ü", "x" * 1000, "' OR 1=1"])
def test_an_odd_id_is_404(program, public_id):
    assert program.get(f"{TOKENS}/{public_id}").status_code == 404
