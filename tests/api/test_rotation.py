"""`POST /api/v1/tokens/ID/rotate`: a new key, while the old one still works for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from predictor.access.rotation import NotRotatable, rotate_token
from predictor.access.tokens import find_token, issue_token, revoke_token
from predictor.audit import AuditEntry
from predictor.models import APIToken
from tests.api.uploads import post_json

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def rotate(client, token, body=None):
    return post_json(client, f"/api/v1/tokens/{token.public_id}/rotate", {} if body is None else body)


def error(response):
    return response.status_code, response.json()["error"]["code"]


@pytest.fixture
def token(alice_key):
    return find_token(alice_key)


def test_a_rotated_token_has_a_new_key_and_everything_else_as_it_was(alice):
    end = timezone.now() + 24 * HOUR
    key, old = issue_token(
        alice, name="lab", scopes=["feedback"], expires_at=end, model_names=["tiny-digits"], rate_limit=7
    )

    response = rotate(Client(headers={"Authorization": f"Token {key}"}), old)

    answer = response.json()
    new = find_token(answer["key"])
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    assert (answer["id"], answer["name"], answer["models"], answer["rate_limit"]) == (
        *(new.public_id, "lab", ["tiny-digits"], 7),
    )
    assert (new.owner, new.scopes, new.expires_at) == (alice, ["feedback"], end)
    assert new.public_id != old.public_id


def test_both_keys_work_for_the_overlap_and_the_old_one_names_its_successor(program, token, alice_key):
    answer = rotate(program, token, {"overlap_seconds": 600}).json()

    old = find_token(alice_key)
    assert find_token(answer["key"]) is not None
    assert abs(old.expires_at - timezone.now() - timedelta(minutes=10)) < MINUTE
    assert program.get(f"/api/v1/tokens/{old.public_id}").json()["successor"] == answer["id"]


def test_the_overlap_is_an_hour_unless_it_is_chosen(program, token):
    rotate(program, token)

    assert abs(APIToken.objects.get(pk=token.pk).expires_at - timezone.now() - HOUR) < MINUTE


def test_without_an_overlap_the_old_key_ends_at_once(program, token, alice_key):
    form = {"overlap_seconds": "0"}

    response = program.post(f"/api/v1/tokens/{token.public_id}/rotate", form)

    assert response.status_code == 201
    assert find_token(alice_key) is None


def test_an_overlap_never_lengthens_a_token(alice):
    end = timezone.now() + MINUTE
    _, token = issue_token(alice, name="short", expires_at=end)

    rotate_token(token, overlap=HOUR)

    assert APIToken.objects.get(name="short", pk=token.pk).expires_at == end


@pytest.mark.parametrize("overlap", [-1, 604801, 1.5, "soon", None, [], True, 10**400])
def test_an_overlap_that_cannot_be_is_400_and_rotates_nothing(program, token, overlap):
    response = rotate(program, token, {"overlap_seconds": overlap})

    assert error(response) == (400, "invalid_request")
    assert response.json()["error"]["message"].startswith("overlap_seconds: ")
    assert APIToken.objects.count() == 1


def test_a_token_is_rotated_once(program, token):
    rotate(program, token)

    again = rotate(program, token)

    assert error(again) == (409, "already_rotated")
    assert APIToken.objects.count() == 2


def test_a_token_rotates_itself_and_no_other(program, alice):
    key, other = issue_token(alice, name="other", scopes=["feedback"])

    response = rotate(program, other)

    assert error(response) == (403, "rotation_not_allowed")
    assert find_token(key).successor is None


def test_anothers_token_is_unknown(program, bob):
    _, token = issue_token(bob, name="bob's")

    assert rotate(program, token).status_code == 404


def test_a_session_rotates_any_of_its_own_but_none_that_has_ended(client, alice):
    client.force_login(alice)
    _, alive = issue_token(alice, name="alive")
    _, ended = issue_token(alice, name="ended", expires_at=timezone.now() - HOUR)

    assert rotate(client, alive).status_code == 201
    assert error(rotate(client, ended)) == (409, "token_ended")


def test_revoking_a_token_ends_what_replaced_it(alice):
    _, stolen = issue_token(alice, name="stolen")
    second_key, second = rotate_token(stolen)
    third_key, _ = rotate_token(second)

    revoke_token(stolen)

    assert find_token(second_key) is None
    assert find_token(third_key) is None


def test_a_revoked_token_cannot_be_rotated_by_who_read_it_before(alice):
    _, token = issue_token(alice, name="laptop")
    revoke_token(APIToken.objects.get())

    with pytest.raises(NotRotatable) as caught:
        rotate_token(token)

    assert caught.value.code == "already_rotated"
    assert APIToken.objects.count() == 1


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=8)])
def test_a_caller_with_an_impossible_overlap_is_told_so(token, overlap):
    with pytest.raises(ValueError, match="overlap"):
        rotate_token(token, overlap=overlap)


def test_of_two_that_saw_the_token_before_one_rotates_it(alice):
    issue_token(alice, name="laptop")
    first, second = (APIToken.objects.select_related("owner", "successor").get() for _ in range(2))
    rotate_token(first)

    with pytest.raises(NotRotatable):
        rotate_token(second)

    assert APIToken.objects.count() == 2
    assert AuditEntry.objects.filter(action="rotated").count() == 1
