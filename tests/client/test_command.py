"""`python -m mnistsite_client IMAGE...`."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mnistsite_client.command import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def files(picture, tmp_path):
    """A picture, and what is none."""
    (tmp_path / "7.png").write_bytes(picture)
    (tmp_path / "notes.txt").write_bytes(b"text")
    return [str(tmp_path / "7.png"), str(tmp_path / "notes.txt")]


@pytest.fixture
def run(live_server, alice_key, monkeypatch, capsys):
    monkeypatch.setenv("MNISTSITE_KEY", alice_key)

    def run(*arguments):
        code = main(["--host", live_server.url, *arguments])
        return code, *capsys.readouterr()

    return run


def test_every_picture_has_its_line(run, files):
    code, out, err = run(*files)

    good, bad = out.splitlines()
    assert code == 1
    assert good.startswith(f"{files[0]}: ")
    assert " %" in good
    assert bad.startswith(f"{files[1]}: refused: The file is no picture")
    assert err.startswith("2 of 2 pictures, 1 refused, ")


def test_all_answered_is_0_and_quiet_is_quiet(run, files):
    code, _, err = run("--quiet", files[0], files[0])

    assert (code, err) == (0, "")


def test_json_has_an_object_a_line(run, files):
    _, out, _ = run("--json", *files)

    good, bad = map(json.loads, out.splitlines())
    assert good["file"] == files[0]
    assert good["model"] == "tiny-digits"
    assert bad["error"]["code"] == "unsupported_format"


def test_csv_has_the_columns_of_the_upload_page(run, files):
    _, out, _ = run("--csv", *files)

    header, good, bad = csv.reader(io.StringIO(out))
    assert header == ["file", "label", "confidence", "accepted", "reason", "model", "version", "error"]
    assert good[5:] == ["tiny-digits", "1.2.3", ""]
    assert bad[7].startswith("The file is no picture")


def test_a_model_can_be_named(run, files):
    code, out, err = run("--model", "nobody", files[0])

    assert (code, out) == (1, "")
    assert "There is no model 'nobody'" in err


def test_the_key_may_stand_in_a_file(run, files, alice_key, monkeypatch, tmp_path):
    monkeypatch.delenv("MNISTSITE_KEY")
    (tmp_path / "key").write_text(f"{alice_key}\n")

    assert run("--key-file", str(tmp_path / "key"), files[0])[0] == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "IMAGE"),
        (["7.png"], "MNISTSITE_KEY"),
        (["--key-file", "/nowhere/key", "7.png"], "No such file"),
        (["--csv", "--json", "7.png"], "not allowed with"),
        (["--key", "mns_secret", "7.png"], "key"),
    ],
)
def test_wrong_usage_is_2(arguments, reason, monkeypatch, capsys):
    monkeypatch.delenv("MNISTSITE_KEY", raising=False)

    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert reason in capsys.readouterr().err


def test_it_runs_from_a_shell(live_server, alice_key, files):
    run = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "mnistsite_client", "--host", live_server.url, files[0]],
        cwd=ROOT,
        env=os.environ | {"MNISTSITE_KEY": alice_key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"{files[0]}: ")
