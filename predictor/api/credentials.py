"""Log-in data on their way to a token: read from the request, checked behind django-axes."""

from __future__ import annotations

import base64
from http import HTTPStatus

from django.contrib.auth import authenticate, user_logged_in
from django.contrib.auth.models import User
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request


class InvalidCredentials(APIException):
    """No active user has this name and password. Which of the two is wrong stays unsaid."""

    status_code = HTTPStatus.UNAUTHORIZED
    default_code = "invalid_credentials"
    default_detail = "There is no active user with this name and password."

    def __init__(self, challenge: str) -> None:
        super().__init__()
        self.auth_header = challenge


def basic_credentials(request: Request) -> dict[str, str]:
    """Name and password of an HTTP Basic header; empty without one.

    Raises:
        ParseError: the header is malformed.
    """
    scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        username, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise ParseError("The Basic header is not base64 of UTF-8 text.", "invalid_request") from error
    if not colon:
        raise ParseError("The Basic header holds no colon between name and password.", "invalid_request")
    return {"username": username, "password": password}


def log_in_once(request: Request, username: str, password: str) -> User:
    """Check a password for this one request; no session is begun.

    After too many failures django-axes refuses even the right password, and its middleware replaces
    whatever is answered by a 429 (`error_responses.locked_out`).

    Raises:
        InvalidCredentials: they do not match, or are locked.
    """
    http_request = request._request  # noqa: SLF001 - axes counts on Django's request, where its middleware looks
    user = authenticate(http_request, username=username, password=password)
    if not isinstance(user, User):
        raise InvalidCredentials(_challenge(request))
    # Notes the log-in, and ends the count of failures.
    user_logged_in.send(sender=User, request=http_request, user=user)
    return user


def _challenge(request: Request) -> str:
    """Invite programs to HTTP Basic. On a page it would make the browser open a log-in window of its own."""
    scheme = "Basic" if request.accepted_renderer.format == "json" else "Form"
    return f'{scheme} realm="mnistsite"'
