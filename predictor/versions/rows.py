"""What the database keeps of model versions: which shall answer, who said so, what workers make of it."""

from __future__ import annotations

from django.db import models

_NAME = 64  # As package_metadata.is_name has it.
_VERSION = 64
_VERSION_HELP = "Empty: the highest installed version."


class ModelActivation(models.Model):
    """What an operator wants of one model. `predictor.activation` changes it, after verifying.

    A model without a row answers with its highest installed version.
    """

    name = models.CharField("model", max_length=_NAME, unique=True)
    version = models.CharField("active version", max_length=_VERSION, blank=True, help_text=_VERSION_HELP)
    previous_version = models.CharField(max_length=_VERSION, blank=True)
    canary_version = models.CharField(max_length=_VERSION, blank=True)
    canary_percent = models.PositiveSmallIntegerField(default=0)
    shadow_version = models.CharField(max_length=_VERSION, blank=True)
    switched_off = models.BooleanField(default=False, db_default=False)  # No version of it answers.
    digests = models.JSONField(default=dict)  # Root digest by version, as it was verified when it was chosen.
    changed_at = models.DateTimeField("changed", auto_now=True)

    class Meta:
        ordering = ("name",)
        verbose_name = "model version"

    def __str__(self) -> str:
        return f"{self.name} {self.version or 'highest installed'}"


class ActivationHistory(models.Model):
    """One change of a model's versions. Rows are added and never changed."""

    ACTIVATE, ROLL_BACK, CANARY, SHADOW = "activate", "roll back", "canary", "shadow"
    SWITCH_OFF, SWITCH_ON = "switch off", "switch on"

    name = models.CharField("model", max_length=_NAME, db_index=True)
    action = models.CharField(max_length=16)
    from_version = models.CharField("from", max_length=_VERSION, blank=True)
    to_version = models.CharField("to", max_length=_VERSION, blank=True)
    percent = models.PositiveSmallIntegerField(null=True)
    changed_by = models.CharField("by", max_length=200)
    changed_at = models.DateTimeField("at", auto_now_add=True)

    class Meta:
        ordering = ("-changed_at", "-pk")
        verbose_name = "activation"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.name}: {self.action} {self.to_version or 'none'}"


class WorkerReport(models.Model):
    """What one worker process serves, told by itself. One that stops telling is gone."""

    worker = models.CharField(max_length=200, unique=True)
    serving = models.JSONField(default=dict)  # The active version by model.
    problems = models.JSONField(default=list)  # Objects of model, version, role, code and message.
    seen_at = models.DateTimeField("last heard of")

    class Meta:
        ordering = ("worker",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.worker


class ShadowCount(models.Model):
    """How often a shadow version agreed with the active one."""

    name = models.CharField("model", max_length=_NAME)
    version = models.CharField("shadow version", max_length=_VERSION)
    compared_with = models.CharField("active version", max_length=_VERSION)
    agreed = models.PositiveBigIntegerField(default=0)
    disagreed = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    dropped = models.PositiveBigIntegerField(default=0)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "version", "compared_with")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("name", "version", "compared_with"), name="one_shadow_count"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.version} beside {self.compared_with}"
