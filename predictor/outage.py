"""A server that was lost a moment ago is not asked by every request: each would wait for it in vain."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.db import InterfaceError, OperationalError

logger = logging.getLogger("predictor.outage")

# What Django raises where the database is lost, or has no time; a mistake of ours raises others.
DATABASE_LOST = (OperationalError, InterfaceError)

ASK_AGAIN_SECONDS = 1.0


class LostAMomentAgo(Exception):
    """The server is lost, and somebody else is trying or tried within ASK_AGAIN_SECONDS."""


class Outage:
    """What this process knows of a server's absence. While it lasts, one at a time asks, once a second."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self._is_lost = False
        self._ask_at_s = 0.0

    @contextmanager
    def asking(self, *failures: type[Exception]) -> Iterator[None]:
        """Ask the server inside; one of `failures` says that it is lost, an answer that it is there.

        Raises:
            LostAMomentAgo: do not ask; nothing was done.
        """
        self._let_in()
        try:
            yield
        except failures as failure:
            self._note(is_lost=True, reason=type(failure).__name__)
            self._ask_at_s = time.monotonic() + ASK_AGAIN_SECONDS
            raise
        except BaseException:
            self._ask_at_s = 0.0  # It says nothing of the server: the next one may ask.
            raise
        self._note(is_lost=False)

    def _note(self, *, is_lost: bool, reason: str = "") -> None:
        """Log the change, not every request of it."""
        if is_lost != self._is_lost:
            event = "server_lost" if is_lost else "server_back"
            logger.warning(event, extra={"server": self._name, "reason": reason})
        self._is_lost = is_lost

    def _let_in(self) -> None:
        with self._lock:
            if not self._is_lost:
                return
            if time.monotonic() < self._ask_at_s:
                raise LostAMomentAgo
            self._ask_at_s = float("inf")  # Until it is known what came of it.
