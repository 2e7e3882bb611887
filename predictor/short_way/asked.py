"""What a program asks, read from a WSGI environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.http.request import split_domain_port, validate_host

from predictor.access.allowance import Allowance
from predictor.api.form_bodies import read_form
from predictor.api.uploads import body_picture
from predictor.models import APIToken
from predictor.recognition.strict_json import load_object

MAX_REMEMBERED = 256

# What asks for nothing but JSON or leaves it to us; a browser asks for a page before all else.
_JSON = frozenset({"", "*/*", "application/json", "application/json, */*", "application/json, */*;q=0.5"})
_PICTURE = re.compile(r"image/[a-z0-9.+-]{1,40}")
_FORM = "multipart/form-data"


class Unusual(Exception):
    """The request is left to Django."""


class Asked:
    """A request whose body was read.

    Attributes:
        meta: the environment, with the headers.
        body: the bytes of the body.
        client: the token that asks.
        allowance: pays for the request.
        data: the body, or its fields once they were read.
    """

    def __init__(self, meta: dict[str, Any], body: bytes, client: APIToken, allowance: Allowance) -> None:
        self.meta = meta
        self.body = body
        self.client = client
        self.allowance = allowance
        self.data: Any = body

    @property
    def query_params(self) -> Mapping[str, str]:
        """The query of the address, of each name the last value."""
        return _query(self.meta.get("QUERY_STRING", ""))

    def read_picture(self) -> bytes:
        """The one picture of the body; what else it says is `data` from then on.

        Raises:
            Unusual: it is neither a form nor JSON nor a picture.
            ValueError: it is no sound JSON.
            ParseError: it has no picture.
        """
        kind = self.meta["CONTENT_TYPE"]
        if kind.startswith(_FORM):
            form = read_form(kind, self.body)
            if form is None:
                raise Unusual
            self.data, picture = form
            return picture
        if kind == "application/json":
            self.data = load_object(self.body)
        elif kind != "application/octet-stream" and not _PICTURE.fullmatch(kind):
            raise Unusual
        return body_picture(self.data)


def is_usual(meta: dict[str, Any]) -> bool:
    """Whether a request may be answered shortly: a program's POST to one of our hosts, as it should come."""
    return (
        meta["REQUEST_METHOD"] == "POST"
        and meta.get("HTTP_ACCEPT", "") in _JSON
        and not meta.get("SCRIPT_NAME")
        and meta.get("PATH_INFO", "").isascii()
        and _is_plain_query(meta.get("QUERY_STRING", ""))
        and (not settings.SECURE_SSL_REDIRECT or is_encrypted(meta))
        and _is_ours(meta.get("HTTP_HOST", ""), tuple(settings.ALLOWED_HOSTS))
    )


def is_encrypted(meta: dict[str, Any]) -> bool:
    """Whether the client speaks HTTPS, to us or to the proxy that we trust; see `HttpRequest.scheme`."""
    if proxy_header := settings.SECURE_PROXY_SSL_HEADER:
        header, secure_value = proxy_header
        if (value := meta.get(header)) is not None:
            return bool(value.split(",", 1)[0].strip() == secure_value)
    return bool(meta["wsgi.url_scheme"] == "https")


@lru_cache(MAX_REMEMBERED)
def _is_ours(host: str, allowed_hosts: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed_hosts)


@lru_cache(MAX_REMEMBERED)
def _is_plain_query(text: str) -> bool:
    """`format` chooses a renderer of REST framework's."""
    return text.isascii() and "format" not in _query(text)


@lru_cache(MAX_REMEMBERED)
def _query(text: str) -> Mapping[str, str]:
    """A query; a program sends the same one again and again."""
    return MappingProxyType(QueryDict(text).dict())
