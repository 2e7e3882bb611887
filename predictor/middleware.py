"""What every request passes: an id and a log line, and the Content Security Policy."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from predictor.request_id import set_request_id

logger = logging.getLogger("predictor.requests")

GetResponse = Callable[[HttpRequest], HttpResponse]

_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIDMiddleware:
    """Give every request an id, answer with it in `X-Request-ID`, and log one line per request.

    A client's own id is kept where it is short and plain, so that it can be written to logs and headers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        started = time.perf_counter()
        offered = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = offered if _CLIENT_ID.fullmatch(offered) else uuid.uuid4().hex
        set_request_id(request_id)
        response = self._get_response(request)
        response["X-Request-ID"] = request_id
        logger.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
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
