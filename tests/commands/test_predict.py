"""`manage.py predict`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from predictor.management.commands.predict import text_line
from tests.conftest import EXAMPLE_SEVEN
from tests.predictions import prediction


def test_a_picture_is_answered_in_one_line(capsys):
    call_command("predict", str(EXAMPLE_SEVEN))

    assert capsys.readouterr().out.startswith(f"{EXAMPLE_SEVEN}: 7  ")


def test_json_is_the_answer_of_the_api(capsys):
    call_command("predict", "--json", str(EXAMPLE_SEVEN))

    answer = json.loads(capsys.readouterr().out)
    assert answer["digit"] == 7
    assert answer["model"]["name"] == "mnist-cnn"


def test_an_explanation_comes_with_the_json(capsys):
    call_command("predict", "--json", "--explain", str(EXAMPLE_SEVEN))

    explanation = json.loads(capsys.readouterr().out)["explanation"]
    assert explanation["label"] == "7"
    assert [len(row) for row in explanation["map"]] == [28] * 28


def test_an_explanation_is_no_line_of_text():
    with pytest.raises(CommandError, match="needs --json") as caught:
        call_command("predict", "--explain", str(EXAMPLE_SEVEN))

    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (None, "7.png: cat  61.0%"),
        ("unsure", "7.png: cat  61.0%  (not sure)"),
        ("not_a_digit", "7.png: not a digit  (best guess: cat  61.0%)"),
        ("none_of_the_labels", "7.png: nothing it knows  (best guess: cat  61.0%)"),
    ],
)
def test_the_line_says_why_the_model_does_not_stand_by_its_answer(reason, line):
    assert text_line(Path("7.png"), prediction(reason=reason, cat=0.61, dog=0.39)) == line


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
