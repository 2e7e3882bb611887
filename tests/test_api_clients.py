"""The programs of docs/clients.md, run as they stand against a live server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from predictor.serving import served_models
from tests.api.conftest import picture, tiny_digits, tiny_site  # noqa: F401 - fixtures
from tests.system import optional_program

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "docs" / "clients.md").read_text()
PROGRAMS = {
    heading: re.findall(r"^```(\w+)\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    for heading, section in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", DOCS, re.MULTILINE | re.DOTALL)
}
OWN, REQUESTS = "Python, with this project's client", "Python, with requests"
# The program that runs a block, with the name of its file.
RUNNERS = {
    "js": (["node"], "call.mjs"),
    "java": (["java"], "Call.java"),
    "php": (["php"], "call.php"),
    "go": (["go", "run"], "call.go"),
    "sh": (["sh"], "call.sh"),
    "python": ([sys.executable], "call.py"),
}


@pytest.fixture
def run_block(live_server, alice_key, picture, tmp_path):  # noqa: F811 - a fixture
    """Run the first block of that language below a heading, beside the picture."""

    def run(heading, language, key=alice_key):
        command, file_name = RUNNERS[language]
        executable = optional_program(command[0])
        (tmp_path / "7.png").write_bytes(picture)
        block = next(block for name, block in PROGRAMS[heading] if name == language)
        (tmp_path / file_name).write_text(block)
        environment = os.environ | {
            "HOST": live_server.url,
            "KEY": key,
            "MODEL": "tiny-digits",
            "PYTHONPATH": str(ROOT),
        }
        return subprocess.run(  # noqa: S603 - our own programs
            [executable, *command[1:], file_name],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


@pytest.fixture
def label(picture):  # noqa: F811 - a fixture
    """What the model says of the picture."""
    return served_models().recognizer().recognize(picture).label


@pytest.mark.parametrize(
    ("heading", "language"),
    [(REQUESTS, "python"), ("JavaScript", "js"), ("PHP", "php"), ("Go", "go")],
)
def test_a_program_prints_the_label_and_tells_why_it_cannot(run_block, label, heading, language):
    good = run_block(heading, language)
    bad = run_block(heading, language, key="mns_wrong")

    assert (good.returncode, good.stdout, good.stderr) == (0, f"{label}\n", "")
    assert bad.returncode != 0
    assert "The token is malformed, unknown, expired or revoked." in bad.stderr


@pytest.mark.parametrize(("heading", "language"), [("curl", "sh"), ("Java", "java")])
def test_a_program_prints_the_whole_answer_where_it_has_no_json_reader(run_block, label, heading, language):
    good = run_block(heading, language)
    bad = run_block(heading, language, key="mns_wrong")

    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["label"] == label
    assert bad.returncode != 0
    assert "invalid_token" in bad.stdout + bad.stderr


def test_this_projects_client_answers_in_python(run_block, label):
    run = run_block(OWN, "python")

    first, good, bad = run.stdout.splitlines()
    assert first == label
    assert re.fullmatch(rf"7\.png: {label} [01]\.\d{{3}}", good)
    assert bad == "missing.png: unreadable_file"


def test_this_projects_client_answers_in_a_shell(run_block, label, tmp_path):
    run = run_block(OWN, "sh")

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(f"7.png: {label}")
    assert (tmp_path / "answers.csv").read_text().count("\n") == 2


def test_tritonclient_prints_the_label(run_block, label):
    try:
        resolve("/v2/health/live")
    except Resolver404:
        pytest.skip("the inference protocol is not served")

    run = run_block("tritonclient", "python")

    assert (run.returncode, run.stdout) == (0, f"{label}\n"), run.stderr
