"""The one log line of a request."""

from __future__ import annotations

import logging
import time
from typing import Any

from predictor.json_logs import PlainRecord

logger = logging.getLogger("predictor.requests")


def log_request(method: str, path: str, status: int, started_s: float) -> None:
    """Write the line of a request that began at `started_s` on the clock of `time.perf_counter`."""
    if logger.isEnabledFor(logging.INFO):
        milliseconds = round((time.perf_counter() - started_s) * 1000, 1)
        logger.handle(_Record({"method": method, "path": path, "status": status, "ms": milliseconds}))


class _Record(PlainRecord):
    """A record as `logger.info("request", extra=fields)` makes it.

    What is the same in all of them is copied; finding it out takes half of the time of a line.
    """

    def __init__(self, fields: dict[str, Any]) -> None:
        now_s = time.time()
        self.__dict__.update(_SAME, **fields)
        self.plain = fields
        self.created = now_s
        self.msecs = now_s % 1 * 1000
        self.relativeCreated += (now_s - _SAME["created"]) * 1000


# The file and the function are what `logging` says where it does not look for them.
_SAME = vars(
    logger.makeRecord(
        logger.name, logging.INFO, "(unknown file)", 0, "request", (), None, "(unknown function)"
    )
)
