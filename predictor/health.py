"""Probes for operators: `/healthz` and `/readyz`."""

from __future__ import annotations

from http import HTTPStatus

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from predictor.access.counters import CountersUnavailable, shared_redis
from predictor.error_responses import RETRY_SECONDS
from predictor.serving import served_models


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing, so that a lost database does not restart every pod."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can do its work; 503 with what is missing where it cannot.

    A version that shall be served and was refused, while another serves on, is a warning; so is a lost Redis,
    without which limits are counted in the database.
    """
    if problems := readiness_problems():
        return JsonResponse(
            {"status": "not_ready", "problems": problems},
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": str(RETRY_SECONDS)},
        )
    warnings = _model_warnings() | _counter_warnings()
    return JsonResponse({"status": "ready"} | ({"warnings": warnings} if warnings else {}))


def readiness_problems() -> dict[str, str]:
    """What keeps this process from doing its work, by the name of what is missing; empty if nothing does."""
    return _model_problems() | _database_problems()


def _model_problems() -> dict[str, str]:
    models = served_models()
    problems = {
        f"model {state.name} {state.version}": state.rejection.code
        for state in models.states()
        if state.active and state.rejection is not None and not state.switched_off
    }
    if not models.has_default():
        problems["default model"] = "not installed"
    elif models.is_switched_off():
        problems["default model"] = "switched off"  # Another one was the default when it was.
    return problems


def _model_warnings() -> dict[str, str]:
    problems = served_models().problems
    return {f"{one.role} model {one.name} {one.version}": one.code for one in problems}


def _counter_warnings() -> dict[str, str]:
    redis_counters = shared_redis()
    try:
        if redis_counters:
            redis_counters.ping()
    except CountersUnavailable:
        return {"redis": "unreachable; requests are counted in the database"}
    return {}


def _database_problems() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return {"database": "unreachable"}
    return {}
