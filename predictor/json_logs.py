"""Log records as JSON, one object a line."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from predictor.json_text import dump
from predictor.request_id import current_request_id
from predictor.tracing.spans import current_trace_id

# No line tells of these, and finding them out takes half of a line's time; see "Optimization" in the
# documentation of `logging`.
logging._srcfile = None  # noqa: SLF001 - as documented there
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging.logAsyncioTasks = False  # type: ignore[attr-defined] # From Python 3.12 on.

_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Django hands whole request objects and sockets to its loggers; a log line carries plain values only.
_PLAIN = (str, int, float, bool, type(None))


class PlainRecord(logging.LogRecord):
    """A record that need not be searched for its `extra` values.

    Attributes:
        plain: these values, all of them plain.
    """

    __slots__ = ("plain",)
    plain: dict[str, Any]


class JSONFormatter(logging.Formatter):
    """Time, level, logger, event, ids of request and trace, and the plain values given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object, without a line break."""
        line: dict[str, Any] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}+00:00",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        if trace_id := current_trace_id():
            line["trace_id"] = trace_id
        line |= record.plain if isinstance(record, PlainRecord) else _extra(record)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return dump(line).decode()


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(record).items()
        if name not in _STANDARD_FIELDS and isinstance(value, _PLAIN)
    }


@lru_cache(1)
def _second(timestamp: int) -> str:
    """A second of UTC, in which many lines may be written."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S")
