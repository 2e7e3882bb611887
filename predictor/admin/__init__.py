"""The administration. Django imports this package to find its pages."""

from django.contrib import admin

from predictor.admin.feedback import FeedbackAdmin
from predictor.admin.records import AuditEntryAdmin, TokenUsageAdmin
from predictor.admin.tokens import APITokenAdmin
from predictor.admin.versions import ModelActivationAdmin

__all__ = ["APITokenAdmin", "AuditEntryAdmin", "FeedbackAdmin", "ModelActivationAdmin", "TokenUsageAdmin"]

admin.site.site_header = "mnistsite"
admin.site.site_title = "mnistsite"
admin.site.index_title = "Administration"
