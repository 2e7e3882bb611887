"""Requests whose body is UTF-8, whatever their Content-Type says.

Django takes a request's charset from the client and decodes the query string with it before any middleware
runs. Python's codecs include `hex`, `idna` and `undefined`, so that `Content-Type: image/png; charset=hex`
would end in an error 500 that no handler of ours ever sees.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

# What nearly every client sends; Django's parser, made for mail, takes twenty times as long.
_USUAL = re.compile(r"([a-z]+/[a-z0-9.+-]+)(?:; ?boundary=([A-Za-z0-9'_+-]{1,70}))?")


class _UTF8Request:
    """What both kinds of request share."""

    content_type: str | None
    content_params: dict[str, str] | None

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        header = meta.get("CONTENT_TYPE", "")
        if usual := _USUAL.fullmatch(header):
            self.content_type, boundary = usual.groups()
            self.content_params = {} if boundary is None else {"boundary": boundary}
            return
        try:
            self.content_type, self.content_params = parse_header_parameters(header)
        except ValueError:  # RFC 2231 lets a parameter name a charset of its own.
            self.content_type, self.content_params = header.partition(";")[0].strip().lower(), {}
            meta["CONTENT_TYPE"] = self.content_type  # REST framework reads the header again.


class UTF8WSGIRequest(_UTF8Request, WSGIRequest):
    """A WSGI request that ignores the client's charset."""


class UTF8ASGIRequest(_UTF8Request, ASGIRequest):
    """An ASGI request that ignores the client's charset."""


class UTF8WSGIHandler(WSGIHandler):
    """Django's WSGI application for such requests."""

    request_class = UTF8WSGIRequest


class UTF8ASGIHandler(ASGIHandler):
    """Django's ASGI application for such requests."""

    request_class = UTF8ASGIRequest
