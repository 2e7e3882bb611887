"""A token that was just looked up is not looked up again, and what ends it ends that, too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mnistsite import settings as real_settings
from predictor.access import token_cache
from predictor.access.rotation import rotate_token
from predictor.access.tokens import delete_token, find_token, note_use, revoke_token
from predictor.audit import COMMAND_LINE
from predictor.models import APIToken


@pytest.fixture
def cache(settings):
    """Remember tokens for as long as a test takes."""
    settings.TOKEN_CACHE_SECONDS = 3600
    token_cache.forget_tokens()
    yield
    token_cache.forget_tokens()


@pytest.fixture
def token(alice_key, cache):
    """Alice's token, looked up once."""
    return find_token(alice_key)


def revoked(token):
    revoke_token(token)


def deleted(token):
    delete_token(token, COMMAND_LINE)


def rotated_without_overlap(token):
    rotate_token(token, overlap=timedelta(0))


def owner_disabled(token):
    token.owner.is_active = False
    token.owner.save()


def test_a_token_that_was_just_looked_up_costs_no_question(alice_key, token, django_assert_num_queries):
    with django_assert_num_queries(0):
        again = find_token(alice_key)

    assert again == token


@pytest.mark.parametrize("end", [revoked, deleted, rotated_without_overlap, owner_disabled])
def test_what_ends_a_token_in_this_process_ends_it_at_once(alice_key, token, end):
    end(token)

    assert find_token(alice_key) is None


def test_what_another_process_ended_is_noticed_when_the_time_is_over(alice_key, token, settings):
    APIToken.objects.filter(pk=token.pk).update(revoked_at=token.created_at)
    remembered = find_token(alice_key)
    settings.TOKEN_CACHE_SECONDS = 0

    assert remembered == token
    assert find_token(alice_key) is None


def test_a_remembered_token_ends_at_its_own_end(alice_key, token):
    token.expires_at = token.created_at

    assert find_token(alice_key) is None


def test_a_key_that_nobody_knows_is_asked_for_each_time(cache, db, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert find_token("mns_" + "a" * 43) is None
        assert find_token("mns_" + "a" * 43) is None


def test_no_more_tokens_are_remembered_than_fit(alice_key, cache, monkeypatch):
    monkeypatch.setattr(token_cache, "MAX_TOKENS", 1)
    token_cache._found["of another"] = (0.0, None)

    find_token(alice_key)

    assert len(token_cache._found) == 1


def test_processes_trust_their_memory_for_less_than_the_second_that_is_promised():
    assert real_settings.TOKEN_CACHE_SECONDS == 0.5


def test_the_last_use_is_written_once_for_a_remembered_token(alice_key, token, django_assert_num_queries):
    note_use(token)

    with django_assert_num_queries(0):
        note_use(find_token(alice_key))
