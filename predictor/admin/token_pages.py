"""Two pages of the admin that belong to one token: its limits, and its rotation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from predictor.access.model_limits import installed_models
from predictor.access.rotation import NotRotatable, rotate_token
from predictor.access.tokens import change_limits
from predictor.audit import author_of
from predictor.forms import RotationForm
from predictor.models import APIToken


class ModelNamesField(forms.MultipleChoiceField):
    """Boxes for the installed models, and for those that a token names already."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=lambda: [(name, name) for name in installed_models()], **kwargs)

    def offer_also(self, names: list[str]) -> None:
        """Keep on offer what is not installed any more, so that saving a form does not drop it unseen."""
        every = sorted({*installed_models(), *names})
        self.choices = [(name, name) for name in every]


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg] # Generic only in the stubs.
    """What staff may change of a token after it was made."""

    model_names = ModelNamesField(label="Models", help_text="None ticked: all of them.")

    class Meta:
        model = APIToken
        fields = ("model_names", "rate_limit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["model_names"]
        field.offer_also(self.instance.model_names)


class TokenPages(admin.ModelAdmin):  # type: ignore[type-arg] # Generic only in the stubs.
    """The pages, for the admin of tokens to inherit."""

    def get_urls(self) -> list[URLPattern]:
        """Both stand before Django's own addresses, whose last one takes everything."""
        return [
            path(
                "<int:pk>/limits/",
                self.admin_site.admin_view(self.limits_view),
                name="predictor_apitoken_limits",
            ),
            path(
                "<int:pk>/rotate/",
                self.admin_site.admin_view(self.rotate_view),
                name="predictor_apitoken_rotate",
            ),
            *super().get_urls(),
        ]

    def limits_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the limits, and set them."""
        token = self._token(request, pk)
        form = LimitsForm(request.POST if request.method == "POST" else None, instance=token)
        if not form.is_valid():
            return self._page(request, token, form, f"Limits of {token}", "Save")
        change_limits(APIToken.objects.get(pk=pk), author_of(request), **form.cleaned_data)
        self.log_change(request, token, "Limits changed.")
        self.message_user(request, f"The limits of {token} were changed.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:predictor_apitoken_change", args=[pk]))

    def rotate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how long the old key works on, then show the new one, once."""
        token = self._token(request, pk)
        if token.owner.is_superuser and not request.user.is_superuser:
            raise PermissionDenied  # Whoever sees a key can use it.
        form = RotationForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._page(request, token, form, f"New key for {token}", "Make the new key")
        try:
            key, new = rotate_token(token, overlap=form.cleaned_data["overlap"], author=author_of(request))
        except NotRotatable as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:predictor_apitoken_change", args=[pk]))
        self.log_change(request, token, f"Rotated: replaced by {new}.")
        return self.key_page(request, new, key)

    def key_page(self, request: HttpRequest, token: APIToken, key: str) -> HttpResponse:
        """Show a key. Not by a message, which would store it in a cookie or a session on the way.

        The admin site lets none of its answers be cached.
        """
        context = {"title": "Key of the new API token", "token": token, "key": key}
        return self._answer(request, "key", context)

    def _token(self, request: HttpRequest, pk: int) -> APIToken:
        if not request.user.has_perm("predictor.change_apitoken"):
            raise PermissionDenied
        return get_object_or_404(APIToken.objects.select_related("owner", "successor"), pk=pk)

    def _page(
        self, request: HttpRequest, token: APIToken, form: Any, title: str, button: str
    ) -> HttpResponse:
        context = {"title": title, "token": token, "form": form, "button": button}
        return self._answer(request, "token_form", context)

    def _answer(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return TemplateResponse(request, f"admin/predictor/apitoken/{template}.html", context)
