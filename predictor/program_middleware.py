"""The short way of a program's request: past all middleware that serves people, and to its view at once.

Why: each of fifteen layers costs a call, a net for exceptions and often a look at the request, more in all
than reading the picture. What a request passes here are the same classes that it would pass on the long way,
without those for sessions, forms, static files and languages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve

from predictor.access.middleware import RateLimitMiddleware
from predictor.metrics.middleware import MetricsMiddleware
from predictor.middleware import ContentSecurityPolicyMiddleware, GetResponse, RequestIDMiddleware
from predictor.programs import is_from_program
from predictor.request_limits import RequestSizeMiddleware

# Addresses whose views are remembered: two for each version of each model, and clients may make up some.
MAX_ADDRESSES = 256


class ProgramMiddleware:
    """Stands before all others and answers what `is_from_program`; the rest goes on."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._resolve = lru_cache(MAX_ADDRESSES)(resolve)
        self._size = RequestSizeMiddleware(cast("GetResponse", convert_exception_to_response(self._view)))
        self._answer = RequestIDMiddleware(
            MetricsMiddleware(_StandingHeaders(RateLimitMiddleware(self._size)))
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self._answer(request) if is_from_program(request) else self._get_response(request)

    def _view(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # Raises what Django answers with 400 where the host is not one of ours.
        match = self._resolve(request.path_info)
        request.resolver_match = match
        refusal = self._size.process_view(request, match.func)
        response: HttpResponse = refusal or match.func(request, *match.args, **match.kwargs)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class _StandingHeaders:
    """The headers that all answers share, made once by the middleware that makes them for pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._security = SecurityMiddleware(get_response)
        framed = cast("GetResponse", XFrameOptionsMiddleware(lambda _request: HttpResponse()))
        policed = ContentSecurityPolicyMiddleware(framed)
        self._empty_answer = cast("GetResponse", SecurityMiddleware(policed))
        self._headers: dict[bool, list[tuple[str, str]]] = {}  # By whether the connection is encrypted.

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        to_https = self._security.process_request(request)
        if to_https is not None:
            return to_https
        response = self._get_response(request)
        encrypted = request.is_secure()
        if encrypted not in self._headers:
            made = self._empty_answer(request)
            self._headers[encrypted] = [each for each in made.items() if each[0] != "Content-Type"]
        for name, value in self._headers[encrypted]:
            response.headers.setdefault(name, value)
        return response
