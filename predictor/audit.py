"""Who changed what: one row for each change, written in the same transaction as the change itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from predictor.access.addresses import current_address
from predictor.request_id import current_request_id


class AuditEntry(models.Model):
    """One change. Rows are added and never edited; they outlive who acted, and on what."""

    created_at = models.DateTimeField("when", auto_now_add=True, db_index=True)
    action = models.CharField(max_length=50)
    object_type = models.CharField(max_length=50)
    object_id = models.CharField(max_length=150)
    object_name = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField("who", max_length=150)
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        """Who did what to what."""
        return f"{self.actor_name}: {self.action} {self.object_type} {self.object_name or self.object_id}"


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change.

    Attributes:
        user: the person, or the owner of the token that asks; None for a command.
        token_id: the public id of the token that asks; empty where none does.
    """

    user: User | None = None
    token_id: str = ""

    @property
    def name(self) -> str:
        """The user's name, as it is kept when the user is gone."""
        return self.user.get_username() if self.user else "command line"

    def __str__(self) -> str:
        """The person, and the token that they used."""
        return f"{self.name} (token {self.token_id})" if self.token_id else self.name


COMMAND_LINE = Author()


def author_of(request: Any) -> Author:
    """Who asks, by a request of Django or of REST framework. It must be somebody."""
    token = getattr(request, "auth", None)
    return Author(request.user, getattr(token, "public_id", ""))


def record(
    action: str,
    *,
    object_type: str,
    object_id: str,
    object_name: str = "",
    author: Author = COMMAND_LINE,
    **details: Any,
) -> None:
    """Note a change. Call it inside the transaction that makes the change.

    Args:
        action: what was done, in the past tense: `created`, `limits_changed`, `activated`.
        object_type: `token`, `model`.
        object_id: the object's public name: a token's public id, a model's name.
        object_name: what people call it.
        author: who did it.
        details: JSON-ready values, none of them secret.
    """
    if author.token_id:
        details["with_token"] = author.token_id
    AuditEntry.objects.create(
        action=action,
        object_type=object_type,
        object_id=object_id,
        object_name=object_name[:200],
        actor=author.user,
        actor_name=author.name,
        address=current_address(),
        request_id=current_request_id(),
        details=details,
    )
