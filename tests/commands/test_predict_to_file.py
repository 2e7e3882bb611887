"""`manage.py predict FOLDER --output FILE`: a row for each picture, whole or not at all, taken up again."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from predictor.management.answer_file import COLUMNS
from predictor.management.commands import predict
from tests.conftest import EXAMPLE_SEVEN


@pytest.fixture
def folder(tmp_path):
    """Two pictures, one of them in a folder of its own."""
    folder = tmp_path / "in"
    (folder / "more").mkdir(parents=True)
    shutil.copy(EXAMPLE_SEVEN, folder / "b.png")
    shutil.copy(EXAMPLE_SEVEN, folder / "more" / "a.png")
    return folder


@pytest.fixture
def asked(monkeypatch):
    """The pictures that the model is asked, in order."""
    paths: list[str] = []
    recognize = predict._recognize

    def noted(recognizer, path):
        paths.append(path.name)
        return recognize(recognizer, path)

    monkeypatch.setattr(predict, "_recognize", noted)
    return paths


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def interrupt_at(monkeypatch, name: str, number: int = signal.SIGTERM) -> None:
    """Have the process signalled, as a CronJob's pod is, when a picture's turn comes."""
    recognize = predict._recognize

    def interrupted(recognizer, path):
        if path.name == name:
            os.kill(os.getpid(), number)
        return recognize(recognizer, path)

    monkeypatch.setattr(predict, "_recognize", interrupted)


def test_every_picture_below_a_folder_has_a_row(folder, tmp_path, capsys):
    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"))

    found = rows(tmp_path / "out.csv")
    assert [Path(row["file"]).name for row in found] == ["b.png", "a.png"]
    assert [(row["label"], row["accepted"], row["error_code"]) for row in found] == [("7", "yes", "")] * 2
    assert {(row["model"], row["version"]) for row in found} == {("mnist-cnn", "1.3.0")}
    assert tuple(found[0]) == COLUMNS
    assert capsys.readouterr().out.startswith("2 pictures, 0 refused, ")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in", "out.csv"]


def test_json_lines_hold_the_answer_of_the_api(folder, tmp_path):
    call_command("predict", str(folder / "b.png"), "--output", str(tmp_path / "out.jsonl"))

    (line,) = (tmp_path / "out.jsonl").read_text().splitlines()
    answer = json.loads(line)
    assert (answer["file"], answer["digit"]) == (str(folder / "b.png"), 7)
    assert answer["model"] == {"name": "mnist-cnn", "version": "1.3.0"}


BAD = [
    (b"no picture", "unsupported_format"),
    (b"", "empty_file"),
    (bytes(6_000_000), "file_too_large"),
]


@pytest.mark.parametrize(("content", "code"), BAD, ids=[code for _, code in BAD])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_bad_picture_is_a_row_with_its_code_and_the_command_says_so(
    folder, tmp_path, content, code, ending
):
    (folder / "bad.png").write_bytes(content)
    output = tmp_path / f"out.{ending}"

    with pytest.raises(CommandError, match="Refused: 1 of 3 pictures") as caught:
        call_command("predict", str(folder), "--output", str(output))

    assert caught.value.returncode == 1
    if ending == "csv":
        assert [row["error_code"] for row in rows(output)] == ["", code, ""]
    else:
        answers = [json.loads(line) for line in output.read_text().splitlines()]
        assert [answer.get("error", {}).get("code") for answer in answers] == [None, code, None]


def test_a_file_that_is_missing_is_a_row_too(tmp_path):
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("predict", str(tmp_path / "gone.png"), "--output", str(tmp_path / "out.csv"))

    (row,) = rows(tmp_path / "out.csv")
    assert row["error_code"] == "unreadable_file"
    assert row["error"] == "The file cannot be read: No such file or directory."


def test_links_and_hidden_files_of_a_folder_are_passed_over(folder, tmp_path):
    (folder / "link.png").symlink_to(EXAMPLE_SEVEN)
    (folder / "circle").symlink_to(folder)
    shutil.copy(EXAMPLE_SEVEN, folder / ".half.png")

    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"))

    assert len(rows(tmp_path / "out.csv")) == 2


def test_a_name_that_is_no_text_comes_out_as_it_is(folder, tmp_path):
    shutil.copy(EXAMPLE_SEVEN, os.fsencode(folder) + b'/\xff\n,".png')

    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"))

    assert b'/\xff\n,"".png",' in (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_an_interrupted_run_leaves_the_old_file_and_goes_on_where_it_was(
    folder, tmp_path, monkeypatch, ending, number
):
    output = tmp_path / f"out.{ending}"
    output.write_text("of yesterday\n")
    with monkeypatch.context() as patch:
        interrupt_at(patch, "a.png", number)
        with pytest.raises(CommandError, match="The same command goes on from there") as caught:
            call_command("predict", str(folder), "--output", str(output))
    assert caught.value.returncode == 1
    assert output.read_text() == "of yesterday\n"

    asked_now: list[str] = []
    recognize = predict._recognize
    monkeypatch.setattr(
        predict, "_recognize", lambda model, path: asked_now.append(path.name) or recognize(model, path)
    )
    call_command("predict", str(folder), "--output", str(output))

    assert asked_now == ["a.png"]
    assert "b.png" in output.read_text()
    assert "a.png" in output.read_text()
    assert not output.with_name(f"out.{ending}.part").exists()


def left(tmp_path, *lines: str) -> Path:
    """What an interrupted run left."""
    call_command("predict", str(tmp_path / "in" / "b.png"), "--output", str(tmp_path / "out.csv"))
    part = tmp_path / "out.csv.part"
    part.write_text((tmp_path / "out.csv").read_text() + "".join(lines))
    return part


def test_a_row_that_was_half_written_is_written_anew(folder, tmp_path, asked):
    left(tmp_path, f'"{folder}/more/a.png","7","0.9')
    asked.clear()

    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"))

    assert asked == ["a.png"]
    assert [Path(row["file"]).name for row in rows(tmp_path / "out.csv")] == ["b.png", "a.png"]


def test_a_picture_that_was_changed_since_is_asked_again(folder, tmp_path, asked):
    part = left(tmp_path)
    os.utime(folder / "b.png", (part.stat().st_mtime + 10,) * 2)
    asked.clear()

    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"))

    assert asked == ["b.png", "a.png"]


def test_rows_of_another_model_are_not_taken_up(folder, tmp_path, asked):
    left(tmp_path)
    asked.clear()

    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"), "--model", "mnist-sgd")

    assert asked == ["b.png", "a.png"]
    assert {row["model"] for row in rows(tmp_path / "out.csv")} == {"mnist-sgd"}


def test_a_refusal_is_tried_again(folder, tmp_path, asked):
    left(tmp_path, f'"{folder}/more/a.png","","","","","mnist-cnn","1.3.0","Gone.","unreadable_file"\n')
    asked.clear()

    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"))

    assert asked == ["a.png"]


WRONG = [
    (["--output", "out.txt"], "must end with .csv or .jsonl"),
    (["--output", "out.csv", "--json"], "--json is for the screen"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_wrong_usage_is_told_before_anything_is_done(folder, arguments, words):
    with pytest.raises(CommandError, match=words) as caught:
        call_command("predict", str(folder), *arguments)

    assert caught.value.returncode == 2


def test_a_place_that_cannot_be_written_to_is_refused(folder, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("predict", str(folder), "--output", str(tmp_path / "gone" / "out.csv"))


def test_a_folder_without_pictures_makes_an_empty_table(tmp_path):
    (tmp_path / "in").mkdir()

    call_command("predict", str(tmp_path / "in"), "--output", str(tmp_path / "out.csv"))

    assert rows(tmp_path / "out.csv") == []


def test_progress_is_told_now_and_then_and_not_at_verbosity_0(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(predict, "PROGRESS_SECONDS", 0.0)

    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"))
    told = capsys.readouterr().out
    call_command("predict", str(folder), "--output", str(tmp_path / "out.csv"), "--verbosity", "0")

    assert told.startswith("1 of 2 pictures\n2 of 2 pictures\n2 pictures, 0 refused, ")
    assert capsys.readouterr().out == ""
