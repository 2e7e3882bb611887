"""The calls on the token page, run as they stand there: they are right, and the key in them works."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys

import pytest
from django.test import Client

from tests.conftest import EXAMPLE_SEVEN
from tests.system import require_program
from tests.web.test_every_page import Markup

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]


class Calls(Markup):
    """The texts that the page offers for copying, by their ids."""

    def __init__(self, page):
        self.texts, self._id = {}, None
        super().__init__(page)

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        self._id = dict(attrs).get("id") if tag == "pre" else self._id

    def handle_data(self, data):
        if self._id:
            self.texts[self._id] = self.texts.get(self._id, "") + data

    def handle_endtag(self, tag):
        self._id = None if tag == "pre" else self._id


@pytest.fixture
def calls(live_server, alice, tmp_path):
    """The calls for a new token of alice's, whose example picture lies where they run."""
    shutil.copy(EXAMPLE_SEVEN, tmp_path / "7.png")
    client = Client()
    client.force_login(alice)
    made = {"name": "first call", "expires_in_days": "30"}
    page = client.post(
        "/tokens/", made, SERVER_NAME=live_server.thread.host, SERVER_PORT=live_server.thread.port
    )
    return Calls(page.text).texts


def run(folder, *command):
    ran = subprocess.run(  # noqa: S603 - the calls that the page itself offers
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_call_with_curl(calls, tmp_path):
    program, *rest = shlex.split(calls["curl"])

    assert json.loads(run(tmp_path, require_program(program), "--silent", *rest))["label"] == "7"


def test_the_call_in_python(calls, tmp_path):
    assert run(tmp_path, sys.executable, "-c", calls["python"]).strip() == "7"


def test_the_call_in_javascript(calls, tmp_path):
    (tmp_path / "call.mjs").write_text(calls["javascript"])

    assert run(tmp_path, require_program("node"), "call.mjs").strip() == "7"
