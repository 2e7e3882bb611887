"""The pages' forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from predictor.access.model_limits import installed_models
from predictor.access.rotation import USUAL_OVERLAP
from predictor.access.scopes import PREDICT, SCOPES, scopes_of
from predictor.access.tokens import expiry
from predictor.recognition.model_package import VerifiedPackage
from predictor.serving import served_models

# Named one by one and not as image/*: iPhones then send their HEIC photos as JPEG.
ACCEPTED_PICTURES = "image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff"


def ready_models() -> list[tuple[str, str]]:
    """The models that answer, each as name and title."""
    return [(package.metadata.name, package.metadata.title) for package in _ready_packages()]


def _ready_packages() -> list[VerifiedPackage]:
    return [
        state.package for state in served_models().states() if state.active and state.ready and state.package
    ]


class _RecognitionForm(forms.Form):
    """Offers a choice of models where there is one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = ready_models()
        if len(choices) > 1:
            self.fields["model"] = forms.ChoiceField(
                choices=choices, initial=settings.DEFAULT_MODEL, required=False, label=_("Model")
            )

    @property
    def selector(self) -> str | None:
        """The model that the form, or else the address, asks for; None is the default one."""
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return cleaned.get("model") or self.initial.get("model")


class PictureForm(_RecognitionForm):
    """One picture, drawn or chosen. Two of its fields stand outside the page's form element, FORM_ID."""

    FORM_ID = "choose"

    explain = forms.BooleanField(
        label=_("Show what decided"),
        required=False,
        help_text=_("Colours the parts of your picture that speak for the answer, or against it."),
        widget=forms.CheckboxInput(attrs={"form": FORM_ID}),
    )
    image = forms.FileField(
        label=_("Choose a picture"),
        allow_empty_file=True,  # Recognition refuses it, with the same words everywhere.
        error_messages={"required": _("Choose a picture first.")},
        widget=forms.FileInput(attrs={"accept": ACCEPTED_PICTURES}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "model" in self.fields:
            self.fields["model"].widget.attrs["form"] = self.FORM_ID


class _SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class _SeveralFilesField(forms.FileField):
    widget = _SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        return [super(_SeveralFilesField, self).clean(file, initial) for file in data or [None]]


class UploadForm(_RecognitionForm):
    """One or many pictures."""

    images = _SeveralFilesField(
        label=_("Choose pictures"),
        allow_empty_file=True,
        error_messages={"required": _("Choose at least one picture first.")},
        widget=_SeveralFilesInput(attrs={"accept": ACCEPTED_PICTURES}),
    )
    several = forms.BooleanField(
        label=_("Several digits in a picture"),
        required=False,
        help_text=_("Finds each digit, and reads them from left to right: 4 7 1."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not any(package.metadata.is_digits for package in _ready_packages()):
            del self.fields["several"]


class TokenForm(forms.Form):
    """A new token of one's own, with scopes that its owner has."""

    name = forms.CharField(
        max_length=100, label=_("Name"), help_text=_("What will use it, for example “lab laptop”.")
    )
    expires_in_days = forms.TypedChoiceField(
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")), ("", _("Never"))],
        initial="90",
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Expires after"),
    )
    scopes = forms.MultipleChoiceField(
        initial=[PREDICT],
        label=_("It may"),
        help_text=_("None ticked: it may recognise pictures, and nothing else."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, owner: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = scopes_of(owner)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope, _(text)) for scope, text in SCOPES.items() if scope in allowed]
        names = installed_models()
        if len(names) > 1:
            self.fields["models"] = forms.MultipleChoiceField(
                choices=[(name, name) for name in names],
                label=_("Models"),
                help_text=_("Which it may ask. None ticked: all of them."),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def clean_scopes(self) -> list[str]:
        """What the token may do."""
        return self.cleaned_data["scopes"] or [PREDICT]

    @property
    def expires_at(self) -> datetime | None:
        """When the token ends; None is never."""
        return expiry(self.cleaned_data["expires_in_days"])


OVERLAPS = {
    timedelta(0): _("not at all"),
    timedelta(hours=1): _("1 hour"),
    timedelta(days=1): _("1 day"),
    timedelta(days=7): _("7 days"),
}


class RotationForm(forms.Form):
    """A new key for a token, on the page of one's own tokens and in the admin."""

    overlap = forms.TypedChoiceField(
        choices=[(int(span.total_seconds()), text) for span, text in OVERLAPS.items()],
        initial=int(USUAL_OVERLAP.total_seconds()),
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        label=_("The old key works on for"),
        help_text=_("Time to bring the new key to where the old one is in use."),
    )
