"""Telling how far a long run is, without knowing who listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str], object]  # Takes one line; a command passes its output's `write`.


def silent(line: str) -> None:
    """Report to nobody."""


@contextmanager
def stage(report: Report, title: str) -> Iterator[None]:
    """Report the start of a stage, and its end with the seconds it took."""
    report(f"{title} ...")
    started_s = time.perf_counter()
    yield
    report(f"{title}: {time.perf_counter() - started_s:.1f} s")
