"""The shipped uWSGI configuration, started on a SQLite database and one shipped model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.nginx import eventually
from tests.people import PASSWORD
from tests.servers import ENDING_WITH_US
from tests.system import require_program

ROOT = Path(__file__).parent.parent.parent
UWSGI_INI = ROOT / "deploy" / "uwsgi" / "uwsgi.ini"

# All that an operator does for a new site, in one process.
PREPARE = """
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
get_user_model().objects.create_superuser("admin", password={password!r})
call_command("create_token", "admin", verbosity=0)
"""


@dataclass(frozen=True)
class UWSGI:
    """A running application server."""

    folder: Path
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def listens(self) -> bool:
        """Whether its Unix sockets have their names, if it has any; one on a port listens from the start."""
        name = self.environment.get("WEB_SOCKET")
        return name is None or Path(f"{name}.operators").exists()

    def log(self) -> list[dict[str, object]]:
        """Every line but the few that uWSGI writes while it reads how to write them."""
        lines = (self.folder / "uwsgi.log").read_text().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        return [json.loads(line) for line in whole if not line.startswith(("[uWSGI] ", "[log-encoder] "))]

    def logged(self, request_id: str) -> list[dict[str, object]]:
        return eventually(
            lambda: [line for line in self.events("request") if line["request_id"] == request_id]
        )

    def events(self, name: str) -> list[dict[str, object]]:
        return [line for line in self.log() if line["event"] == name]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Settings of a site in a folder, as in production: HTTPS, and a proxy that is trusted."""
    models = folder / "models" / "mnist-cnn"
    models.parent.mkdir(parents=True)
    models.symlink_to(ROOT / "trained_models" / "mnist-cnn")
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "mnistsite.settings",
        "SECRET_KEY": "tests-only-" + "x" * 50,
        "ALLOWED_HOSTS": "digits.example,localhost",
        "TRUST_PROXY": "true",
        "VAR_DIR": str(folder / "var"),
        "MODELS_DIR": str(folder / "models"),
        "OMP_NUM_THREADS": "1",
        **settings,
    }


def prepare(settings: Mapping[str, str]) -> str:
    """Make the database, an administrator and the static files.

    Returns:
        The key of a token that may predict.
    """
    Path(settings["VAR_DIR"]).mkdir()
    program = PREPARE.format(password=PASSWORD)
    made = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    return made.stdout.strip()


@contextmanager
def serving(folder: Path, settings: Mapping[str, str]) -> Iterator[UWSGI]:
    """Start uWSGI, wait until all its workers have loaded their models, and stop it."""
    with (
        (folder / "uwsgi.log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - a fixed command
            [*ENDING_WITH_US, *_command()], cwd=ROOT, env=settings, stdout=log, stderr=log
        ) as process,
    ):
        server = UWSGI(folder, process, settings)
        try:
            while (
                len(server.events("model_ready")) < int(settings["WEB_CONCURRENCY"]) or not server.listens()
            ):
                assert process.poll() is None, (folder / "uwsgi.log").read_text()
                time.sleep(0.1)
            yield server
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)


def _command() -> list[str]:
    program = require_program("uwsgi")
    # Debian's uWSGI comes without Python, which is a package of its own and knows one version of it.
    plugin = Path("/usr/lib/uwsgi/plugins/python3_plugin.so")
    if not plugin.exists():
        return [program, "--virtualenv", sys.prefix, "--ini", str(UWSGI_INI)]
    name = plugin.resolve().stem.removesuffix("_plugin")
    ours = f"python{sys.version_info.major}{sys.version_info.minor}"
    if name != ours:
        pytest.skip(f"Debian's uWSGI runs {name}; these tests run {ours}")
    # It brings its own standard library, whose compiled parts need not fit another build of the same version.
    packages = sysconfig.get_path("platlib")
    return [program, "--plugins", "python3,logfile", "--pythonpath", packages, "--ini", str(UWSGI_INI)]
