"""Making, finding and revoking tokens. Everything that touches a key is here."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from predictor.access.scopes import PREDICT
from predictor.models import APIToken

logger = logging.getLogger("predictor.access")

KEY_PREFIX = "mns_"  # Lets secret scanners, and people, tell what a found key is.
_KEY_BYTES = 32
_KEY = re.compile(KEY_PREFIX + r"[A-Za-z0-9_-]{43}")  # 32 bytes in base64url, without padding.

MAX_DAYS = 3650  # The longest life that may be asked for; the alternative is one without an end.

# How exactly `last_used_at` is kept: a busy token costs one write a minute, not one a request.
LAST_USE_STEP = timedelta(minutes=1)


def issue_token(
    owner: User, *, name: str, scopes: Sequence[str] = (PREDICT,), expires_at: datetime | None = None
) -> tuple[str, APIToken]:
    """Make a token.

    Returns:
        The key, which exists only here and now, and the stored token.

    Raises:
        ValidationError: a scope does not exist or is not the owner's to give; the name is empty or too long.
    """
    token = APIToken(owner=owner, name=name, scopes=list(dict.fromkeys(scopes)), expires_at=expires_at)
    return store_token(token), token


def store_token(token: APIToken) -> str:
    """Store a new token, described but not yet saved, and return the key that is made for it.

    Raises:
        ValidationError: see `issue_token`.
    """
    key = KEY_PREFIX + secrets.token_urlsafe(_KEY_BYTES)
    token.public_id = secrets.token_hex(8)
    token.digest = _digest(key)
    token.full_clean(validate_unique=False)  # Both are random: a collision is an attack or a broken machine.
    token.save(force_insert=True)
    logger.info("token_created", extra={"public_id": token.public_id, "owner_id": token.owner_id})
    return key


def find_token(key: str) -> APIToken | None:
    """The usable token of a key: known, neither revoked nor expired, its owner active."""
    if not _KEY.fullmatch(key):
        return None
    # Nobody can aim at a digest without the key, so the index may take as long as it likes to compare.
    return APIToken.objects.usable().select_related("owner").filter(digest=_digest(key)).first()


def note_use(token: APIToken) -> None:
    """Remember that a token was used, at most once in `LAST_USE_STEP` across all processes."""
    now = timezone.now()
    if token.last_used_at and token.last_used_at > now - LAST_USE_STEP:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USE_STEP)
    APIToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke_token(token: APIToken) -> None:
    """End a token, at once and for good. Revoking it again changes nothing."""
    now = timezone.now()
    if APIToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        token.revoked_at = now
        logger.info("token_revoked", extra={"public_id": token.public_id, "owner_id": token.owner_id})


def expiry(days: int | None) -> datetime | None:
    """When a token ends that is made now for so many days; None is never."""
    return timezone.now() + timedelta(days=days) if days else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
