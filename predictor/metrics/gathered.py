"""Counts that wait in this process for a second and are then added to their time series together.

Why: prometheus_client takes seven steps, a lock and a write to the worker's file for each of the six series
that an answer counts in: a tenth of a small request. A scrape comes every few seconds and sees no difference;
a worker that is killed loses what it counted in its last second.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock
from typing import Protocol

WAIT_SECONDS = 1.0


class Value(Protocol):
    """A number of a time series, as prometheus_client keeps it."""

    def inc(self, amount: float) -> None: ...  # noqa: D102 - see above


class Gathered:
    """Amounts by the number that they will be added to. Until `begin` they are added at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._amounts: dict[Value, float] = {}
        self._due_s = float("-inf")
        self._begun = False

    def begin(self) -> None:
        """Let counts wait from now on. Whoever calls it calls `write` every second, for when no more come."""
        self._begun = True

    def add(self, amounts: Iterable[tuple[Value, float]]) -> None:
        """Count, and write if it is time."""
        with self._lock:
            for value, amount in amounts:
                self._amounts[value] = self._amounts.get(value, 0) + amount
            waits = self._begun and time.monotonic() < self._due_s
        if not waits:
            self.write()

    def write(self) -> None:
        """Add what waits to its series."""
        with self._lock:
            amounts, self._amounts = self._amounts, {}
            self._due_s = time.monotonic() + WAIT_SECONDS
        for value, amount in amounts.items():
            value.inc(amount)


gathered = Gathered()
