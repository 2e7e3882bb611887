"""What the database keeps of this app: tokens without their keys, counts, audit log and model versions."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from predictor.access.scopes import SCOPES, scopes_of
from predictor.audit import AuditEntry
from predictor.count_models import RateCounter, TokenUsage
from predictor.feedback.rows import Feedback
from predictor.recognition.package_metadata import is_name
from predictor.versions.rows import ActivationHistory, ModelActivation, ShadowCount, WorkerReport

__all__ = [
    "APIToken",
    "ActivationHistory",
    "AuditEntry",
    "Feedback",
    "ModelActivation",
    "RateCounter",
    "ShadowCount",
    "TokenUsage",
    "WorkerReport",
]

SOON = timedelta(days=14)  # A token that ends within it should be replaced now.
MAX_RATE_LIMIT = 1_000_000  # Requests a minute, far beyond any machine; the way to no limit is none.


class APITokenQuerySet(models.QuerySet["APIToken"]):
    """The questions that are asked of tokens."""

    def for_owner(self, owner: User | AnonymousUser) -> APITokenQuerySet:
        """One person's tokens, whatever their state."""
        return self.filter(owner_id=owner.pk).select_related("owner", "successor")

    def usable(self) -> APITokenQuerySet:
        """Those that open the API now."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, owner__is_active=True)

    def ending_soon(self) -> APITokenQuerySet:
        """Those that work now and end by themselves before long, unless they were replaced."""
        return self.usable().filter(successor=None, expires_at__lte=timezone.now() + SOON)

    def expired(self) -> APITokenQuerySet:
        """Those that ended by themselves."""
        return self.filter(revoked_at=None, expires_at__lte=timezone.now())

    def revoked(self) -> APITokenQuerySet:
        """Those that somebody ended."""
        return self.exclude(revoked_at=None)

    def with_scope(self, scope: str) -> APITokenQuerySet:
        """Those that have one scope. SQLite cannot look into a JSON list, so its text is searched."""
        return self.alias(scope_text=Cast("scopes", models.TextField())).filter(
            scope_text__contains=f'"{scope}"'
        )


class APIToken(models.Model):
    """One client's way into the API. `access.tokens` makes, finds and revokes them.

    The key itself is nowhere: it is 256 random bits, so its plain SHA-256 digest gives nothing away
    and can be looked up directly. People and addresses name a token by `public_id`.
    """

    public_id = models.CharField("id", max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=100, help_text="What uses it, such as “lab laptop”.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    scopes = models.JSONField()
    model_names = models.JSONField(
        "models",
        default=list,
        db_default=[],
        blank=True,
        help_text="The models that it may ask; none ticked: all of them.",
    )
    rate_limit = models.PositiveIntegerField(
        "requests a minute",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_RATE_LIMIT)],
        help_text="A picture counts as one. Empty: the site's limit for every token.",
    )
    created_at = models.DateTimeField("created", auto_now_add=True)
    expires_at = models.DateTimeField("expires", null=True, blank=True, help_text="Empty: never.")
    last_used_at = models.DateTimeField("last used", null=True, editable=False)
    revoked_at = models.DateTimeField("revoked", null=True, editable=False)
    # What a rotation leaves: the token that replaces this one, and the public id of the first of them all.
    successor = models.OneToOneField(
        "self", null=True, editable=False, on_delete=models.SET_NULL, related_name="predecessor"
    )
    first_id = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)

    objects = APITokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "API token"

    def __str__(self) -> str:
        """Name and public id, as they stand in the admin and its history; never a secret."""
        return f"{self.name} ({self.public_id})"

    def clean(self) -> None:
        """Refuse scopes that do not exist, and those that the owner does not have to give.

        Raises:
            ValidationError: for `scopes` or `model_names`.
        """
        scopes = self.scopes if isinstance(self.scopes, list) else [self.scopes]
        if unknown := [scope for scope in scopes if scope not in SCOPES]:
            raise ValidationError({"scopes": f"Unknown scope {unknown[0]!r}; known: {', '.join(SCOPES)}."})
        if self.owner_id and (beyond := sorted(set(scopes) - scopes_of(self.owner))):
            raise ValidationError({"scopes": f"{self.owner} may not give the scope {beyond[0]!r}."})
        names = self.model_names if isinstance(self.model_names, list) else [None]
        if not all(isinstance(name, str) and is_name(name) for name in names):
            raise ValidationError({"model_names": "Name models, each by its name without a version."})

    def allows_model(self, name: str) -> bool:
        """Whether it may ask this model."""
        return not self.model_names or name in self.model_names

    @property
    def counted_as(self) -> str:
        """The name that its requests are counted under: one for all that replaced each other.

        Otherwise each rotation would give a second allowance while the old key still works.
        """
        return self.first_id or self.public_id

    @property
    def state(self) -> str:
        """`usable`, `revoked`, `expired` or `owner inactive`."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "usable" if self.owner.is_active else "owner inactive"

    @property
    def ends_soon(self) -> bool:
        """Whether it works now, was not replaced, and ends before long."""
        soon = self.expires_at is not None and self.expires_at <= timezone.now() + SOON
        return soon and self.state == "usable" and self.successor is None
