"""A new key for a token, while the old one still works for a while."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from predictor.access.token_cache import forget_tokens
from predictor.access.tokens import note_change, save_with_key
from predictor.audit import COMMAND_LINE, Author
from predictor.models import APIToken

MAX_OVERLAP = timedelta(days=7)
USUAL_OVERLAP = timedelta(hours=1)


class NotRotatable(Exception):
    """The token was rotated before, or has ended.

    Attributes:
        code: `already_rotated` or `token_ended`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def rotate_token(
    token: APIToken, *, overlap: timedelta = USUAL_OVERLAP, author: Author = COMMAND_LINE
) -> tuple[str, APIToken]:
    """Replace a token by a new one that differs in nothing but its key; its end stays, too.

    Args:
        token: the one to replace. It ends after the overlap, or earlier by itself; see its `expires_at` then.
        overlap: how long both keys work, 0 to MAX_OVERLAP.
        author: who does it.

    Returns:
        The new key, which exists only here and now, and the new token.

    Raises:
        NotRotatable: see there. Of two rotations at the same time one fails so, and leaves nothing behind.
        ValueError: the overlap is out of range.
    """
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        raise ValueError(f"The overlap is {overlap}; it can be 0 to {MAX_OVERLAP}.")
    if token.state != "usable":
        raise NotRotatable("token_ended", f"The token {token.public_id} has ended; make a new one.")
    with transaction.atomic():
        new = _copy(token)
        key = save_with_key(new)
        _end_after(token, overlap, new)
        note_change(
            "rotated", token, author, successor=new.public_id, overlap_seconds=int(overlap.total_seconds())
        )
    return key, new


def _copy(token: APIToken) -> APIToken:
    return APIToken(
        owner=token.owner,
        name=token.name,
        scopes=token.scopes,
        model_names=token.model_names,
        rate_limit=token.rate_limit,
        expires_at=token.expires_at,
        first_id=token.counted_as,
    )


def _end_after(token: APIToken, overlap: timedelta, new: APIToken) -> None:
    """One conditional statement: of two processes that rotate or revoke, the second finds no row."""
    end = timezone.now() + overlap
    expires_at = min(end, token.expires_at) if token.expires_at else end
    open_rows = APIToken.objects.filter(pk=token.pk, successor=None, revoked_at=None)
    if not open_rows.update(successor=new, expires_at=expires_at):
        raise NotRotatable("already_rotated", f"The token {token.public_id} was rotated or revoked already.")
    forget_tokens()
    token.successor, token.expires_at = new, expires_at
