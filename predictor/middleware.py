"""What every request passes: an id and a log line, and the Content Security Policy."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from predictor.request_id import begin_request
from predictor.request_log import log_request

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIDMiddleware:
    """Give every request an id, answer with it in `X-Request-ID`, and log one line per request."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        started_s = time.perf_counter()
        request_id = begin_request(request.META.get("HTTP_X_REQUEST_ID", ""))
        response = self._get_response(request)
        response["X-Request-ID"] = request_id
        log_request(str(request.method), request.path, response.status_code, started_s)
        return response


class ContentSecurityPolicyMiddleware:
    """Send `settings.SECURE_CSP`, under the name and in the form of Django 6's own middleware.

    And two more headers that Django has no middleware for: what pages may use of a device, and who else's
    pages may embed an answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._policy)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", settings.CROSS_ORIGIN_RESOURCE_POLICY)
        return response
