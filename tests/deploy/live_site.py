"""A real site for tests: gunicorn with two workers on SQLite, own folders, and clients that never rest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import requests

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
# Of tests on a slow, busy machine; what is promised to operators is measured elsewhere.
PATIENCE_SECONDS = 60


@dataclass
class LiveSite:
    """Where it is, and two keys: one may predict, the other also choose versions and read metrics."""

    url: str
    models_dir: Path
    environment: dict[str, str]
    predict_key: str = ""
    admin_key: str = ""

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the commands as an operator would."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def call(
        self, method: str, path: str, key: str = "", content_type: str | None = None, **options: Any
    ) -> requests.Response:
        """Ask as the one who chooses versions, or with another key."""
        headers = {"Authorization": f"Token {key or self.admin_key}", "Content-Type": content_type}
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=30, **options)


@contextmanager
def live_site(
    folder: Path,
    models_dir: Path,
    trusted_key: Path,
    default_model: str,
    settings: Mapping[str, str] | None = None,
) -> Iterator[LiveSite]:
    """Make and start a site; end it afterwards. More settings may be given, and others than usual."""
    port = free_port()
    environment = os.environ | {
        "SECRET_KEY": "live-site-" + "x" * 50,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "false",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": "",
        "MODELS_DIR": str(models_dir),
        "MODEL_TRUSTED_KEYS": str(trusted_key),
        "DEFAULT_MODEL": default_model,
        "DJANGO_SETTINGS_MODULE": "mnistsite.settings",
        "RATE_LIMIT_PER_TOKEN": "0",  # Clients that never rest would meet them on a fast machine.
        "RATE_LIMIT_PER_ADDRESS": "0",
        "WEB_CONCURRENCY": "2",
        "OMP_NUM_THREADS": "1",
        **(settings or {}),
    }
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    site = LiveSite(f"http://127.0.0.1:{port}", models_dir, environment)
    (folder / "var").mkdir()
    site.manage("migrate", "--verbosity", "0")
    printed = site.manage("first_run", "--url", site.url).stdout
    site.predict_key = re.search(r"API token: +(\S+)", printed)[1]
    scopes = ("--scope", "admin:models", "--scope", "metrics")
    site.admin_key = site.manage("create_token", "admin", *scopes).stdout.strip()
    with _gunicorn(folder, port, environment):
        wait_until(lambda: _is_ready(site), "the site is ready")
        yield site


@contextmanager
def _gunicorn(folder: Path, port: int, environment: dict[str, str]) -> Iterator[None]:
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn/gunicorn.conf.py"),
        *("--bind", f"127.0.0.1:{port}", "mnistsite.wsgi"),
    ]
    with (folder / "gunicorn.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)  # noqa: S603
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            finally:
                process.kill()


def _is_ready(site: LiveSite) -> bool:
    try:
        return requests.get(f"{site.url}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something with patience."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() < started + PATIENCE_SECONDS, f"waited in vain until {what}"
        time.sleep(0.1)


@dataclass
class Load:
    """Clients that ask again and again, and what they were answered.

    `last_answered` and `refused` are by key: when the last request that was answered had been sent, on the
    clock of `time.monotonic`, and how many were 401.
    """

    site: LiveSite
    picture: bytes
    answered: int = 0
    failures: list[str] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    last_answered: dict[str, float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def from_clients(self, count: int, *keys: str) -> Iterator[None]:
        """Ask from so many threads, each with a connection of its own; they share the keys among them."""
        stopping = Event()
        keys = keys or (self.site.predict_key,)
        threads = [
            Thread(target=self._ask, args=(stopping, keys[number % len(keys)])) for number in range(count)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopping.set()
            for thread in threads:
                thread.join()

    def forget_versions(self) -> None:
        self.versions = set()

    def _ask(self, stopping: Event, key: str) -> None:
        with requests.Session() as session:
            while not stopping.is_set():
                self._ask_once(session, key)

    def _ask_once(self, session: requests.Session, key: str) -> None:
        headers = {"Authorization": f"Token {key}", "Content-Type": "image/png"}
        sent_at = time.monotonic()
        try:
            response = session.post(
                f"{self.site.url}/predict", data=self.picture, headers=headers, timeout=30
            )
        except requests.RequestException as error:
            self.failures.append(repr(error))
            return
        if response.status_code == 401:
            self.refused[key] += 1
            return
        if response.status_code != 200:
            self.failures.append(f"{response.status_code} {response.text[:200]}")
            return
        self.answered += 1
        self.last_answered[key] = max(sent_at, self.last_answered.get(key, 0))
        self.versions.add(response.json()["model"]["version"])
