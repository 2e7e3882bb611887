"""Counts every request, with its time."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse

from predictor.metrics.instruments import count_request
from predictor.middleware import GetResponse

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MetricsMiddleware:
    """Counts requests by the name of their address, never by the address: a client could make up many."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        started = time.perf_counter()
        response = self._get_response(request)
        seconds = time.perf_counter() - started
        method = request.method if request.method in _METHODS else "other"
        count_request(_view_name(request), str(method), response.status_code, seconds)
        return response


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "none"
