"""Tokens that this process looked up a moment ago: a busy client costs two looks a second, not one a request.

Why: the look costs more than all the rest of a request. Promised is that a revoked token stops working within
1 s on every worker and pod; TOKEN_CACHE_SECONDS is half of that. What this process changes counts at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models.signals import post_delete, post_save

from predictor.models import APIToken
from predictor.outage import DATABASE_LOST

# How old the last look may be while the database is lost, when nobody can revoke a token either.
OUTAGE_SECONDS = 60

# Far more than a process can answer in that time; beyond it, all are looked up anew.
MAX_TOKENS = 10_000

_found: dict[str, tuple[float, APIToken]] = {}


def remembered(digest: str, look_up: Callable[[str], APIToken | None]) -> APIToken | None:
    """The usable token of a key's digest, from memory where it was looked up a moment ago.

    What is not found is not remembered: wrong keys have a limit of their own.

    Args:
        digest: SHA-256 of the key. No key stays in memory.
        look_up: asks the database; None where no usable token has that digest.

    Raises:
        OperationalError, InterfaceError: the database is lost, and the last look was too long ago.
    """
    now_s = time.monotonic()
    looked_up_s, token = _found.get(digest, (0.0, None))
    if token is not None and now_s - looked_up_s < settings.TOKEN_CACHE_SECONDS:
        return _if_usable(token)
    try:
        token = look_up(digest)
    except DATABASE_LOST:
        if token is not None and now_s - looked_up_s < OUTAGE_SECONDS and token.state == "usable":
            return token
        raise
    if token is None:
        _found.pop(digest, None)
        return None
    if len(_found) >= MAX_TOKENS:
        _found.clear()
    _found[digest] = (now_s, token)  # The moment before the question: what changed since may be missing.
    return token


def remembered_now(digest: str) -> APIToken | None:
    """The same without asking anybody: None where it was not looked up a moment ago, or is not usable."""
    looked_up_s, token = _found.get(digest, (0.0, None))
    if token is None or time.monotonic() - looked_up_s >= settings.TOKEN_CACHE_SECONDS:
        return None
    return _if_usable(token)


def _if_usable(token: APIToken) -> APIToken | None:
    return token if token.state == "usable" else None


def forget_tokens(**_signal: Any) -> None:
    """Ask the database again from the next request on: tokens or their owners have changed."""
    _found.clear()


for _model in (APIToken, User):
    post_save.connect(forget_tokens, _model, dispatch_uid="forget_tokens")
    post_delete.connect(forget_tokens, _model, dispatch_uid="forget_tokens")
