"""What a token may be allowed to do, and what each person may allow."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

PREDICT = "predict"
FEEDBACK = "feedback"
ADMIN_MODELS = "admin:models"
METRICS = "metrics"

# In English for programs and the admin; pages translate them.
SCOPES = {
    PREDICT: _("Recognise pictures"),
    FEEDBACK: _("Say whether an answer was right"),
    ADMIN_MODELS: _("Choose the active version of a model"),
    METRICS: _("Read the metrics"),
}

_OF_SUPERUSERS = frozenset(SCOPES)
_OF_OTHERS = _OF_SUPERUSERS - {ADMIN_MODELS, METRICS}


def scopes_of(person: Any) -> frozenset[str]:
    """The scopes that a user has in a browser session, and may at most give to a token."""
    return _OF_SUPERUSERS if person.is_superuser else _OF_OTHERS


def scopes_of_token(token: Any) -> frozenset[str]:
    """A token's own scopes, as far as its owner still has them."""
    return scopes_of(token.owner).intersection(token.scopes)
