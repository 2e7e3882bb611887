"""The id of the request being answered, for logs, answers and errors."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar

_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the current request; empty outside one."""
    return _request_id.get()


def begin_request(offered: str) -> str:
    """Name the request that this context answers from now on.

    Args:
        offered: the client's own id, which is kept where it is short and plain, so that it can be written to
            logs and headers.
    """
    request_id = offered if _CLIENT_ID.fullmatch(offered) else os.urandom(16).hex()
    _request_id.set(request_id)
    return request_id
