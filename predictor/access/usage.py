"""How often each token was answered, and how: counted in memory, written together every few seconds.

A request writes nothing. What a process has counted is added to the database's rows after
USAGE_FLUSH_SECONDS and when the process ends; killed with SIGKILL it loses the counts since the last time.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from predictor.count_models import TokenUsage
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction

logger = logging.getLogger("predictor.access")

ACCEPTED = "accepted"
BAD_PICTURE = "bad_picture"
LIMITED = "limited"  # What else there is are the reasons of predictions that are not accepted.

_Key = tuple[int, date, str]  # Token, day, outcome.

_TABLE = TokenUsage._meta.db_table  # noqa: SLF001 - Django's documented way to a table's name
# Selecting from the tokens leaves out one that was deleted meanwhile.
_MERGE = (
    f"INSERT INTO {_TABLE} AS stored (token_id, day, outcome, count) "  # noqa: S608 - no input
    "SELECT id, %s, %s, %s FROM predictor_apitoken WHERE id = %s "
    "ON CONFLICT (token_id, day, outcome) DO UPDATE SET count = stored.count + excluded.count"
)


def count(token: Any, outcome: str, amount: int = 1) -> None:
    """Count something of an `APIToken`."""
    _buffer.add({(token.pk, datetime.now(UTC).date(), outcome): amount})


def count_answers(token: Any, answers: Iterable[Prediction | ImageError]) -> None:
    """Count each answer that an `APIToken` was given; without one, as for a page, nothing."""
    if token is None:
        return
    counts: dict[str, int] = {}
    for answer in answers:
        outcome = BAD_PICTURE if isinstance(answer, ImageError) else answer.reason or ACCEPTED
        counts[outcome] = counts.get(outcome, 0) + 1
    token_id, today = token.id, datetime.now(UTC).date()
    _buffer.add({(token_id, today, outcome): amount for outcome, amount in counts.items()})


def flush() -> None:
    """Add what this process has counted to the database's rows."""
    _buffer.flush()


class _Buffer:
    """The counts of this process that are not yet written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[_Key] = Counter()
        self._timer: threading.Timer | None = None
        self._overdue_s = 0.0
        self._ends_with_process = False

    def add(self, counts: dict[_Key, int]) -> None:
        """Count, and see to it that it will be written."""
        with self._lock:
            for key, amount in counts.items():  # `update` would take as long as all else here.
                self._counts[key] += amount
            self._begin()
            # A server that runs no threads, as uWSGI may, never fires the timer: then a request writes.
            waits = self._timer is not None and time.monotonic() < self._overdue_s
        if not waits:
            self.flush()

    def flush(self) -> None:
        """Write. What cannot be written now is kept for the next time."""
        with self._lock:
            self._timer = None
            counts, self._counts = self._counts, Counter()
        try:
            _merge(counts)
        except Exception:  # Whatever it is: what was not written was still counted.
            logger.warning("usage_not_written", exc_info=True)
            with self._lock:
                self._counts.update(counts)

    def forget(self) -> None:
        """In a fork: the parent writes what was counted before, and its timer and lock are not ours."""
        self.__init__()  # type: ignore[misc]

    def _begin(self) -> None:
        """Start the clock; with none, the caller writes at once."""
        if not self._ends_with_process:
            self._ends_with_process = True
            atexit.register(self.flush)
        if self._timer is None and settings.USAGE_FLUSH_SECONDS and self._counts:
            self._timer = threading.Timer(settings.USAGE_FLUSH_SECONDS, self._flush_in_thread)
            self._timer.daemon = True  # The end of the process need not wait for it: it flushes itself.
            self._timer.start()
            self._overdue_s = time.monotonic() + 2 * settings.USAGE_FLUSH_SECONDS

    def _flush_in_thread(self) -> None:
        try:
            self.flush()
            with self._lock:
                self._begin()  # If the database did not take the counts, and no request comes to try again.
        finally:
            connection.close()  # This thread's own.


def _merge(counts: Counter[_Key]) -> None:
    if not counts:
        return
    rows: list[list[str | int]] = [
        [day.isoformat(), outcome, amount, token] for (token, day, outcome), amount in sorted(counts.items())
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_MERGE, rows)


_buffer = _Buffer()
os.register_at_fork(after_in_child=_buffer.forget)
