"""Start a contestant, see that it answers rightly, and stop it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import numpy as np

from benchmarks.serving.bodies import Bodies
from benchmarks.serving.contestants import Contestant, Place
from benchmarks.serving.processes import MARKER, Tree

START_PATIENCE_S = 240  # On a busy machine.
OK = 200
# One thread of arithmetic for each worker; more would only fight for the cores.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Start:
    """What it took until the first right answer."""

    seconds: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Running:
    """A contestant that answers."""

    contestant: Contestant
    port: int
    tree: Tree
    start: Start

    def wrong(self, path: str, bodies: Bodies) -> list[str]:
        """What it answered wrongly of all the bodies: `expected -> found`."""
        pairs = zip(bodies.bodies, bodies.labels, strict=True)
        found = [(label, ask(self.port, path, bodies, body)) for body, label in pairs]
        return [
            f"{label} -> {answer}" for label, answer in found if self.contestant.checked and answer != label
        ]


@contextmanager
def running(contestant: Contestant, place: Place, path: str, bodies: Bodies) -> Iterator[Running]:
    """Start a contestant and wait until it answers one request.

    Raises:
        RuntimeError: it ended or gave no answer in time; the message has the end of its log.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    log_file = place.folder / "log"
    mark = f"{contestant.key}-{os.getpid()}"
    programs = contestant.programs(place)
    started = time.monotonic()
    with log_file.open("wb") as log:
        processes = [
            subprocess.Popen(  # noqa: S603 - our own commands
                program.command,
                cwd=program.cwd,
                env={**os.environ, **ONE_THREAD, **program.environment, MARKER: mark},
                stdout=log,
                stderr=log,
            )
            for program in programs
        ]
    tree = Tree(processes, mark)
    try:
        _wait(tree, place.port, path, bodies, log_file)
        yield Running(contestant, place.port, tree, Start(time.monotonic() - started, tree.cpu_s()))
    finally:
        tree.stop()


def ask(port: int, path: str, bodies: Bodies, body: bytes) -> str:
    """The labels of one answer, in order.

    Raises:
        OSError, HTTPException: no answer.
        ValueError: an answer with another status than 200.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, body, bodies.headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != OK:
        raise ValueError(f"{path}: {answer.status} {content[:300]!r}")
    return _labels(content, answer.getheader("Inference-Header-Content-Length"))


def _labels(content: bytes, head_length: str | None) -> str:
    if head_length is not None:
        return "".join(map(str, np.frombuffer(content[int(head_length) :], "<i8")))
    answer = json.loads(content)
    if "outputs" in answer:
        return "".join(str(int(value)) for value in np.ravel(answer["outputs"][0]["data"]))
    return str(answer["digit"])


def _wait(tree: Tree, port: int, path: str, bodies: Bodies, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    problem = "nothing"
    while time.monotonic() < deadline and all(process.poll() is None for process in tree.processes):
        try:
            ask(port, path, bodies, bodies.bodies[0])
        except (OSError, HTTPException, ValueError) as error:
            problem = repr(error)
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(
        f"it gave no answer ({problem}); its log ends: {log.read_text(errors='replace')[-1500:]}"
    )
