"""The container's own health check, over the Unix socket."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.echo_application import echoing

CHECK = Path(__file__).parents[2] / "deploy" / "image" / "healthcheck.py"


@pytest.fixture
def socket(tmp_path):
    return tmp_path / "uwsgi.sock"


def check(socket):
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-IS", str(CHECK)],
        env={"WEB_SOCKET": str(socket)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_that_answers_is_healthy(socket):
    with echoing(socket):
        checked = check(socket)

    assert (checked.returncode, checked.stderr) == (0, "")


def test_one_that_starts_beside_another_is_not_healthy_by_the_other_s_answer(socket):
    with echoing(socket):
        socket.with_name("uwsgi.sock.operators.new").touch()
        checked = check(socket)

    assert (checked.returncode, checked.stderr) == (1, "healthcheck: it is still starting\n")


def test_without_a_server_it_is_not_healthy(socket):
    assert check(socket).returncode == 1
