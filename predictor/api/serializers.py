"""What the API takes and gives where it is more than a picture and a prediction."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

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
        ready = [state for state in served_models().states() if state.package]
        selectors = [state.name if state.active else f"{state.name}@{state.version}" for state in ready]
        model: Any = self.fields["model"]
        model.choices = [("", "The default model"), *((selector, selector) for selector in selectors)]


class PictureAndModelForm(PictureForm, ModelForm):
    """One picture and the model."""


class BatchForm(PicturesForm, ModelForm):
    """Several pictures and the model."""


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
    expires_in_days = serializers.IntegerField(
        min_value=1, max_value=MAX_DAYS, default=None, allow_null=True, help_text="Empty: never."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn the days into a moment."""
        days = attrs.pop("expires_in_days")
        return attrs | {"expires_at": expiry(days)}


class TokenAnswer(serializers.ModelSerializer[APIToken]):
    """A token as its owner may see it: all but key and digest."""

    id = serializers.CharField(source="public_id")
    created = serializers.DateTimeField(source="created_at")
    expires = serializers.DateTimeField(source="expires_at")
    last_used = serializers.DateTimeField(source="last_used_at")
    revoked = serializers.DateTimeField(source="revoked_at")
    url = serializers.SerializerMethodField()

    class Meta:
        model = APIToken
        fields = ("id", "name", "scopes", "state", "created", "expires", "last_used", "revoked", "url")
        read_only_fields = fields

    def get_url(self, token: APIToken) -> str:
        """Where the token is read and revoked."""
        return reverse("api:token_detail", [token.public_id], request=self.context["request"])
