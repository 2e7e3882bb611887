"""The admin of tokens. Staff make and revoke them, and see a key once: in the answer that made it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import ngettext

from predictor.access.scopes import PREDICT, SCOPES
from predictor.access.tokens import revoke_token, store_token
from predictor.models import APIToken
from predictor.version_admin import ModelActivationAdmin

__all__ = ["APITokenAdmin", "ModelActivationAdmin"]  # Django imports this module to find them.

admin.site.site_header = "mnistsite"
admin.site.site_title = "mnistsite"
admin.site.index_title = "Administration"


class StateFilter(admin.SimpleListFilter):
    """Tokens that work, and those that ended."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states to choose from."""
        return [("usable", "Usable"), ("expired", "Expired"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The tokens of the chosen state."""
        if self.value() not in ("usable", "expired", "revoked"):
            return queryset
        found: QuerySet[Any] = getattr(queryset, str(self.value()))()
        return found


class ScopeFilter(admin.SimpleListFilter):
    """Tokens that have a scope."""

    title = "scope"
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The scopes to choose from."""
        return [(scope, scope) for scope in SCOPES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The tokens with the chosen scope."""
        value = self.value()
        return APIToken.objects.with_scope(value) & queryset if value in SCOPES else queryset


class NewTokenForm(forms.ModelForm):  # type: ignore[type-arg] # Generic only in the stubs.
    """What a new token shall be like. `giver` is the one who makes it."""

    giver: Any

    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{scope}: {text}") for scope, text in SCOPES.items()],
        initial=[PREDICT],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = APIToken
        fields = ("owner", "name", "scopes", "expires_at")

    def clean(self) -> Any:
        """Refuse what the giver could not do: whoever sees the key could use it."""
        cleaned = super().clean() or self.cleaned_data
        owner = cleaned.get("owner")
        if owner and owner.is_superuser and not self.giver.is_superuser:
            raise forms.ValidationError("Only a superuser makes tokens for a superuser.")
        return cleaned


@admin.register(APIToken)
class APITokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Generic only in the stubs.
    """List, make and revoke tokens. They are never edited: what a client was given stays what it was."""

    form = NewTokenForm
    fields = ("owner", "name", "scopes", "expires_at")
    list_display = ("name", "owner", "scope_list", "state", "created_at", "expires_at", "last_used_at")
    list_filter = (StateFilter, ScopeFilter, ("owner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("name", "public_id", "owner__username")
    actions = ("revoke",)

    @admin.display(description="scopes")
    def scope_list(self, token: APIToken) -> str:
        """The scopes in one cell."""
        return ", ".join(token.scopes)

    @admin.action(description="Revoke selected API tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[APIToken]) -> None:
        """End tokens for good; the history keeps who did it."""
        tokens = list(queryset.filter(revoked_at=None))
        for token in tokens:
            revoke_token(token)
            self.log_change(request, token, "Revoked.")
        count = len(tokens)
        text = ngettext("%d API token was revoked.", "%d API tokens were revoked.", count) % count
        self.message_user(request, text, messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may revoke: who has the permission to change tokens."""
        return request.user.has_perm("predictor.change_apitoken")

    def has_change_permission(self, request: HttpRequest, obj: APIToken | None = None) -> bool:
        """Nobody edits a token, so its page is a view of it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: APIToken | None = None) -> bool:
        """Revoking keeps the trace that deleting removes; the latter is for superusers."""
        return bool(request.user.is_superuser)

    def get_form(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell the form who fills it in."""
        return type("NewTokenForm", (super().get_form(request, *args, **kwargs),), {"giver": request.user})

    def get_fields(self, request: HttpRequest, obj: APIToken | None = None) -> Any:
        """What the form asks, or all that is known of an existing token but its digest."""
        if obj is None:
            return self.fields
        moments = ("created_at", "expires_at", "last_used_at", "revoked_at")
        return ("public_id", "owner", "name", "scope_list", "state", *moments)

    def get_readonly_fields(self, request: HttpRequest, obj: APIToken | None = None) -> Any:
        """All of an existing token."""
        return self.get_fields(request, obj) if obj else ()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form of a new token, with one button: its answer is the key."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, (extra_context or {}) | buttons)

    def save_model(self, request: Any, obj: APIToken, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Store the new token. Its key waits on the request for the answer, and is kept nowhere else."""
        request.new_key = store_token(obj)

    def response_add(self, request: Any, obj: APIToken, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key. Not by a message, which would store it in a cookie or a session on the way.

        The admin site lets none of its answers be cached.
        """
        context = self.admin_site.each_context(request) | {
            "title": "Key of the new API token",
            "opts": self.opts,
            "token": obj,
            "key": request.new_key,
        }
        return TemplateResponse(request, "admin/predictor/apitoken/key.html", context)
