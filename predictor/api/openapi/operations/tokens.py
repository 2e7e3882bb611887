"""Tokens: made for credentials, listed, rotated, revoked."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse

from predictor.access.rotation import MAX_OVERLAP, USUAL_OVERLAP
from predictor.access.scopes import SCOPES
from predictor.access.tokens import MAX_DAYS
from predictor.api import token_views
from predictor.api.openapi import examples
from predictor.api.openapi.failures import WITH_BODY, WITH_TOKEN, failures
from predictor.api.openapi.forms import STRING, array, described
from predictor.api.openapi.operations.describing import answer, describe, form, json_or_form

CREDENTIALS = form(
    {
        "username": STRING | {"maxLength": 150},
        "password": STRING | {"maxLength": 4096, "format": "password"},
        "name": described(STRING, "What will use the token.") | {"maxLength": 100},
        "scopes": array({"enum": list(SCOPES)}, minItems=1, maxItems=len(SCOPES))
        | {"description": "Without it, predict. Superusers alone may give admin:models and metrics."},
        "models": array(STRING | {"maxLength": 100}, maxItems=100)
        | {"description": "The models that the token may ask, by name; without it all."},
        "expires_in_days": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_DAYS,
            "description": "Without it the token does not expire.",
        },
    }
)
describe(
    token_views.TokenView,
    "post",
    "create_token",
    "Tokens",
    description="The key is in the answer and never shown again. Name and password come by HTTP Basic, or as "
    "fields of JSON or of a form; the other fields are optional.",
    request=json_or_form(CREDENTIALS, examples.CREDENTIALS),
    auth=[{"basicAuth": []}, {}],
    responses={201: answer("NewToken", "The token, with its key.", examples.NEW_TOKEN)}
    | failures(
        *WITH_BODY,
        "invalid_request",
        "invalid_json",
        "invalid_credentials",
        "scope_not_allowed",
        "locked_out",
    ),
)
describe(
    token_views.TokenListView,
    "get",
    "list_tokens",
    "Tokens",
    responses={
        200: answer("TokenList", "The tokens.", {"tokens": [examples.LIMITED_TOKEN, examples.ROTATED_TOKEN]})
    }
    | failures(*WITH_TOKEN),
)
describe(
    token_views.TokenDetailView,
    "get",
    "get_token",
    "Tokens",
    summary="One of your tokens",
    description="What it may do, how much it may ask for, until when it works, and what replaced it.",
    responses={200: answer("Token", "The token.", examples.TOKEN)} | failures(*WITH_TOKEN, "not_found"),
)
describe(
    token_views.TokenDetailView,
    "delete",
    "revoke_token",
    "Tokens",
    summary="Revoke one of your tokens",
    description="At once and for good, with the tokens that replaced it. Revoking it again changes nothing.",
    responses={204: OpenApiResponse(description="It is revoked.")} | failures(*WITH_TOKEN, "not_found"),
)

_OVERLAP_S = int(USUAL_OVERLAP.total_seconds())
ROTATION = form(
    {
        "overlap_seconds": {
            "type": "integer",
            "minimum": 0,
            "maximum": int(MAX_OVERLAP.total_seconds()),
            "default": _OVERLAP_S,
            "description": "How long the old key works on, in seconds; never beyond its own end.",
        }
    }
)
describe(
    token_views.TokenRotateView,
    "post",
    "rotate_token",
    "Tokens",
    request=json_or_form(ROTATION, {"overlap_seconds": 86400}),
    responses={201: answer("NewToken", "The new token, with its key.", examples.SUCCESSOR)}
    | failures(
        *WITH_BODY,
        *WITH_TOKEN,
        "invalid_request",
        "invalid_json",
        "rotation_not_allowed",
        "not_found",
        "already_rotated",
        "token_ended",
    ),
)
