"""Making, finding and revoking tokens. Everything that touches a key is here."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from predictor.access.scopes import PREDICT
from predictor.access.token_cache import forget_tokens, remembered, remembered_now
from predictor.audit import COMMAND_LINE, Author, record
from predictor.models import APIToken
from predictor.outage import DATABASE_LOST

logger = logging.getLogger("predictor.access")

KEY_PREFIX = "mns_"  # Lets secret scanners, and people, tell what a found key is.
_KEY_BYTES = 32
_KEY = re.compile(KEY_PREFIX + r"[A-Za-z0-9_-]{43}")  # 32 bytes in base64url, without padding.

MAX_DAYS = 3650  # The longest life that may be asked for; the alternative is one without an end.

# How exactly `last_used_at` is kept: a busy token costs one write a minute, not one a request.
LAST_USE_STEP = timedelta(minutes=1)


def issue_token(
    owner: User,
    *,
    name: str,
    scopes: Sequence[str] = (PREDICT,),
    expires_at: datetime | None = None,
    model_names: Sequence[str] = (),
    rate_limit: int | None = None,
    author: Author = COMMAND_LINE,
) -> tuple[str, APIToken]:
    """Make a token.

    Args:
        owner: whose it will be.
        name: what will use it.
        scopes: what it may do.
        expires_at: when it ends; None is never.
        model_names: the models that it may ask; none named: all.
        rate_limit: how much it may ask in a minute; None is the site's limit. Staff alone may choose it.
        author: who makes it.

    Returns:
        The key, which exists only here and now, and the stored token.

    Raises:
        ValidationError: a scope does not exist or is not the owner's to give; the name is empty or too long.
    """
    token = APIToken(
        owner=owner,
        name=name,
        scopes=list(dict.fromkeys(scopes)),
        expires_at=expires_at,
        model_names=list(dict.fromkeys(model_names)),
        rate_limit=rate_limit,
    )
    return store_token(token, author), token


def store_token(token: APIToken, author: Author) -> str:
    """Store a new token, described but not yet saved, and return the key that is made for it.

    Raises:
        ValidationError: see `issue_token`.
    """
    token.full_clean(validate_unique=False, exclude=("public_id", "digest"))
    with transaction.atomic():
        key = save_with_key(token)
        note_change("created", token, author, **settings_of(token))
    return key


def save_with_key(token: APIToken) -> str:
    """Store a new token that needs no checking and return its key. See `store_token` and `rotate_token`."""
    key = KEY_PREFIX + secrets.token_urlsafe(_KEY_BYTES)
    token.public_id = secrets.token_hex(8)
    token.digest = _digest(key)
    token.save(force_insert=True)  # Both are random: a collision is an attack or a broken machine.
    return key


def find_token(key: str) -> APIToken | None:
    """The usable token of a key: known, neither revoked nor expired, its owner active."""
    if not _KEY.fullmatch(key):
        return None
    return remembered(_digest(key), _look_up)


def _look_up(digest: str) -> APIToken | None:
    # Nobody can aim at a digest without the key, so the index may take as long as it likes to compare.
    return APIToken.objects.usable().select_related("owner").filter(digest=digest).first()


def remembered_token(key: str) -> APIToken | None:
    """The same from this process's memory alone. Whoever looked it up a moment ago noted its use then."""
    return remembered_now(_digest(key)) if _KEY.fullmatch(key) else None


def note_use(token: APIToken) -> None:
    """Remember that a token was used, at most once in `LAST_USE_STEP` across all processes.

    While the database is lost nothing is remembered, and nobody is refused for it.
    """
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - LAST_USE_STEP:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USE_STEP)
    with suppress(*DATABASE_LOST):
        APIToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    token.last_used_at = now  # It may be remembered; then the next request need not write.


def revoke_token(token: APIToken, author: Author = COMMAND_LINE) -> None:
    """End a token and those that replaced it, at once and for good. Revoking it again changes nothing.

    Whoever stole a key may have rotated it: the key that they got must end with the one that they stole.
    """
    with transaction.atomic():
        ended: APIToken | None = token
        while ended is not None:
            _revoke_one(ended, author)
            ended = APIToken.objects.select_related("owner").filter(predecessor=ended).first()


def change_limits(
    token: APIToken, author: Author, *, model_names: Sequence[str], rate_limit: int | None
) -> None:
    """Limit a token, and those that replaced it, to models and to requests a minute; see `issue_token`."""
    with transaction.atomic():
        changed: APIToken | None = token
        while changed is not None:
            before = _limits_of(changed)
            changed.model_names, changed.rate_limit = list(model_names), rate_limit
            changed.save(update_fields=["model_names", "rate_limit"])
            if before != _limits_of(changed):
                note_change("limits_changed", changed, author, before=before, after=_limits_of(changed))
            changed = APIToken.objects.select_related("owner").filter(predecessor=changed).first()


def delete_token(token: APIToken, author: Author) -> None:
    """Remove a token with its usage; that it was there stays in the audit log."""
    with transaction.atomic():
        note_change("deleted", token, author)
        token.delete()


def note_change(action: str, token: APIToken, author: Author, **details: Any) -> None:
    """Write a change of a token to the audit log, and to the process's log."""
    details["owner"] = token.owner.get_username()
    record(
        action,
        object_type="token",
        object_id=token.public_id,
        object_name=token.name,
        author=author,
        **details,
    )
    logger.info("token_%s", action, extra={"public_id": token.public_id, "owner_id": token.owner_id})


def settings_of(token: APIToken) -> dict[str, Any]:
    """What a token may do and until when, for the audit log."""
    return {"scopes": token.scopes, "expires": token.expires_at, **_limits_of(token)}


def _limits_of(token: APIToken) -> dict[str, Any]:
    return {"models": token.model_names, "rate_limit": token.rate_limit}


def _revoke_one(token: APIToken, author: Author) -> None:
    now = timezone.now()
    if APIToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        forget_tokens()
        token.revoked_at = now
        note_change("revoked", token, author)


def expiry(days: int | None) -> datetime | None:
    """When a token ends that is made now for so many days; None is never."""
    return timezone.now() + timedelta(days=days) if days else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
