"""Load: as many requests as so many connections can have answered, one after another on each.

`wrk` where it is installed; else the fallback, which is slower itself and so shows less of a fast server's
requests/s. CPU time for a request is the server's alone either way.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.serving.bodies import Bodies
from benchmarks.serving.figures import Load, percentile

SCRIPT = Path(__file__).parent / "rotate.lua"
TIMEOUT_S = 30
FIRST_REFUSAL = 400


def generate(port: int, path: str, bodies: Bodies, *, connections: int, seconds: float) -> Load:
    """Ask a server on this machine for so long."""
    with_wrk = shutil.which("wrk") is not None
    return (_wrk if with_wrk else _threads)(port, path, bodies, connections, seconds)


def generator_name() -> str:
    """What asks, for the report."""
    return "wrk" if shutil.which("wrk") else "the bundled fallback"


def _wrk(port: int, path: str, bodies: Bodies, connections: int, seconds: float) -> Load:
    with TemporaryDirectory() as folder:
        for i, body in enumerate(bodies.bodies):
            Path(folder, f"{i}.body").write_bytes(body)
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            f"--timeout={TIMEOUT_S}s",
        ]
        command += [
            "-s",
            str(SCRIPT),
            f"http://127.0.0.1:{port}",
            "--",
            folder,
            str(len(bodies.bodies)),
            path,
        ]
        for name, value in bodies.headers.items():
            command += [name, value]
        finished = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return Load(**json.loads(finished.stdout.partition("BENCH ")[2]))


def _threads(port: int, path: str, bodies: Bodies, connections: int, seconds: float) -> Load:
    """One thread for each connection."""
    until = time.monotonic() + seconds
    workers = [_Worker(port, path, bodies, i, until) for i in range(connections)]
    started = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = [value for worker in workers for value in worker.took_ms]
    return Load(
        len(took),
        time.monotonic() - started,
        *(percentile(took, percent) if took else 0.0 for percent in (50, 95, 99)),
        refused=sum(worker.refused for worker in workers),
        broken=sum(worker.broken for worker in workers),
    )


class _Worker(threading.Thread):
    def __init__(self, port: int, path: str, bodies: Bodies, turn: int, until: float) -> None:
        super().__init__(daemon=True)
        self.path, self.bodies, self.turn, self.until = path, bodies, turn, until
        self.connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self.took_ms: list[float] = []
        self.refused = self.broken = 0

    def run(self) -> None:
        while (started := time.monotonic()) < self.until:
            self.turn = (self.turn + 1) % len(self.bodies.bodies)
            try:
                self._ask()
            except (OSError, HTTPException):
                self.broken += 1
                self.connection.close()
            self.took_ms.append((time.monotonic() - started) * 1000)
        self.connection.close()

    def _ask(self) -> None:
        self.connection.request("POST", self.path, self.bodies.bodies[self.turn], self.bodies.headers)
        answer = self.connection.getresponse()
        answer.read()
        self.refused += answer.status >= FIRST_REFUSAL
