"""The WSGI application: it answers a program's usual request itself and leaves all others to Django.

Why: Django's request, response, signals and middleware, and REST framework's behind them, cost more than
reading a small picture and asking a linear model. What is answered here is a POST with a token and a sound
picture, from what this process already knows: it asks no database and no counter. Whatever else it is, a
refusal, a failure or anything in the least unusual, Django answers, as if nobody had looked at it before.
Both call the same functions, and a test holds their answers together.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.urls import resolve

from predictor.access.allowance import Allowance
from predictor.access.authentication import key_of
from predictor.access.scopes import PREDICT, scopes_of_token
from predictor.access.tokens import remembered_token
from predictor.api.views import PredictView, VersionPredictView
from predictor.inference_protocol.views import InferView
from predictor.metrics.instruments import count_request
from predictor.models import APIToken
from predictor.request_id import begin_request
from predictor.request_limits import max_body_bytes
from predictor.request_log import log_request
from predictor.short_way.answers import infer, predict
from predictor.short_way.asked import Asked, is_encrypted, is_usual
from predictor.short_way.headers import standing_headers

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Addresses whose views are remembered: two for each version of each model, and clients may make up some.
MAX_ADDRESSES = 256

_OK = HTTPStatus.OK.value

_ANSWERS = {PredictView: predict, VersionPredictView: predict, InferView: infer}

_resolved = lru_cache(MAX_ADDRESSES)(resolve)


class ShortWay:
    """Stands before Django's application."""

    def __init__(self, django: Application) -> None:
        self._django = django

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        answered = answer_shortly(environ)
        if answered is None:
            return self._django(environ, start_response)
        body, headers = answered
        start_response("200 OK", headers)
        return [body]


def answer_shortly(environ: Environ) -> tuple[bytes, Headers] | None:
    """The body and the headers of an answer with status 200.

    Returns:
        None for what is left to Django: nothing was counted or logged then, and the body is unread.
    """
    started_s = time.perf_counter()
    token = _token(environ)
    if token is None:
        return None
    allowance, body = Allowance(token), None
    try:
        match = _resolved(environ["PATH_INFO"])
        answer = _ANSWERS[match.func.cls]  # type: ignore[attr-defined] # Of REST framework's views.
        length = int(environ["CONTENT_LENGTH"])
        if not 0 < length <= max_body_bytes(match.func):
            return None
        allowance.spend(1)
        body = environ["wsgi.input"].read(length)
        request_id = begin_request(environ.get("HTTP_X_REQUEST_ID", ""))
        content, headers = answer(Asked(environ, body, token, allowance), **match.kwargs)
    except Exception:  # noqa: BLE001 - whatever it is, Django finds it again, and names it.
        allowance.give_back()
        if body is not None:
            environ["wsgi.input"] = io.BytesIO(body)
        return None
    if allowance.standing:
        headers |= allowance.standing.headers()
    headers |= {
        "Allow": "POST, OPTIONS",
        "Vary": "Accept",
        "Content-Length": str(len(content)),
        "X-Request-ID": request_id,
    }
    count_request(match.view_name, "POST", _OK, time.perf_counter() - started_s)
    log_request("POST", environ["PATH_INFO"], _OK, started_s)
    return content, [*headers.items(), *standing_headers(encrypted=is_encrypted(environ))]


def _token(environ: Environ) -> APIToken | None:
    """The token that asks, where the request is a usual one and this process knows that it may predict."""
    key = key_of(environ) if is_usual(environ) else None
    token = remembered_token(key) if key else None
    return token if token and PREDICT in scopes_of_token(token) else None
