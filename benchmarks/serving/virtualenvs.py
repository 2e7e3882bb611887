"""A virtualenv for each contestant, so that none has to agree with another on a version. Made once."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "benchmarks" / "peers" / "requirements"
# uWSGI serves ours and Flask's: the version that the image compiles, with the same parts and no others.
UWSGI_FILES = (ROOT / "requirements-build.txt", ROOT / "requirements-uwsgi.txt")
UWSGI_PROFILE = "embedded_plugins=python,logfile;ssl=false;xml=false;yaml=false;pcre=true"


def bin_of(folder: Path, name: str) -> Path:
    """The programs of a contestant's virtualenv; made where it is missing or its requirements have changed.

    Raises:
        subprocess.CalledProcessError: it cannot be installed; its output says why.
    """
    files = UWSGI_FILES if name == "uwsgi" else (REQUIREMENTS / f"{name}.txt",)
    place = folder / name
    stamp = place / ".installed"
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"Installing {name} ...", flush=True)
        _install(place, files)
        stamp.write_text(digest)
    return place / "bin"


def _install(place: Path, files: tuple[Path, ...]) -> None:
    _run(sys.executable, "-m", "venv", "--clear", str(place))
    for file in files:
        options = ["--no-build-isolation"] if file.name == "requirements-uwsgi.txt" else []
        _run(
            str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-deps", *options, "--requirement", str(file),
        )  # fmt: skip


def _run(*command: str) -> None:
    environment = {"UWSGI_PROFILE_OVERRIDE": UWSGI_PROFILE}
    subprocess.run(["env", *(f"{k}={v}" for k, v in environment.items()), *command], check=True)  # noqa: S603, S607
