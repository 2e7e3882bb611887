"""The admin of what is only read: the use of tokens, and the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictor.audit import AuditEntry
from predictor.count_models import TokenUsage
from predictor.usage_chart import usage_chart


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Generic only in the stubs.
    """Rows that the service writes and nobody changes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one by itself; a token's usage goes with the token."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin):
    """Who changed what, newest first."""

    list_display = (
        "created_at",
        "actor_name",
        "action",
        "object_type",
        "object_name",
        "address",
    )
    list_filter = ("action", "object_type", ("actor", admin.RelatedOnlyFieldListFilter))
    search_fields = ("actor_name", "object_id", "object_name", "request_id", "address")
    date_hierarchy = "created_at"


@admin.register(TokenUsage)
class TokenUsageAdmin(RecordAdmin):
    """How often tokens were answered, by day and outcome, with a chart of what the list shows."""

    list_display = ("day", "token_link", "outcome", "count")
    list_display_links = None
    list_filter = (
        ("token__owner", admin.RelatedOnlyFieldListFilter),
        ("token", admin.RelatedOnlyFieldListFilter),
        "outcome",
    )
    list_select_related = ("token",)
    search_fields = ("token__name", "token__public_id", "token__owner__username")
    date_hierarchy = "day"

    @admin.display(description="token", ordering="token")
    def token_link(self, usage: TokenUsage) -> SafeString:
        """The token's own page."""
        address = reverse("admin:predictor_apitoken_change", args=[usage.token_id])
        return format_html('<a href="{}">{}</a>', address, usage.token)

    def changelist_view(self, request: Any, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list below its chart."""
        response: HttpResponse = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            changes = response.context_data.get("cl")
            if changes is not None:
                response.context_data["chart"] = usage_chart(changes.queryset)
        return response

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only with its token, whose page asks here whether it may take its usage along."""
        return bool(request.user.is_superuser and not request.path.startswith("/admin/predictor/tokenusage/"))
