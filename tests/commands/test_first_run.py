"""`manage.py first_run`, which `make run` calls at every start."""

from __future__ import annotations

import re
import socket
import stat

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from predictor.access.tokens import find_token
from predictor.management.commands import first_run
from predictor.models import APIToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(settings, tmp_path, monkeypatch):
    """Where the first run keeps what it printed. Its default port may be taken on this machine."""
    monkeypatch.setattr(first_run, "_refuse_taken_port", lambda url: None)
    settings.VAR_DIR = tmp_path
    return tmp_path / "first-run.txt"


def test_the_first_run_makes_an_administrator_and_a_token_and_prints_them(record, capsys):
    call_command("first_run", url="http://127.0.0.1:9000")

    printed = capsys.readouterr().out
    password = re.search(r"Password: +(\S+)", printed).group(1)
    key = re.search(r"API token: +(\S+)", printed).group(1)
    administrator = authenticate(RequestFactory().post("/"), username="admin", password=password)
    assert administrator.is_superuser
    assert find_token(key).owner == administrator
    assert f"Authorization: Token {key}" in printed
    assert "http://127.0.0.1:9000/api/v1/predict" in printed


def test_the_record_is_readable_by_its_owner_alone(record):
    call_command("first_run")

    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert "API token:" in record.read_text()


def test_a_second_run_changes_nothing_and_shows_no_secret(record, capsys):
    call_command("first_run")
    before = record.read_text()
    capsys.readouterr()

    call_command("first_run")

    printed = capsys.readouterr().out
    assert record.read_text() == before
    assert get_user_model().objects.count() == APIToken.objects.count() == 1
    assert "mns_" not in printed
    assert str(record) in printed


def test_a_run_that_died_before_its_commit_is_done_again(record, monkeypatch):
    monkeypatch.setattr("pathlib.Path.replace", lambda *args: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        call_command("first_run")
    monkeypatch.undo()
    assert not get_user_model().objects.exists()

    call_command("first_run")

    assert get_user_model().objects.count() == 1


def test_a_site_with_users_of_its_own_is_left_alone(record, alice):
    call_command("first_run")

    assert list(get_user_model().objects.all()) == [alice]
    assert not record.exists()


def test_a_taken_port_is_told_in_one_sentence_and_nothing_is_made():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(CommandError, match="make run PORT=9000 takes another port"):
            call_command("first_run", url=f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("port", ["abc", "99999", ""])
def test_a_port_that_is_none_is_told(port):
    with pytest.raises(CommandError, match="Cannot serve"):
        call_command("first_run", url=f"http://127.0.0.1:{port}")
