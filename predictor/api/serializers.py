"""What the API takes and gives where it is more than a picture and a prediction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from predictor.access.limits import limit_of
from predictor.access.model_limits import installed_models, unknown_model
from predictor.access.rotation import MAX_OVERLAP, USUAL_OVERLAP
from predictor.access.scopes import PREDICT, SCOPES
from predictor.access.tokens import MAX_DAYS, expiry
from predictor.models import APIToken
from predictor.serving import served_models


class PictureForm(serializers.Serializer[Any]):
    """The upload form of the browsable API. Programs have more ways to send a picture: see `uploads`."""

    file = serializers.FileField(label="Picture", help_text="PNG, JPEG, WebP, GIF, BMP or TIFF.")
    explain = serializers.BooleanField(required=False, label="Explain: what in the picture decided")


class PicturesForm(serializers.Serializer[Any]):
    """The same for several pictures."""

    file = serializers.ListField(
        child=serializers.FileField(), label="Pictures", style={"base_template": "files.html"}
    )


class ModelForm(serializers.Serializer[Any]):
    """The choice of a model, where the address does not name it."""

    model = serializers.ChoiceField(choices=[], required=False, allow_blank=True, label="Model")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = [state for state in served_models().states() if state.ready]
        selectors = [state.name if state.active else f"{state.name}@{state.version}" for state in ready]
        model: Any = self.fields["model"]
        model.choices = [("", "The default model"), *((selector, selector) for selector in selectors)]


class PictureAndModelForm(PictureForm, ModelForm):
    """One picture and the model."""


class ReadForm(ModelForm):
    """One picture to be read, and the model."""

    file = serializers.FileField(label="Picture", help_text="PNG, JPEG, WebP, GIF, BMP or TIFF.")


class BatchForm(PicturesForm, ModelForm):
    """Several pictures and the model."""


class FeedbackForm(ReadForm):
    """A picture, what it shows and the model that was asked."""

    label = serializers.CharField(  # type: ignore[assignment] # The serializer's own becomes a field, too.
        allow_blank=True, help_text="One of the model's labels; empty for none of them."
    )


class TokenRequest(serializers.Serializer[Any]):
    """Credentials, and what the new token shall be like."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, style={"input_type": "password"})
    name = serializers.CharField(
        max_length=100, default="API client", initial="API client", help_text="What will use the token."
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(SCOPES.items())),
        default=[PREDICT],
        initial=[PREDICT],
        allow_empty=False,
        max_length=len(SCOPES),
        style={"base_template": "scopes.html"},
    )
    models = serializers.ListField(
        child=serializers.CharField(max_length=100),
        default=[],
        max_length=100,
        style={"base_template": "models.html"},
        help_text="The models that the token may ask, by name. None: all.",
    )
    expires_in_days = serializers.IntegerField(
        min_value=1, max_value=MAX_DAYS, default=None, allow_null=True, help_text="Empty: never."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["models"].style["names"] = (
            installed_models()
        )  # What the form of the browsable API offers.

    def validate_models(self, names: list[str]) -> list[str]:
        """Refuse what is not installed: a misspelt name would make a token for nothing."""
        if problem := unknown_model(names):
            raise serializers.ValidationError(problem)
        return names

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn the days into a moment."""
        days, models = attrs.pop("expires_in_days"), attrs.pop("models")
        return attrs | {"expires_at": expiry(days), "model_names": models}


class RotationRequest(serializers.Serializer[Any]):
    """How long the old key works on."""

    overlap_seconds = serializers.IntegerField(
        min_value=0,
        max_value=int(MAX_OVERLAP.total_seconds()),
        default=int(USUAL_OVERLAP.total_seconds()),
        initial=int(USUAL_OVERLAP.total_seconds()),
        help_text="How long the old key works beside the new one: up to 604800, a week.",
    )

    def validate_overlap_seconds(self, seconds: int) -> timedelta:
        """As a span of time."""
        return timedelta(seconds=seconds)


class TokenAnswer(serializers.ModelSerializer[APIToken]):
    """A token as its owner may see it: all but key and digest."""

    id = serializers.CharField(source="public_id")
    models = serializers.ListField(source="model_names", child=serializers.CharField(), read_only=True)
    rate_limit = serializers.SerializerMethodField()
    successor = serializers.SerializerMethodField()
    created = serializers.DateTimeField(source="created_at")
    expires = serializers.DateTimeField(source="expires_at")
    last_used = serializers.DateTimeField(source="last_used_at")
    revoked = serializers.DateTimeField(source="revoked_at")
    url = serializers.SerializerMethodField()

    class Meta:
        model = APIToken
        fields = (
            *("id", "name", "scopes", "models", "rate_limit", "state"),
            *("created", "expires", "last_used", "revoked", "successor", "url"),
        )
        read_only_fields = fields

    def get_rate_limit(self, token: APIToken) -> int | None:
        """Requests a minute; None is no limit."""
        return limit_of(token) or None

    def get_successor(self, token: APIToken) -> str | None:
        """The id of the token that replaced it, if it was rotated."""
        return token.successor.public_id if token.successor else None

    def get_url(self, token: APIToken) -> str:
        """Where the token is read and revoked."""
        return reverse("api:token_detail", [token.public_id], request=self.context["request"])
