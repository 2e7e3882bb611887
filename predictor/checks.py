"""System checks: what is wrong but would start anyway. Run by `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from predictor.serving import served_models


@register(Tags.security, deploy=True)
def check_models(**kwargs: Any) -> list[CheckMessage]:
    """The default model is installed (E001) and every installed package verifies (E002)."""
    models = served_models()
    messages: list[CheckMessage] = [
        Error(
            f"The package of {state.name} {state.version} was refused: {state.rejection.message}",
            hint="docs/model-packages.md lists each reason and the way out.",
            id="predictor.E002",
        )
        for state in models.states()
        if state.rejection is not None
    ]
    if not models.has_default():
        messages.append(
            Error(
                f"The default model {settings.DEFAULT_MODEL!r} is not installed in {settings.MODELS_DIR}.",
                hint="`manage.py list_models` prints what is; set DEFAULT_MODEL, or MODELS_DIR.",
                id="predictor.E001",
            )
        )
    return messages
