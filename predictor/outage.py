"""A server that was lost is asked again by a thread of its own: each request would wait for it in vain.

A worker answers one request at a time: one that waited for a server which hangs would hold up all others.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Thread, current_thread

from django.db import InterfaceError, OperationalError

logger = logging.getLogger("predictor.outage")

# What Django raises where the database is lost, or has no time; a mistake of ours raises others.
DATABASE_LOST = (OperationalError, InterfaceError)

ASK_AGAIN_SECONDS = 1.0


class LostAMomentAgo(Exception):
    """The server is lost, and a thread asks again and again whether it is back."""


class Outage:
    """What this process knows of a server's absence.

    Args:
        name: The server's, for the log.
        look: Asks the server, by way of `asking`. It raises nothing where the server is lost.
    """

    def __init__(self, name: str, look: Callable[[], None]) -> None:
        self._name = name
        self._look = look
        self._lock = Lock()
        self._is_lost = False
        self._looking: Thread | None = None

    @contextmanager
    def asking(self, *failures: type[Exception]) -> Iterator[None]:
        """Ask the server inside; one of `failures` says that it is lost, an answer that it is there.

        Raises:
            LostAMomentAgo: do not ask; nothing was done.
        """
        if self._is_lost and current_thread() is not self._looking:
            raise LostAMomentAgo
        try:
            yield
        except failures as failure:
            self._note(is_lost=True, reason=type(failure).__name__)
            raise
        self._note(is_lost=False)

    def _note(self, *, is_lost: bool, reason: str = "") -> None:
        """Log the change, not every request of it."""
        if is_lost == self._is_lost:
            return
        with self._lock:
            if is_lost == self._is_lost:
                return
            self._is_lost = is_lost
            event = "server_lost" if is_lost else "server_back"
            logger.warning(event, extra={"server": self._name, "reason": reason})
            if is_lost:
                self._looking = Thread(
                    target=self._look_until_back, name=f"{self._name}-is-lost", daemon=True
                )
                self._looking.start()

    def _look_until_back(self) -> None:
        while self._is_lost and current_thread() is self._looking:
            time.sleep(ASK_AGAIN_SECONDS)
            try:
                self._look()
            except Exception:  # Whatever happens, somebody must go on asking.
                logger.exception("server_look_failed", extra={"server": self._name})
