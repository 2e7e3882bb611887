"""`/compare/`: what two models make of the same picture, and how their figures differ."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from predictor.access.limits import spend
from predictor.answers import model_answer
from predictor.forms import ACCEPTED_PICTURES, ready_models
from predictor.pages.problem_words import problem_words
from predictor.pages.unavailable import answers_unavailable
from predictor.predicting import choose_recognizer, predict_picture
from predictor.recognition.errors import ImageError
from predictor.serving import served_models
from predictor.verdicts import page_answer

# A drawing has a few kilobytes. What is larger is sent anew when another model is chosen.
_MAX_KEPT_BYTES = 48 * 1024


class CompareForm(forms.Form):
    """Two models and one picture: a new one, or the one that the page carries along in `kept`."""

    first = forms.ChoiceField(label=_("First model"))
    second = forms.ChoiceField(label=_("Second model"))
    image = forms.FileField(
        label=_("Choose a picture"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_PICTURES}),
    )
    kept = forms.CharField(required=False, max_length=_MAX_KEPT_BYTES * 4 // 3 + 4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.fields["first"], self.fields["second"]):
            field.choices = ready_models()  # type: ignore[attr-defined] # Both are choices.

    def clean(self) -> dict[str, Any]:
        """Find the picture; its bytes are `picture` then."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            kept = base64.b64decode(cleaned.get("kept", ""), validate=True)
        except binascii.Error:
            kept = b""
        image = cleaned.get("image")
        cleaned["picture"] = image.read() if image else kept
        if not cleaned["picture"] and not image:
            self.add_error("image", _("Choose a picture first."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@answers_unavailable
def compare(request: HttpRequest) -> HttpResponse:
    """Show the figures of two models; on POST their answers to one picture, too."""
    if request.method != "POST":
        return _page(request, _chosen(request.GET.get("first"), request.GET.get("second")))
    data = request.POST.copy()
    # The draw page's form names one model, and leaves the other to this page.
    for name, value in _chosen(data.get("first") or data.get("model"), data.get("second")).items():
        data[name] = value
    form = CompareForm(data, request.FILES)
    spend(request, 2)
    if not form.is_valid():
        return _page(request, data.dict(), form, status=HTTPStatus.BAD_REQUEST)
    picture = form.cleaned_data["picture"]
    names = (form.cleaned_data["first"], form.cleaned_data["second"])
    kept = base64.b64encode(picture).decode() if len(picture) <= _MAX_KEPT_BYTES else ""
    return _page(request, data.dict() | {"kept": kept}, answers=[_answer(name, picture) for name in names])


def _chosen(first: str | None, second: str | None) -> dict[str, str]:
    """What is named, as far as it answers; else the default model, and the likest beside it."""
    names = [name for name, _title in ready_models()]
    one = first if first in names else served_models().recognizer().package.metadata.name
    labels = _labels(one)
    others = sorted((name for name in names if name != one), key=lambda name: _labels(name) != labels)
    two = second if second in names else next(iter(others), one)
    return {"first": one, "second": two}


def _labels(name: str) -> tuple[str, ...]:
    return tuple(served_models().recognizer(name).package.metadata.labels)


def _answer(name: str, picture: bytes) -> dict[str, Any]:
    try:
        return page_answer(predict_picture(choose_recognizer(name), picture))
    except ImageError as error:
        return {"problem": problem_words(error)}


def _page(
    request: HttpRequest,
    chosen: dict[str, Any],
    form: CompareForm | None = None,
    *,
    answers: Sequence[dict[str, Any] | None] = (None, None),
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    models = [model_answer(served_models().state(chosen[side])) for side in ("first", "second")]
    sides = [{"model": model, "answer": answer} for model, answer in zip(models, answers, strict=True)]
    context = {"form": form or CompareForm(initial=chosen), "sides": sides, "answered": any(answers)}
    return render(request, "predictor/compare.html", context, status=status)
