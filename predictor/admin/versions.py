"""The admin of model versions: one page with every installed version, its state, and what to do with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from predictor.activation import (
    FULL,
    ActivationRefused,
    activate,
    roll_back,
    set_canary,
    set_shadow,
    switch_off,
    switch_on,
    verify,
)
from predictor.audit import Author, author_of
from predictor.models import ActivationHistory, ModelActivation
from predictor.serving import UnknownModel
from predictor.versions.answers import HISTORY_LENGTH
from predictor.versions.overview import overview
from predictor.versions.worker_report import living_workers

VERIFY = "verify"
_SWITCHES = {"switch_on": switch_on, "switch_off": switch_off}


class VersionForm(forms.Form):
    """What a button of the page sends."""

    action = forms.ChoiceField(
        choices=[(name, name) for name in (VERIFY, "activate", "rollback", "canary", "shadow", *_SWITCHES)]
    )
    name = forms.CharField(max_length=64)
    version = forms.CharField(max_length=64, required=False)
    percent = forms.IntegerField(min_value=0, max_value=FULL, required=False)

    def clean(self) -> dict[str, Any]:
        """Only a canary and a shadow can be ended by naming no version."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("action") in ("activate", VERIFY) and not cleaned.get("version"):
            raise forms.ValidationError(f"Choose the version to {cleaned['action']}.")
        if cleaned.get("action") == "canary" and cleaned.get("version") and cleaned.get("percent") is None:
            raise forms.ValidationError("A canary needs a share in percent.")
        return cleaned

    def apply(self, author: Author) -> ModelActivation:
        """Do it.

        Raises:
            ActivationRefused: nothing was changed.
            UnknownModel: the version is not installed.
        """
        wanted = self.cleaned_data
        name, version = wanted["name"], wanted["version"]
        if wanted["action"] == "activate":
            return activate(name, version, author=author)
        if switch := _SWITCHES.get(wanted["action"]):
            return switch(name, author=author)
        if wanted["action"] == "rollback":
            return roll_back(name, author=author)
        if wanted["action"] == "canary":
            return set_canary(name, version, wanted["percent"] or 0, author=author)
        return set_shadow(name, version, author=author)


@admin.register(ModelActivation)
class ModelActivationAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Generic only in the stubs.
    """Its list is the page; rows are made and changed by `predictor.activation` alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a row: choosing a version makes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelActivation | None = None) -> bool:
        """Nobody deletes one: the versions that answer would change without being verified."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        """Show the page; on POST do what a button says.

        Raises:
            PermissionDenied: the person may not look, or not change.
        """
        if request.method == "POST":
            return self._change(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": "Model versions",
            "opts": self.opts,
            "models": overview(),
            "workers": living_workers(),
            "history": ActivationHistory.objects.all()[:HISTORY_LENGTH],
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/predictor/modelactivation/versions.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A row has no page of its own; the admin's list of recent actions leads here."""
        return redirect(_page())

    def _change(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = VersionForm(request.POST)
        if not form.is_valid():
            problems = [str(problem) for problems in form.errors.values() for problem in problems]
            self.message_user(request, " ".join(problems), messages.ERROR)
            return redirect(_page())
        if form.cleaned_data["action"] == VERIFY:
            return self._verify(request, form.cleaned_data["name"], form.cleaned_data["version"])
        try:
            row = form.apply(author_of(request))
        except (ActivationRefused, UnknownModel) as error:
            self.message_user(request, f"Refused, and nothing was changed: {error}", messages.ERROR)
        else:
            self.log_change(
                request, row, f"{form.cleaned_data['action']} {form.cleaned_data['version']}".strip()
            )
            self.message_user(request, f"{_sentence(row)} Workers follow within seconds.", messages.SUCCESS)
        return redirect(_page())

    def _verify(self, request: HttpRequest, name: str, version: str) -> HttpResponse:
        try:
            digest = verify(name, version)
        except (ActivationRefused, UnknownModel) as error:
            self.message_user(request, f"Refused: {name} {version}: {error}", messages.ERROR)
        else:
            self.message_user(
                request, f"Sound: {name} {version}, sha256:{digest}. Nothing was changed.", messages.SUCCESS
            )
        return redirect(_page())


def _page() -> str:
    return reverse("admin:predictor_modelactivation_changelist")


def _sentence(row: ModelActivation) -> str:
    if row.switched_off:
        return f"{row.name} is switched off: no version of it answers."
    canary = f", {row.canary_version} its canary with {row.canary_percent} %" if row.canary_version else ""
    shadow = f", {row.shadow_version} its shadow" if row.shadow_version else ""
    return f"{row.name}: {row.version} is wanted as the active version{canary}{shadow}."
