"""The admin of tokens. Staff make and revoke them, and see a key once: in the answer that made it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from predictor.access.limits import limit_of
from predictor.access.scopes import PREDICT, SCOPES
from predictor.access.tokens import delete_token, revoke_token, store_token
from predictor.admin.token_pages import ModelNamesField, TokenPages
from predictor.audit import author_of
from predictor.models import SOON, APIToken
from predictor.usage_chart import usage_chart


class StateFilter(admin.SimpleListFilter):
    """Tokens that work, and those that ended."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states to choose from."""
        return [
            ("usable", "Usable"),
            ("soon", f"Ends within {SOON.days} days"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The tokens of the chosen state."""
        chosen = {"usable": "usable", "soon": "ending_soon", "expired": "expired", "revoked": "revoked"}
        if self.value() not in chosen:
            return queryset
        found: QuerySet[Any] = getattr(queryset, chosen[str(self.value())])()
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
    model_names = ModelNamesField(label="Models", help_text="None ticked: all of them.")

    class Meta:
        model = APIToken
        fields = ("owner", "name", "scopes", "model_names", "rate_limit", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("expires_at"):  # Not on the page of a token, which is only looked at.
            widget: Any = field.widget
            for part, label in zip(widget.widgets, ("Expires on", "Expires at"), strict=True):
                part.attrs["aria-label"] = label  # Django labels neither of the two.

    def clean(self) -> Any:
        """Refuse what the giver could not do: whoever sees the key could use it."""
        cleaned = super().clean() or self.cleaned_data
        owner = cleaned.get("owner")
        if owner and owner.is_superuser and not self.giver.is_superuser:
            raise forms.ValidationError("Only a superuser makes tokens for a superuser.")
        return cleaned


@admin.register(APIToken)
class APITokenAdmin(TokenPages):
    """List, make, limit, rotate and revoke tokens. Who has one, and for what, stays what it was."""

    form = NewTokenForm
    fields = ("owner", "name", "scopes", "model_names", "rate_limit", "expires_at")
    list_display = ("name", "owner", "scope_list", "state", "created_on", "expires_on", "last_used_on")
    list_filter = (StateFilter, ScopeFilter, ("owner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("owner", "successor")
    search_fields = ("name", "public_id", "owner__username")
    actions = ("revoke",)

    @admin.display(description="created", ordering="created_at")
    def created_on(self, token: APIToken) -> date:
        """The day alone, so that the list fits its place."""
        return token.created_at.date()

    @admin.display(description="expires", ordering="expires_at")
    def expires_on(self, token: APIToken) -> date | None:
        """The day alone."""
        return token.expires_at.date() if token.expires_at else None

    @admin.display(description="last used", ordering="last_used_at")
    def last_used_on(self, token: APIToken) -> date | None:
        """The day alone."""
        return token.last_used_at.date() if token.last_used_at else None

    @admin.display(description="scopes")
    def scope_list(self, token: APIToken) -> str:
        """The scopes in one cell."""
        return ", ".join(token.scopes)

    @admin.display(description="models")
    def model_list(self, token: APIToken) -> str:
        """The models in one cell."""
        return ", ".join(token.model_names) or "all"

    @admin.display(description="requests a minute")
    def limit(self, token: APIToken) -> str:
        """The limit that holds, and whose it is."""
        whose = "its own" if token.rate_limit else "the site's"
        return f"{limit_of(token)}, {whose}" if limit_of(token) else "no limit"

    @admin.display(description="use")
    def use(self, token: APIToken) -> SafeString:
        """What became of its requests of late, and the way to every day of it."""
        rows = reverse("admin:predictor_tokenusage_changelist") + f"?token__id__exact={token.pk}"
        return format_html(
            '{}<p><a href="{}">By day and outcome</a></p>', usage_chart(token.usage.all()), rows
        )

    @admin.action(description="Revoke selected API tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[APIToken]) -> None:
        """End tokens for good; the history keeps who did it."""
        tokens = list(queryset.filter(revoked_at=None))
        for token in tokens:
            revoke_token(token, author_of(request))
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
        limits = ("scope_list", "model_list", "limit")
        return ("public_id", "owner", "name", *limits, "state", *moments, "successor", "use")

    def get_readonly_fields(self, request: HttpRequest, obj: APIToken | None = None) -> Any:
        """All of an existing token."""
        return self.get_fields(request, obj) if obj else ()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form of a new token, with one button: its answer is the key."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, (extra_context or {}) | buttons)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A token's page, with the way to its limits and to a new key for those who may go it."""
        allowed = {"may_change_limits": self.has_revoke_permission(request)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | allowed)

    def delete_model(self, request: HttpRequest, obj: APIToken) -> None:
        """Remove one token."""
        delete_token(obj, author_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[APIToken]) -> None:
        """Remove the selected tokens."""
        for token in queryset:
            delete_token(token, author_of(request))

    def save_model(self, request: Any, obj: APIToken, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Store the new token. Its key waits on the request for the answer, and is kept nowhere else."""
        request.new_key = store_token(obj, author_of(request))

    def response_add(self, request: Any, obj: APIToken, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key."""
        return self.key_page(request, obj, request.new_key)
