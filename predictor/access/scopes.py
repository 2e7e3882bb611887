"""What a token may be allowed to do, and what each person may allow."""

from __future__ import annotations

from typing import Any

PREDICT = "predict"
FEEDBACK = "feedback"
ADMIN_MODELS = "admin:models"
METRICS = "metrics"

SCOPES = {
    PREDICT: "Recognise pictures",
    FEEDBACK: "Say whether an answer was right",
    ADMIN_MODELS: "Choose the active version of a model",
    METRICS: "Read the metrics",
}


def scopes_of(person: Any) -> frozenset[str]:
    """The scopes that a user has in a browser session, and may at most give to a token."""
    if person.is_superuser:
        return frozenset(SCOPES)
    return frozenset(SCOPES) - {ADMIN_MODELS, METRICS}
