"""A log handler that writes several lines at a time.

Why: where a server collects its workers' logs, each write wakes its process, which costs more than making the
line. A line waits LOG_DELAY_SECONDS at most; a warning is written at once, with all that came before it.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
import weakref
from typing import TextIO

# So much is written to a pipe in one piece, whoever else writes to it.
MAX_BYTES = select.PIPE_BUF

_handlers: weakref.WeakSet[GatheringHandler] = weakref.WeakSet()


class GatheringHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error.

    Args:
        delay_s: how long a line may wait; 0 is not at all.
    """

    def __init__(self, delay_s: float) -> None:
        super().__init__()
        self._delay_s = delay_s
        self._lines: list[str] = []
        self._bytes = 0
        self._timer: threading.Timer | None = None
        self._due_s = 0.0
        _handlers.add(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line, and write what waits if it is time. `logging` holds this handler's lock meanwhile."""
        try:
            line = self.format(record) + self.terminator
            size = len(line.encode(errors="replace"))
            if self._bytes + size > MAX_BYTES:
                self.flush()
            if not self._lines:
                self._due_s = time.monotonic() + self._delay_s
            self._lines.append(line)
            self._bytes += size
            # A server that runs no threads, as uWSGI may, never fires the timer: then the next line writes.
            if record.levelno >= logging.WARNING or time.monotonic() >= self._due_s:
                self.flush()
            elif self._timer is None:
                self._begin()
        except Exception:  # noqa: BLE001 - as in `logging`'s own handlers
            self.handleError(record)

    def flush(self) -> None:
        """Write what waits."""
        with self.lock:  # type: ignore[union-attr] # Set by `logging`.
            lines, self._lines, self._bytes = self._lines, [], 0
            if lines:
                self.stream.write("".join(lines))
            super().flush()

    def forget(self) -> None:
        """In a fork: the parent writes what waits, and its timer is not ours."""
        self._lines, self._bytes, self._timer = [], 0, None

    def _begin(self) -> None:
        self._timer = threading.Timer(self._delay_s, self._fire)
        self._timer.daemon = True  # The end of the process need not wait for it: `logging` flushes then.
        self._timer.start()

    def _fire(self) -> None:
        with self.lock:  # type: ignore[union-attr] # See above.
            self._timer = None
            self.flush()


def _forget_all() -> None:
    for handler in _handlers:
        handler.forget()


os.register_at_fork(after_in_child=_forget_all)
