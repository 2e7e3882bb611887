"""Making tokens: what is stored, and what is refused."""

from __future__ import annotations

import hashlib
import logging
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from predictor.access.permissions import HasScope
from predictor.access.tokens import issue_token, revoke_token
from predictor.models import APIToken


def test_a_key_is_recognisable_and_only_its_digest_is_stored(alice):
    key, token = issue_token(alice, name="laptop")

    assert re.fullmatch(r"mns_[A-Za-z0-9_-]{43}", key)
    assert APIToken.objects.get().digest == hashlib.sha256(key.encode()).hexdigest()
    assert str(token) == f"laptop ({token.public_id})"


def test_no_two_tokens_share_a_key_or_an_id(alice):
    issued = [issue_token(alice, name="same") for _ in range(20)]

    assert len({key for key, _ in issued}) == 20
    assert len({token.public_id for _, token in issued}) == 20


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"scopes": []},
        {"scopes": ["predict", "fly"]},
        {"scopes": ["admin:models"]},
    ],
)
def test_a_token_that_must_not_exist_is_not_stored(alice, arguments):
    with pytest.raises(ValidationError):
        issue_token(alice, **{"name": "laptop"} | arguments)

    assert not APIToken.objects.exists()


def test_a_superuser_may_give_every_scope_and_takes_it_along(operator, rf):
    _, token = issue_token(operator, name="deploy", scopes=["admin:models", "predict", "predict"])
    request = rf.get("/")
    request.user, request.auth = operator, token
    view = type("View", (), {"required_scope": "admin:models"})()
    granted = HasScope().has_permission(request, view)

    operator.is_superuser = False

    assert token.scopes == ["admin:models", "predict"]
    assert granted
    assert not HasScope().has_permission(request, view)


def test_revoking_twice_keeps_the_first_moment(alice):
    _, token = issue_token(alice, name="laptop")
    revoke_token(token)
    first = APIToken.objects.get().revoked_at

    revoke_token(APIToken.objects.get())

    assert APIToken.objects.get().revoked_at == first


def test_making_and_revoking_leave_an_audit_line_without_the_key(alice, caplog):
    with caplog.at_level(logging.INFO, logger="predictor.access"):
        key, token = issue_token(alice, name="laptop")
        revoke_token(token)
        revoke_token(token)

    assert [record.getMessage() for record in caplog.records] == ["token_created", "token_revoked"]
    assert all(record.public_id == token.public_id for record in caplog.records)
    assert all(record.owner_id == alice.pk for record in caplog.records)
    assert key not in str([vars(record) for record in caplog.records])


def test_the_state_is_told_in_a_word_and_found_by_it(alice, bob, django_user_model):
    hour = timedelta(hours=1)
    _, usable = issue_token(alice, name="usable", expires_at=timezone.now() + hour)
    _, expired = issue_token(alice, name="expired", expires_at=timezone.now() - hour)
    _, revoked = issue_token(alice, name="revoked", expires_at=timezone.now() - hour)
    _, orphaned = issue_token(bob, name="orphaned")
    revoke_token(revoked)
    django_user_model.objects.filter(pk=bob.pk).update(is_active=False)
    bob.refresh_from_db()

    assert [token.state for token in (usable, expired, revoked, orphaned)] == [
        *("usable", "expired", "revoked", "owner inactive"),
    ]
    assert APIToken.objects.usable().get() == usable
    assert APIToken.objects.expired().get() == expired
    assert APIToken.objects.revoked().get() == revoked
