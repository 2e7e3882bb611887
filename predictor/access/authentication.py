"""`Authorization: Token KEY`, or `Bearer KEY`, for REST framework."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from predictor.access.limits import spend
from predictor.access.tokens import find_token, note_use
from predictor.models import APIToken
from predictor.programs import TOKEN_SCHEMES

CHALLENGE = 'Token realm="mnistsite"'


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
        scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() not in TOKEN_SCHEMES:
            return None
        token = find_token(key.strip(" "))
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
