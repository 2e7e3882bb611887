"""`manage.py create_token`."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from predictor.access.tokens import find_token
from predictor.models import APIToken


def test_standard_output_is_the_key_alone(alice, capsys):
    call_command("create_token", "alice", "--name", "cron job")

    printed = capsys.readouterr()
    assert re.fullmatch(r"mns_[\w-]{43}\n", printed.out)
    token = find_token(printed.out.strip())
    assert (token.owner, token.name, token.scopes, token.expires_at) == (alice, "cron job", ["predict"], None)
    assert token.public_id in printed.err
    assert printed.out.strip() not in printed.err


def test_scopes_and_expiry_are_as_asked(operator, capsys):
    call_command(
        *("create_token", "operator", "--scope", "predict", "--scope", "admin:models"),
        *("--expires-in-days", "7"),
    )

    token = APIToken.objects.get()
    assert token.scopes == ["predict", "admin:models"]
    assert abs(token.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)


def test_limits_are_as_asked(alice, capsys):
    call_command("create_token", "alice", "--models", "mnist-cnn", "mnist-sgd", "--rate-limit", "60")

    token = APIToken.objects.get()
    assert (token.model_names, token.rate_limit) == (["mnist-cnn", "mnist-sgd"], 60)


def test_it_is_quiet_but_for_the_key_at_verbosity_0(alice, capsys):
    call_command("create_token", "alice", verbosity=0)

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody"],
        ["alice", "--name", "x" * 101],
        ["alice", "--name", ""],
        ["alice", "--scope", "admin:models"],
        ["alice", "--scope", "fly"],
        ["alice", "--models", "nobody"],
        ["alice", "--rate-limit", "0"],
        ["alice", "--rate-limit", "1000001"],
        ["alice", "--rate-limit", "many"],
        ["alice", "--expires-in-days", "0"],
        ["alice", "--expires-in-days", "3651"],
        ["alice", "--expires-in-days", "soon"],
    ],
)
def test_what_cannot_be_is_refused(alice, capsys, arguments):
    with pytest.raises(CommandError):
        call_command("create_token", *arguments)

    assert not APIToken.objects.exists()
    assert capsys.readouterr().out == ""


def test_an_inactive_user_gets_none(alice):
    alice.is_active = False
    alice.save()

    with pytest.raises(CommandError, match="no active user 'alice'"):
        call_command("create_token", "alice")
