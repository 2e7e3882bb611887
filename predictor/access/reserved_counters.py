"""Shared counters asked once for many requests: each process takes a small part of a limit in advance.

Why: a step of the store costs more than the rest of a request where the store is a database. A part is a
hundredth of the limit, so that one below 200 a minute is counted request by request. No more than the limit
is ever answered; what a process took and did not use before the window ended is lost, at most a hundredth.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from threading import Lock

from predictor.access.counters import WINDOW_S, Count, Counters

PARTS = 100
# Far more clients than ask in a minute; beyond it, all ask the store again.
MAX_CLIENTS = 10_000


@dataclass(slots=True)
class _Part:
    """What a process holds of one window."""

    left: int
    count: Count
    ends_at_s: float


class ReservedCounters:
    """Counts in this process what it took from a store of counters before; see `Counters`."""

    def __init__(self, store: Counters) -> None:
        self._store = store
        self._parts: dict[str, _Part] = {}
        self._lock = Lock()

    def add(self, name: str, amount: int, limit: int) -> Count:
        """See `Counters`."""
        part = max(limit // PARTS, 1)
        if part <= amount:
            return self._store.add(name, amount, limit)
        return self.add_held(name, amount) or self._take(name, amount, part, limit)

    def add_held(self, name: str, amount: int) -> Count | None:
        """Count without asking the store; None, and nothing is counted, where too little was taken before."""
        now_s = time.monotonic()
        with self._lock:
            held = self._parts.get(name)
            if held is None or held.left < amount or held.ends_at_s <= now_s:
                return None
            held.left -= amount
            return Count(counted=True, used=held.count.used - held.left, seconds_left=held.ends_at_s - now_s)

    def give_back(self, name: str, amount: int, counted_s: float) -> None:
        """Take back what `add_held` counted for a request that is counted anew.

        What was counted in a window that ended is no part of the next, which another thread may have begun:
        `counted_s` is no later than when it was counted, on the clock of `time.monotonic`.
        """
        with self._lock:
            held = self._parts.get(name)
            if held is not None and held.ends_at_s - WINDOW_S <= counted_s:
                held.left += amount

    def _take(self, name: str, amount: int, part: int, limit: int) -> Count:
        taken = self._store.add(name, part, limit)
        if not taken.counted:  # The last few of a limit are counted one by one.
            return self._store.add(name, amount, limit)
        now_s = time.monotonic()
        with self._lock:
            held = self._parts.get(name)
            # Too little for this request, or taken by another thread at the same time.
            kept = held.left if held and held.ends_at_s > now_s else 0
            if len(self._parts) >= MAX_CLIENTS:
                self._parts.clear()
            left = kept + part - amount
            self._parts[name] = _Part(left, taken, now_s + taken.seconds_left)
        return replace(taken, used=taken.used - left)
