"""`Authorization: Token KEY`, or `Bearer KEY`, for REST framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from predictor.access.limits import spend
from predictor.access.tokens import find_token, note_use
from predictor.models import APIToken

# The schemes that lead to a token, and nowhere else.
TOKEN_SCHEMES = frozenset({"token", "bearer"})

CHALLENGE = 'Token realm="mnistsite"'


def key_of(meta: Mapping[str, Any]) -> str | None:
    """The key in a request's headers; None where there is no header that could hold one."""
    scheme, _, key = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
    return key.strip(" ") if scheme.lower() in TOKEN_SCHEMES else None


class TokenAuthentication(BaseAuthentication):
    """Proves who asks by a token's key; `request.auth` is then the token.

    A request without such a header is left to the other ways of authenticating. One with a header that
    leads to no usable token is refused, whatever else it carries.
    """

    def authenticate(self, request: Request) -> tuple[User, APIToken] | None:
        """Find the token of the header.

        Raises:
            AuthenticationFailed: code "invalid_token", whatever is wrong with it.
            RateLimited: the token has asked too much, or too many wrong ones came from this address.
        """
        key = key_of(request.META)
        if key is None:
            return None
        token = find_token(key)
        if token is None:
            spend(request._request)  # noqa: SLF001 - REST framework's request would ask who it is: us again
            raise AuthenticationFailed(
                "The token is malformed, unknown, expired or revoked.", "invalid_token"
            )
        spend(request, token=token)
        note_use(token)
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """The `WWW-Authenticate` header of a 401."""
        return CHALLENGE
