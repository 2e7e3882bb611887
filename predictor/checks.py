"""System checks: what is wrong but would start anyway. Run by `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

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


@register(Tags.security, deploy=True)
def check_shared_cache(**kwargs: Any) -> list[CheckMessage]:
    """What all processes must agree on is not kept in the memory of each (E003)."""
    backend = settings.CACHES["default"]["BACKEND"]
    if not backend.endswith((".LocMemCache", ".DummyCache")):
        return []
    dependents = {
        "SESSION_ENGINE": settings.SESSION_ENGINE,
        "AXES_HANDLER": getattr(settings, "AXES_HANDLER", ""),
    }
    return [
        Error(
            f"{name} is {value!r}: it keeps its data in the cache, and each process has a cache of its own.",
            hint="Set CACHE_URL to a redis:// URL.",
            id="predictor.E003",
        )
        for name, value in dependents.items()
        if "cache" in value
    ]


@register(Tags.database)
def check_database(**kwargs: Any) -> list[CheckMessage]:
    """The database knows the one statement that counts (E004)."""
    if connection.vendor in ("sqlite", "postgresql"):
        return []
    return [
        Error(
            f"Requests cannot be counted in {connection.display_name}.",
            hint="DATABASE_URL must name SQLite or PostgreSQL.",
            id="predictor.E004",
        )
    ]
