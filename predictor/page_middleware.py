"""Django's middleware for people's sessions, which a program's request passes by (see `programs`).

Why: a token proves who asks, and no session is looked at. Django's own guard of forms stays where it is: it
passes over views that are exempt from it, and Django's checks look for it by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthentication
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessages
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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


class AuthenticationMiddleware(_ForPages, DjangoAuthentication):
    """See Django's."""


class MessageMiddleware(_ForPages, DjangoMessages):
    """See Django's."""
