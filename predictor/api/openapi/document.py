"""The OpenAPI document as a whole: what drf-spectacular gathers, and what holds of every address."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

from predictor.api.openapi.components import COMPONENTS

PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")

_SECONDS = {"type": "integer", "minimum": 0}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The id of the request: its own, if it sent a plain one of up to 64 characters.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "schema": {"type": "string"},
    },
    "Allow": {"description": "The methods that the address has.", "schema": {"type": "string"}},
    "Retry-After": {"description": "After how many seconds to ask again.", "schema": _SECONDS},
    "RateLimit": {
        "description": "Where the client stands: r is what is left, t after how many seconds all of it is "
        "there again. Absent where the site sets no limit, or the request was refused before it was counted.",
        "schema": {"type": "string", "pattern": r'^"(token|address)";r=\d+;t=\d+$'},
        "example": '"token";r=5999;t=60',
    },
    "RateLimit-Policy": {
        "description": "Whose limit it is, the token's or the address's: q may be spent in w seconds.",
        "schema": {"type": "string", "pattern": r'^"(token|address)";q=\d+;w=\d+$'},
        "example": '"token";q=6000;w=60',
    },
}
HEADERS_OF_ALL = ("X-Request-ID",)
HEADERS_OF_COUNTED = ("RateLimit", "RateLimit-Policy")
NEVER_COUNTED = ("406", "411")  # They are refused before.
HEADERS_OF_STATUS = {
    "401": ("WWW-Authenticate",),
    "405": ("Allow",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
# HTTP Basic does instead of a token's form; every field of a rotation has a default.
WITHOUT_BODY_TOO = ("create_token", "rotate_token")
BASIC_AUTH = {"type": "http", "scheme": "basic", "description": "User name and password, for a token alone."}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # It registers itself.
    """`Authorization: Token KEY`, or `Bearer KEY`."""

    target_class = "predictor.access.authentication.TokenAuthentication"
    name = ["tokenAuth", "bearerAuth"]  # noqa: RUF012 - drf-spectacular's form

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Either of the two."""
        return [{"tokenAuth": []}, {"bearerAuth": []}]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """How each is sent."""
        return [
            {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "The word Token, a space and the token's key: Token mns_...",
            },
            {"type": "http", "scheme": "bearer", "description": "The token's key: Bearer mns_..."},
        ]


def only_version_1(endpoints: list[Any]) -> list[Any]:
    """drf-spectacular's preprocessing hook. `/predict` is the same as `/api/v1/predict`."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook: add the answers' forms, and the headers of every answer."""
    components = result.setdefault("components", {})
    components["schemas"] = dict(sorted((components.get("schemas", {}) | COMPONENTS).items()))
    components["headers"] = HEADERS
    components.setdefault("securitySchemes", {})["basicAuth"] = BASIC_AUTH
    for operation in operations(result):
        if "requestBody" in operation:
            operation["requestBody"]["required"] = operation["operationId"] not in WITHOUT_BODY_TOO
        for status, response in operation["responses"].items():
            names = _headers_of(status)
            response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
            if status >= "400":
                _share_examples(response, components.setdefault("examples", {}))
    return result


def _headers_of(status: str) -> tuple[str, ...]:
    """The names of the headers of an answer with this status."""
    counted = () if status in NEVER_COUNTED else HEADERS_OF_COUNTED
    return (*HEADERS_OF_ALL, *HEADERS_OF_STATUS.get(status, ()), *counted)


def _share_examples(response: dict[str, Any], shared: dict[str, Any]) -> None:
    """Keep each failure's example once."""
    (content,) = response["content"].values()
    shared.update(content["examples"])
    content["examples"] = {name: {"$ref": f"#/components/examples/{name}"} for name in content["examples"]}


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a document."""
    for path in document["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


@cache
def openapi_document() -> dict[str, Any]:
    """The document; it is the same for everyone and for as long as the process lives."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document
