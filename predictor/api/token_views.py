"""Tokens: credentials in and a key out, and what becomes of one's tokens."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictor.access.client import client_of
from predictor.access.permissions import IsSomebody
from predictor.access.rotation import NotRotatable, rotate_token
from predictor.access.scopes import scopes_of
from predictor.access.tokens import issue_token, revoke_token
from predictor.api.credentials import basic_credentials, log_in_once
from predictor.api.parsers import JSONParser
from predictor.api.serializers import RotationRequest, TokenAnswer, TokenRequest
from predictor.audit import Author, author_of
from predictor.models import APIToken


class TokenView(APIView):
    """Trade user name and password for a token.

    The key is in the answer and never shown again.
    """

    name = "Token for credentials"
    authentication_classes = ()  # Neither a token nor a session makes a token: only the password does.
    permission_classes = (AllowAny,)
    parser_classes = (
        MultiPartParser,
        JSONParser,
        FormParser,
    )
    serializer_class = TokenRequest
    curl = "-u USERNAME -X POST"

    def post(self, request: Request) -> Response:
        """Issue the token."""
        wanted = _wanted_token(request)
        owner = log_in_once(request, wanted.pop("username"), wanted.pop("password"))
        if not scopes_of(owner).issuperset(wanted["scopes"]):
            raise PermissionDenied("You may not give all of these scopes.", "scope_not_allowed")
        key, token = issue_token(owner, author=Author(owner), **wanted)
        return _new_key(request, key, token)


def _new_key(request: Request, key: str, token: APIToken) -> Response:
    """The one answer that ever holds this key."""
    answer = {"key": key, **TokenAnswer(token, context={"request": request}).data}
    return Response(answer, status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


def _wanted_token(request: Request) -> dict[str, Any]:
    """The checked request; an HTTP Basic header stands for the fields of the body."""
    data: Any = request.data.copy()
    for name, value in basic_credentials(request).items():
        data[name] = value
    wanted = TokenRequest(data=data)
    wanted.is_valid(raise_exception=True)
    return dict(wanted.validated_data)


@method_decorator(never_cache, name="dispatch")
class TokenListView(APIView):
    """Your tokens, newest first, without their keys."""

    name = "Tokens"
    permission_classes = (IsSomebody,)

    def get(self, request: Request) -> Response:
        """List the tokens."""
        own = APIToken.objects.for_owner(request.user)
        return Response({"tokens": TokenAnswer(own, many=True, context={"request": request}).data})


@method_decorator(never_cache, name="dispatch")
class TokenDetailView(APIView):
    """One of your tokens. DELETE revokes it, at once and for good."""

    name = "Token"
    permission_classes = (IsSomebody,)

    def get(self, request: Request, public_id: str) -> Response:
        """Describe the token."""
        return Response(TokenAnswer(_own_token(request, public_id), context={"request": request}).data)

    def delete(self, request: Request, public_id: str) -> Response:
        """Revoke the token."""
        revoke_token(_own_token(request, public_id), author_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TokenRotateView(APIView):
    """Replace one of your tokens by one that differs in its key alone.

    Both keys work for `overlap_seconds`, then the old one ends. The new key is in the answer and never
    shown again. A token may rotate itself and no other.
    """

    name = "Rotate a token"
    permission_classes = (IsSomebody,)
    parser_classes = (
        MultiPartParser,
        JSONParser,
        FormParser,
    )
    serializer_class = RotationRequest
    curl = '-H "Authorization: Token $KEY" -X POST'

    def post(self, request: Request, public_id: str) -> Response:
        """Rotate the token."""
        token = _own_token(request, public_id)
        client = client_of(request)
        if client and client.pk != token.pk:
            raise PermissionDenied(
                "A token rotates itself alone; log in to rotate others.", "rotation_not_allowed"
            )
        wanted = RotationRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        overlap = wanted.validated_data["overlap_seconds"]
        try:
            key, new = rotate_token(token, overlap=overlap, author=author_of(request))
        except NotRotatable as error:
            raise Conflict(str(error), error.code) from error
        return _new_key(request, key, new)


class Conflict(APIException):
    """The token is not in a state to do this with."""

    status_code = status.HTTP_409_CONFLICT


def _own_token(request: Request, public_id: str) -> APIToken:
    """Another person's token is as unknown as none."""
    return get_object_or_404(APIToken.objects.for_owner(request.user), public_id=public_id)
