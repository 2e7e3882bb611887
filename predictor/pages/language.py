"""The language of the pages: the one that was chosen, else the first of the browser's that we have.

What programs read stays English, so that clients and their logs do not depend on a header; so does the admin,
whose own words are only English.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

_ENGLISH = ("/api", "/predict", "/v2", "/admin", "/healthz", "/readyz", "/metrics")


def is_english_only(request: HttpRequest) -> bool:
    """Whether what lives at this address speaks English whatever its reader prefers."""
    return request.path.startswith(_ENGLISH)


class PageLanguageMiddleware:
    """Answer pages in their reader's language, and leave no language behind for the next request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if is_english_only(request):
            with translation.override(settings.LANGUAGE_CODE):
                return self._get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self._get_response(request)
        if response.headers.get("Content-Type", "").startswith(("text/html", "application/json")):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response
