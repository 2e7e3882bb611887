"""Our service as a contestant: gunicorn, uWSGI and uWSGI behind Nginx, configured as they are shipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.serving.contestants import SAY_CLOSE, WORKERS, Contestant, Place, Program
from benchmarks.serving.virtualenvs import ROOT
from tests.deploy import nginx

DEFAULT = "/api/v1/predict"
PNG_ROUTES = {"sgd_png": f"{DEFAULT}?model=mnist-sgd", "cnn_png": f"{DEFAULT}?model=mnist-cnn"}
ALL_ROUTES = {
    **PNG_ROUTES,
    "cnn_canvas": f"{DEFAULT}?model=mnist-cnn",
    **{
        f"{kind}_{form}": f"/v2/models/mnist-{kind}/infer"
        for kind in ("sgd", "cnn")
        for form in ("json", "binary", "batch")
    },
}
# Far above what is asked, so that all is counted and nothing refused.
LIMIT = "1000000000"
NO_FLOODS = {"rate=100r/s": "rate=1000000r/s", "limit_conn connections 64": "limit_conn connections 10000"}

PREPARE = """
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, clear=True, verbosity=0)
users = get_user_model()
if not users.objects.exists():
    users.objects.create_user("bench")
call_command("create_token", "bench", verbosity=0)
"""


class Site:
    """One database, one token, and the ways to serve them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = _settings(folder, "mnist-cnn", "mnist-sgd")
        self.key = _prepare(self.settings)

    def contestants(self) -> list[Contestant]:
        """Ours: the first is what is compared."""
        headers = {"Authorization": f"Token {self.key}"}
        found = [
            Contestant("ours_uwsgi", "**ours**, uWSGI", self._uwsgi(self.settings), ALL_ROUTES, headers),
            Contestant("ours_gunicorn", "**ours**, gunicorn", self._gunicorn, PNG_ROUTES, headers),
            Contestant(
                "ours_alone",
                "**ours**, uWSGI, `mnist-cnn` alone",
                self._alone(),
                {"cnn_png": DEFAULT},
                headers,
            ),
        ]
        if shutil.which("nginx"):
            found.insert(
                1, Contestant("ours_nginx", "**ours**, uWSGI behind Nginx", self._nginx, PNG_ROUTES, headers)
            )
        return found

    def _alone(self) -> Callable[[Place], list[Program]]:
        """With the default model and no other: what a site of one model needs."""
        return self._uwsgi(self.settings | {"MODELS_DIR": _models(self.folder / "alone", "mnist-cnn")})

    def _uwsgi(self, settings: Mapping[str, str]) -> Callable[[Place], list[Program]]:
        def programs(place: Place) -> list[Program]:
            return [_uwsgi_program(place, {**settings, "PORT": str(place.port)}, *SAY_CLOSE)]

        return programs

    def _gunicorn(self, place: Place) -> list[Program]:
        options = ["--config", "deploy/gunicorn/gunicorn.conf.py", "--bind", f"127.0.0.1:{place.port}"]
        command = [sys.executable, "-m", "gunicorn", *options, "mnistsite.wsgi"]
        return [Program(command, self.settings, ROOT)]

    def _nginx(self, place: Place) -> list[Program]:
        folder = place.folder / "nginx"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        server = nginx.configure(folder, "behind-ingress", NO_FLOODS)
        _move(folder, server.http_port, place.port)
        uwsgi = _uwsgi_program(place, self.settings | {"WEB_SOCKET": str(server.socket)})
        return [uwsgi, Program(nginx.command(server), {}, folder)]


def _uwsgi_program(place: Place, settings: Mapping[str, str], *options: str) -> Program:
    uwsgi = str(place.bin("uwsgi") / "uwsgi")
    command = [uwsgi, "--virtualenv", sys.prefix, *options, "--ini", "deploy/uwsgi/uwsgi.ini"]
    return Program(command, settings, ROOT)


def _move(folder: Path, before: int, after: int) -> None:
    """Let Nginx listen on another port."""
    for file in (folder / "conf").rglob("*.conf"):
        file.write_text(file.read_text().replace(f"127.0.0.1:{before}", f"127.0.0.1:{after}"))


def _settings(folder: Path, *models: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "mnistsite.settings",
        "SECRET_KEY": "only-for-the-bench-" + "x" * 50,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "HTTPS": "false",
        "TRUST_PROXY": "true",
        "VAR_DIR": str(folder / "var"),
        "MODELS_DIR": _models(folder / "models", *models),
        "WEB_CONCURRENCY": str(WORKERS),
        "RATE_LIMIT_PER_TOKEN": LIMIT,
        "RATE_LIMIT_PER_ADDRESS": LIMIT,
    }


def _models(folder: Path, *names: str) -> str:
    """A folder with these of the shipped models."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / "trained_models" / name)
    return str(folder)


def _prepare(settings: Mapping[str, str]) -> str:
    Path(settings["VAR_DIR"]).mkdir(parents=True, exist_ok=True)
    made = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PREPARE],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return made.stdout.split()[-1]
