"""What must hold across processes, tried on gunicorn with two workers: limits, rotation, revoking, counts."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest

from tests.packages import SIGNING_KEY, public_pem, write_package
from tests.servers import free_port, listens, redis_server, wait_for

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(400)  # Three servers start, each with two workers that load a model.

PREPARE = """
import json
from django.contrib.auth.models import User
from django.core.management import call_command
from predictor.access.tokens import issue_token
call_command("migrate", verbosity=0)
alice = User.objects.create_user("alice")
print(json.dumps({name: issue_token(alice, name=name, rate_limit=limit)[0] for name, limit in
                  {"limited": 10, "busy": None, "rotated": None}.items()}))
"""


@dataclass
class Site:
    """A running site, and the keys of alice's tokens by their names."""

    port: int
    keys: dict[str, str]
    database: Path
    process: subprocess.Popen[bytes]

    def ask(self, method, path, key, body=b"", content_type="image/png"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": f"Token {key}", "Content-Type": content_type}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.status, response.read()
        connection.close()
        return answer

    def ask_at_once(self, times, *request, **options):
        """Send one request many times, all at the same moment; the answers in any order."""
        start = Barrier(times)

        def one(_):
            start.wait()
            return self.ask(*request, **options)

        with ThreadPoolExecutor(times) as threads:
            return list(threads.map(one, range(times)))

    def token_id(self, name):
        with sqlite3.connect(self.database) as database:
            query = "SELECT public_id FROM predictor_apitoken WHERE name = ? ORDER BY id"
            return database.execute(query, [name]).fetchone()[0]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


@contextmanager
def running(command, port, **options):
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    try:
        wait_for(process, lambda: listens(port))
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def serving(folder, cache_url=""):
    (folder / "tests.pem").write_bytes(public_pem(SIGNING_KEY))
    write_package(folder / "models")
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME")},
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "false",
        "VAR_DIR": str(folder),
        "MODELS_DIR": str(folder / "models"),
        "MODEL_TRUSTED_KEYS": str(folder / "tests.pem"),
        "DEFAULT_MODEL": "tiny-digits",
        "CACHE_URL": cache_url,
        "RATE_LIMIT_PER_TOKEN": "100000",
        "WEB_CONCURRENCY": "2",
        "OMP_NUM_THREADS": "1",
    }
    prepare = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PREPARE]
    prepared = subprocess.run(  # noqa: S603 - a fixed command
        prepare, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    port = free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn/gunicorn.conf.py"]
    command = [*gunicorn, "--bind", f"127.0.0.1:{port}", "mnistsite.wsgi"]
    with running(command, port, cwd=ROOT, env=environment) as process:
        yield Site(port, json.loads(prepared), folder / "db.sqlite3", process)


@pytest.fixture(params=["database", "redis"])
def site(request, tmp_path):
    """A site that counts in SQLite, and one that counts in Redis."""
    if request.param == "database":
        with serving(tmp_path) as site:
            yield site
        return
    with redis_server() as counters, serving(tmp_path, counters.url) as site:
        yield site


def test_100_requests_at_once_against_a_limit_of_10_are_10_answers_and_90_refusals(site, picture):
    answers = site.ask_at_once(100, "POST", "/api/v1/predict", site.keys["limited"], picture)
    site.stop()

    assert sorted(status for status, _ in answers) == [200] * 10 + [429] * 90
    # Each worker adds what it counted when it ends; nothing is lost between them.
    with sqlite3.connect(site.database) as database:
        counts = dict(
            database.execute("SELECT outcome, SUM(count) FROM predictor_tokenusage GROUP BY outcome")
        )
    assert counts.pop("limited") == 90
    assert sum(counts.values()) == 10


def test_rotating_and_revoking_hold_on_every_worker(tmp_path, picture):
    with serving(tmp_path) as site:
        busy, busy_id = site.keys["busy"], site.token_id("busy")
        rotation = f"/api/v1/tokens/{site.token_id('rotated')}/rotate"

        before = site.ask_at_once(16, "POST", "/api/v1/predict", busy, picture)
        revoked = site.ask("DELETE", f"/api/v1/tokens/{busy_id}", busy)
        time.sleep(1)  # Promised is that it ends within a second; until then a worker may remember it.
        after = site.ask_at_once(16, "POST", "/api/v1/predict", busy, picture)
        rotated = site.ask_at_once(
            8, "POST", rotation, site.keys["rotated"], b"{}", content_type="application/json"
        )

    assert {status for status, _ in before} == {200}
    assert revoked == (204, b"")
    assert {status for status, _ in after} == {401}
    assert sorted(status for status, _ in rotated) == [201] + [409] * 7
