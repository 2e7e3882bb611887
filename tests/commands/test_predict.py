"""`manage.py predict`."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from tests.conftest import EXAMPLE_SEVEN


def test_a_picture_is_answered_in_one_line(capsys):
    call_command("predict", str(EXAMPLE_SEVEN))

    assert capsys.readouterr().out.startswith(f"{EXAMPLE_SEVEN}: 7  ")


def test_json_is_the_answer_of_the_api(capsys):
    call_command("predict", "--json", str(EXAMPLE_SEVEN))

    answer = json.loads(capsys.readouterr().out)
    assert answer["digit"] == 7
    assert answer["model"]["name"] == "mnist-sgd"


def test_a_bad_picture_spoils_no_other_and_fails_the_command(tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")

    with pytest.raises(CommandError, match="Refused: 1 of 2 pictures"):
        call_command("predict", str(bad), str(EXAMPLE_SEVEN))

    printed = capsys.readouterr()
    assert str(bad) in printed.err
    assert ": 7  " in printed.out


def test_a_missing_file_is_refused(tmp_path, capsys):
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("predict", str(tmp_path / "missing.png"))

    assert "No such file" in capsys.readouterr().err


def test_an_unknown_model_is_refused():
    with pytest.raises(CommandError, match="no model 'nobody'"):
        call_command("predict", "--model", "nobody", str(EXAMPLE_SEVEN))
