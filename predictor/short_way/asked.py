"""What a program asks, read from a WSGI environment."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
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
    """

    def __init__(self, meta: dict[str, Any], body: bytes, client: APIToken, allowance: Allowance) -> None:
        self.meta = meta
        self.body = body
        self.client = client
        self.allowance = allowance
        self._file: bytes | None = None

    @property
    def query_params(self) -> QueryDict:
        """The query of the address."""
        return _query(self.meta.get("QUERY_STRING", ""))

    @cached_property
    def data(self) -> Any:
        """The fields of a form, a JSON object, or the bytes of a picture.

        Raises:
            Unusual: it is none of these.
            ValueError: it is no sound JSON.
        """
        kind = self.meta["CONTENT_TYPE"]
        if kind.startswith(_FORM):
            form = read_form(kind, self.body)
            if form is None:
                raise Unusual
            fields, self._file = form
            return fields
        if kind == "application/json":
            return load_object(self.body)
        if kind == "application/octet-stream" or _PICTURE.fullmatch(kind):
            return self.body
        raise Unusual

    @property
    def picture(self) -> bytes:
        """The one picture.

        Raises:
            ParseError: there is none.
            Unusual, ValueError: see `data`.
        """
        body = self.data  # Finds the file of a form.
        return body_picture(body) if self._file is None else self._file


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
    if settings.SECURE_PROXY_SSL_HEADER:
        header, secure_value = settings.SECURE_PROXY_SSL_HEADER
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
def _query(text: str) -> QueryDict:
    """A query; nobody can change it, and a program sends the same one again and again."""
    return QueryDict(text)
