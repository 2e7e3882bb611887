"""The admin of feedback: a gallery of pictures to look through, to label and to keep or discard."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from predictor.feedback.rows import Feedback

GALLERY_LENGTH = 60


class LabelForm(ActionForm):
    """What stands beside the choice of an action."""

    label = forms.CharField(
        required=False, label="Label:", widget=forms.TextInput(attrs={"size": 12, "placeholder": "for Label"})
    )


class RightFilter(admin.SimpleListFilter):
    """Answers that were said to be right, and those that were not."""

    title = "answer"
    parameter_name = "right"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Both."""
        return [("yes", "Said to be right"), ("no", "Said to be wrong")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The chosen ones."""
        right = Q(answer=F("correct_label"))
        chosen = {"yes": right, "no": ~right}.get(str(self.value()))
        return queryset if chosen is None else queryset.filter(chosen)


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # Generic only in the stubs.
    """Rows come from people and programs; staff review them and change nothing else."""

    list_display = ("thumbnail", "said", "model_link", "state", "created_at")
    list_display_links = ("thumbnail",)
    list_filter = ("review", RightFilter, "accepted", "model_name", "model_version")
    list_per_page = GALLERY_LENGTH
    list_select_related = ("reviewed_by", "token")
    search_fields = ("answer", "correct_label", "reviewed_label", "model_name")
    date_hierarchy = "created_at"
    action_form = LabelForm
    # A label is a word, not a text.
    formfield_overrides = {models.TextField: {"widget": AdminTextInputWidget}}
    actions = ("keep", "label", "discard", "reopen")
    fields = (
        "large_picture",
        "model_link",
        "answer",
        "confidence",
        "accepted",
        "said_label",
        "source",
        "created_at",
        "review",
        "reviewed_label",
        "reviewed_by",
        "reviewed_at",
    )

    @admin.display(description="picture")
    def thumbnail(self, feedback: Feedback) -> SafeString:
        """The picture, small."""
        return _picture(feedback, 96)

    @admin.display(description="picture")
    def large_picture(self, feedback: Feedback) -> SafeString:
        """The picture, large."""
        return _picture(feedback, 224)

    @admin.display(description="answer and what was said")
    def said(self, feedback: Feedback) -> SafeString:
        """The answer beside the word of whoever sent it."""
        sign = "right" if feedback.was_right else "wrong"
        return format_html(
            '<span class="said said--{}"><strong>{}</strong> {}<br>said: <strong>{}</strong></span>',
            sign,
            feedback.answer or "none",
            f"{feedback.confidence:.0%}",
            feedback.label,
        )

    @admin.display(description="said to be")
    def said_label(self, feedback: Feedback) -> str:
        """The word of whoever sent it."""
        return feedback.label

    @admin.display(description="model", ordering="model_name")
    def model_link(self, feedback: Feedback) -> SafeString:
        """The model's card."""
        address = reverse("predictor:model_card", args=[feedback.model_name])
        return format_html('<a href="{}">{} {}</a>', address, feedback.model_name, feedback.model_version)

    @admin.display(description="review", ordering="review")
    def state(self, feedback: Feedback) -> str:
        """What became of it."""
        label = f": {feedback.reviewed_label}" if feedback.reviewed_label else ""
        return f"{feedback.get_review_display()}{label}"

    @admin.display(description="came by")
    def source(self, feedback: Feedback) -> SafeString | str:
        """The token, or a page."""
        if feedback.token is None:
            return "a page"
        address = reverse("admin:predictor_apitoken_change", args=[feedback.token.pk])
        return format_html('<a href="{}">{}</a>', address, feedback.token)

    @admin.action(description="Keep, labelled as was said", permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        """Take each sender's word."""
        self._review(request, queryset, Feedback.KEPT, F("correct_label"))

    @admin.action(description="Keep, with the label beside", permissions=["change"])
    def label(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        """Give all the same label."""
        label = request.POST.get("label", "").strip()
        if not label:
            self.message_user(
                request, "Type the label beside the action; nothing was changed.", messages.ERROR
            )
            return
        self._review(request, queryset, Feedback.KEPT, label)

    @admin.action(description="Discard", permissions=["change"])
    def discard(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        """Of no use as examples."""
        self._review(request, queryset, Feedback.DISCARDED, "")

    @admin.action(description="Back to review", permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        """As if nobody had looked."""
        self._review(request, queryset, Feedback.OPEN, "")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Feedback | None = None) -> Any:
        """All but the review."""
        return [field for field in self.fields if field not in ("review", "reviewed_label")]

    def save_model(self, request: Any, obj: Feedback, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Keep who reviewed it, and when."""
        _sign(obj, request.user)
        super().save_model(request, obj, form, change)

    def _review(self, request: Any, queryset: QuerySet[Feedback], review: str, label: Any) -> None:
        reviewed = review != Feedback.OPEN
        count = queryset.update(
            review=review,
            reviewed_label=label,
            reviewed_by=request.user if reviewed else None,
            reviewed_at=timezone.now() if reviewed else None,
        )
        text = ngettext("%d picture: %s.", "%d pictures: %s.", count)
        self.message_user(request, text % (count, dict(Feedback.REVIEWS)[review]), messages.SUCCESS)


def _sign(feedback: Feedback, reviewer: Any) -> None:
    reviewed = feedback.review != Feedback.OPEN
    feedback.reviewed_by = reviewer if reviewed else None
    feedback.reviewed_at = timezone.now() if reviewed else None


def _picture(feedback: Feedback, side_px: int) -> SafeString:
    return format_html(
        '<img class="feedback-picture" src="data:image/png;base64,{}" width="{}" height="{}" alt="{}">',
        base64.b64encode(feedback.picture).decode(),
        side_px,
        side_px,
        f"A picture said to show: {feedback.label}",
    )
