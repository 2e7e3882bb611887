"""Who is measured: a command for each, and the addresses of the cases that it takes part in.

Each has two workers and one thread of arithmetic, and is set up as its own documentation suggests; access
logs of the peers are off. Ours logs, counts, checks a token and keeps its limits, as in production.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving.virtualenvs import ROOT

PEERS = ROOT / "benchmarks" / "peers"
SGD_PACKAGE = max(
    (ROOT / "trained_models" / "mnist-sgd").iterdir(),
    key=lambda folder: tuple(map(int, folder.name.split("."))),
)
WORKERS = 2

# uWSGI ends each connection after its answer and does not say so; a client that is told does not stumble.
SAY_CLOSE = ("--add-header", "Connection: close")

UPLOAD = {"sgd_png": "/predict"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contestant is started.

    Attributes:
        port: where it must listen, on 127.0.0.1.
        folder: its own, for whatever it writes.
        bin: gives the programs of a virtualenv by its name.
        weights: the linear model's weights as .npz, for what needs no scikit-learn.
    """

    port: int
    folder: Path
    bin: Callable[[str], Path]
    weights: Path


@dataclass(frozen=True, slots=True)
class Program:
    """A process to start."""

    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = PEERS


@dataclass(frozen=True, slots=True)
class Contestant:
    """One server.

    Attributes:
        key: its name in the results.
        title: its name in the report.
        programs: the processes to start for it; the last one is asked.
        routes: the address of each case that it takes part in.
        headers: what each request needs besides.
        workers: processes that answer.
        checked: whether it gives right answers; the constant floor does not.
        optional: left out where it cannot be installed or started.
    """

    key: str
    title: str
    programs: Callable[[Place], list[Program]]
    routes: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    workers: int = WORKERS
    checked: bool = True
    optional: bool = False


def peers() -> list[Contestant]:
    """All but ours."""
    return [
        Contestant("flask_gunicorn", "Flask + gunicorn, the classic", _flask_gunicorn, UPLOAD),
        Contestant("flask_uwsgi", "Flask + uWSGI", _flask_uwsgi, UPLOAD),
        Contestant("fastapi", "FastAPI + uvicorn", _fastapi, UPLOAD),
        Contestant("mlserver", "MLServer, inline", _mlserver(0), _v2("mnist-sgd"), workers=1, optional=True),
        Contestant("mlserver_pool", "MLServer, worker pool", _mlserver(2), _v2("mnist-sgd"), optional=True),
        Contestant("litserve", "LitServe", _litserve, UPLOAD, optional=True),
        Contestant("bentoml", "BentoML", _bentoml, UPLOAD, optional=True),
        Contestant("ray", "Ray Serve", _ray, UPLOAD, optional=True),
        Contestant("numpy_floor", "floor: Pillow and numpy, uWSGI", _numpy_floor, UPLOAD),
        Contestant("constant_floor", "floor: a constant, uWSGI", _constant_floor, UPLOAD, checked=False),
    ]


def uwsgi(place: Place, virtualenv: Path, module: str) -> list[str]:
    """Start uWSGI as a server of its own, with workers that load the application each for itself."""
    options = [
        "--master",
        "--need-app",
        "--lazy-apps",
        "--single-interpreter",
        "--die-on-term",
        "--thunder-lock",
    ]
    options += ["--processes", str(WORKERS), "--listen", "128", "--disable-logging"]
    options += ["--http-socket", f"127.0.0.1:{place.port}", *SAY_CLOSE]
    # As uWSGI's documentation advises: else an application that leaves bytes unread breaks the connection.
    options += ["--post-buffering", "65536"]
    options += ["--virtualenv", str(virtualenv), "--module", module]
    return [str(place.bin("uwsgi") / "uwsgi"), *options]


def _v2(model: str) -> dict[str, str]:
    return {"sgd_json": f"/v2/models/{model}/infer"}


def _pickled(*command: str) -> list[Program]:
    return [Program(list(command), {"MODEL": str(SGD_PACKAGE / "model.pkl.gz")})]


def _flask_gunicorn(place: Place) -> list[Program]:
    gunicorn = str(place.bin("flask") / "gunicorn")
    return _pickled(gunicorn, "--workers", str(WORKERS), "--bind", f"127.0.0.1:{place.port}", "flask_app:app")


def _flask_uwsgi(place: Place) -> list[Program]:
    return _pickled(*uwsgi(place, place.bin("flask").parent, "flask_app:app"))


def _fastapi(place: Place) -> list[Program]:
    options = ["--workers", str(WORKERS), "--port", str(place.port), "--no-access-log"]
    return _pickled(str(place.bin("fastapi") / "uvicorn"), *options, "fastapi_app:app")


def _mlserver(pool: int) -> Callable[[Place], list[Program]]:
    def programs(place: Place) -> list[Program]:
        settings = {
            "MLSERVER_HOST": "127.0.0.1",
            "MLSERVER_HTTP_PORT": str(place.port),
            "MLSERVER_GRPC_PORT": str(place.port + 1),
            "MLSERVER_METRICS_PORT": str(place.port + 2),
            "MLSERVER_PARALLEL_WORKERS": str(pool),
            "MLSERVER_DEBUG": "false",
            "MLSERVER_MODEL_NAME": "mnist-sgd",
            "MLSERVER_MODEL_IMPLEMENTATION": "mlserver_sklearn.SKLearnModel",
            "MLSERVER_MODEL_URI": str(SGD_PACKAGE / "model.pkl.gz"),
        }
        return [Program([str(place.bin("mlserver") / "mlserver"), "start", "."], settings, place.folder)]

    return programs


def _litserve(place: Place) -> list[Program]:
    return _pickled(str(place.bin("litserve") / "python"), "litserve_app.py", str(place.port))


def _bentoml(place: Place) -> list[Program]:
    options = ["serve", "bentoml_app:Digits", "--host", "127.0.0.1", "--port", str(place.port)]
    return _pickled(str(place.bin("bentoml") / "bentoml"), *options)


def _ray(place: Place) -> list[Program]:
    return _pickled(str(place.bin("ray") / "python"), "ray_app.py", str(place.port))


def _numpy_floor(place: Place) -> list[Program]:
    command = uwsgi(place, place.bin("flask").parent, "numpy_app:application")
    return [Program(command, {"MODEL": str(place.weights)})]


def _constant_floor(place: Place) -> list[Program]:
    return [Program(uwsgi(place, place.bin("flask").parent, "constant_app:application"))]
