"""What the database keeps of a person's word on an answer."""

from __future__ import annotations

from django.conf import settings
from django.db import models

NAME_LENGTH = 64  # As package_metadata.is_name has it.


class Feedback(models.Model):
    """A picture, what a model made of it, and what it shows according to whoever sent it.

    `predictor.feedback.keeping` writes the rows; nothing in them tells who sent the picture.
    A label that is empty means: none of the model's labels.
    """

    OPEN, KEPT, DISCARDED = "open", "kept", "discarded"
    REVIEWS = ((OPEN, "waits for review"), (KEPT, "kept as an example"), (DISCARDED, "discarded"))

    picture = models.BinaryField(help_text="PNG, upright, without metadata, of at most 280 px a side.")
    model_name = models.CharField("model", max_length=NAME_LENGTH)
    model_version = models.CharField("version", max_length=NAME_LENGTH)
    answer = models.TextField()
    confidence = models.FloatField(help_text="Of the answer, 0 to 1.")
    accepted = models.BooleanField(help_text="Whether the model stood by its answer.")
    correct_label = models.TextField("said to be", blank=True, help_text="Empty: none of the labels.")
    # The API token it came by; null where it came from a page.
    token = models.ForeignKey(
        "predictor.APIToken", null=True, editable=False, on_delete=models.SET_NULL, related_name="feedback"
    )
    created_at = models.DateTimeField("said at", auto_now_add=True)

    # What a reviewer makes of it in the admin.
    review = models.CharField(max_length=16, choices=REVIEWS, default=OPEN, db_default=OPEN)
    reviewed_label = models.TextField(
        "label", blank=True, default="", db_default="", help_text="As reviewed."
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "feedback"
        verbose_name_plural = "feedback"
        default_permissions = ("change", "delete", "view")
        indexes = (models.Index(fields=("review", "model_name"), name="feedback_review_model"),)

    def __str__(self) -> str:
        """What was said, without the picture."""
        return f"{self.model_name} {self.model_version}: {self.answer or 'none'}, said to be {self.label}"

    @property
    def label(self) -> str:
        """What the picture was said to show, for people."""
        return self.correct_label or "none of them"

    @property
    def was_right(self) -> bool:
        """Whether the answer is what the picture was said to show."""
        return self.answer == self.correct_label
