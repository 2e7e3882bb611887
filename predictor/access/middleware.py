"""What limits and the audit log need of every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from predictor.access.addresses import client_address, set_current_address
from predictor.access.limits import LimitsUnavailable, RateLimited, add_rate_headers
from predictor.error_responses import error_response


class RateLimitMiddleware:
    """Notes the address, answers a page's request beyond the limit, and tells in the answer what is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        set_current_address(client_address(request))
        try:
            response = self._get_response(request)
        finally:
            set_current_address(None)
        add_rate_headers(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer of a page; the API's rooms answer such an exception in their own shape."""
        if not isinstance(exception, (RateLimited, LimitsUnavailable)):
            return None
        retry = {"Retry-After": str(exception.wait)}
        code = exception.default_code
        return error_response(request, exception.status_code, code, str(exception.detail), retry)
