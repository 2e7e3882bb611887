"""The audit log: who made, rotated, limited and revoked what, from wherever they did it."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction

from predictor import audit
from predictor.access.tokens import find_token, issue_token, revoke_token
from predictor.audit import AuditEntry
from predictor.models import APIToken
from tests.api.uploads import post_json
from tests.people import PASSWORD


def entries():
    return [
        (entry.action, entry.object_type, entry.object_id, entry.actor_name)
        for entry in AuditEntry.objects.order_by("pk")
    ]


def test_a_token_by_password_is_noted_with_address_and_request(client, alice):
    credentials = {"username": "alice", "password": PASSWORD, "name": "lab"}

    response = post_json(client, "/api/v1/token", credentials)

    answer, entry = response.json(), AuditEntry.objects.get()
    assert (entry.action, entry.object_type, entry.object_id) == ("created", "token", answer["id"])
    assert (entry.object_name, entry.actor, entry.actor_name) == ("lab", alice, "alice")
    assert (entry.address, entry.request_id) == ("127.0.0.1", response["X-Request-ID"])
    assert entry.details == {
        "owner": "alice",
        "scopes": ["predict"],
        "expires": None,
        "models": [],
        "rate_limit": None,
    }
    assert answer["key"] not in str(entry.details)
    assert str(entry) == "alice: created token lab"


def test_a_program_that_rotates_and_revokes_is_named_by_its_token(program, alice_key):
    token = find_token(alice_key)
    new = program.post(f"/api/v1/tokens/{token.public_id}/rotate").json()["id"]

    program.delete(f"/api/v1/tokens/{new}")

    assert entries()[1:] == [
        ("rotated", "token", token.public_id, "alice"),
        ("revoked", "token", new, "alice"),
    ]
    rotated, revoked = AuditEntry.objects.order_by("pk")[1:]
    assert rotated.details["successor"] == new
    assert rotated.details["overlap_seconds"] == 3600
    assert rotated.details["with_token"] == revoked.details["with_token"] == token.public_id


def test_the_page_names_the_person(client, alice):
    client.force_login(alice)
    client.post("/tokens/", {"name": "lab", "expires_in_days": "30"})
    token = APIToken.objects.get()

    client.post(f"/tokens/{token.public_id}/revoke/")

    assert entries() == [
        ("created", "token", token.public_id, "alice"),
        ("revoked", "token", token.public_id, "alice"),
    ]


def test_a_command_is_named_as_such(alice, capsys):
    call_command("create_token", "alice")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.address) == (None, "command line", None)


def test_revoking_again_is_no_change_and_leaves_no_entry(alice):
    _, token = issue_token(alice, name="laptop")
    revoke_token(token)

    revoke_token(token)

    assert [action for action, *_ in entries()] == ["created", "revoked"]


def test_a_change_that_cannot_be_noted_is_not_made(alice, monkeypatch):
    _, token = issue_token(alice, name="laptop")

    def fail(*_args, **_kwargs):
        raise RuntimeError("no room")

    monkeypatch.setattr(audit.AuditEntry.objects, "create", fail)

    with pytest.raises(RuntimeError), transaction.atomic():
        revoke_token(token)
    with pytest.raises(RuntimeError), transaction.atomic():
        issue_token(alice, name="other")

    assert [(one.name, one.revoked_at) for one in APIToken.objects.all()] == [("laptop", None)]


def test_an_entry_outlives_who_acted(alice, operator):
    issue_token(alice, name="laptop", author=audit.Author(operator))

    operator.delete()

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name) == (None, "operator")
