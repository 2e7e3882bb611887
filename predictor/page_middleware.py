"""Django's middleware for people's sessions, which a program's request passes by (see `programs`).

Why: a token proves who asks; session, log-in, form token and messages took a tenth of such a request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthentication
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessages
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware as DjangoCsrf

from predictor.programs import is_from_program


class _ForPages:
    """Goes before one of Django's classes."""

    get_response: Callable[[HttpRequest], Any]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        if is_from_program(request):
            answer: HttpResponseBase = self.get_response(request)
            return answer
        page: HttpResponseBase = super().__call__(request)  # type: ignore[misc] # Of the class behind it.
        return page


class SessionMiddleware(_ForPages, DjangoSessions):
    """See Django's."""


class CsrfViewMiddleware(_ForPages, DjangoCsrf):
    """See Django's. The views that a program asks are exempt from it: no browser adds a token by itself."""


class AuthenticationMiddleware(_ForPages, DjangoAuthentication):
    """See Django's."""


class MessageMiddleware(_ForPages, DjangoMessages):
    """See Django's."""
