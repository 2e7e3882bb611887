"""The headers that all answers share, made once by the middleware that makes them for Django's."""

from __future__ import annotations

import io
from functools import cache
from typing import cast

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from predictor.middleware import ContentSecurityPolicyMiddleware, GetResponse


@cache
def standing_headers(*, encrypted: bool) -> list[tuple[str, str]]:
    """Names and values, over HTTPS or without it."""
    framed = cast("GetResponse", XFrameOptionsMiddleware(lambda _request: HttpResponse()))
    answer = cast("GetResponse", SecurityMiddleware(ContentSecurityPolicyMiddleware(framed)))
    scheme = "https" if encrypted else "http"
    request = WSGIRequest({"REQUEST_METHOD": "POST", "wsgi.url_scheme": scheme, "wsgi.input": io.BytesIO()})
    return [each for each in answer(request).items() if each[0] != "Content-Type"]
