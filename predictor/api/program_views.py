"""The short way through a view of REST framework, for programs that ask often (see `predictor.programs`).

It has the same authentication, limits, permissions, answers and failures as the long one. Left out is what a
program has no use for: choosing a renderer, a version and parsers by patterns, and a template's response.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import IO, Any, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictor.access.authentication import TokenAuthentication
from predictor.api.form_bodies import read_form
from predictor.programs import is_from_program

# The form that REST framework's renderer gives to JSON; made once, as making it costs more than its use.
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_NEGOTIATION = DefaultContentNegotiation()
_AUTHENTICATORS = (TokenAuthentication(),)
MAX_QUERIES = 256
_FORM = "multipart/form-data"


@lru_cache(MAX_QUERIES)
def _query(text: str) -> QueryDict:
    """A query; nobody can change it, and a program sends the same one again and again."""
    return QueryDict(text)


class ProgramRequest(Request):
    """A program's request: what views ask of REST framework's, without its look-ups behind each attribute."""

    # Set once it is known who asks; in REST framework's class both are found at the first look.
    user: Any = None
    auth: Any = None
    successful_authenticator: Any = None

    def __init__(self, request: HttpRequest, parsers: Mapping[str, BaseParser]) -> None:
        # Not REST framework's: of what that prepares, most is asked on the long way only.
        self._request = request
        self._parser_of = parsers
        self.authenticators = _AUTHENTICATORS
        self.META = request.META
        self.method = request.method

    def prove(self) -> None:
        """Find out who asks.

        Raises:
            AuthenticationFailed, RateLimited: see `TokenAuthentication`.
        """
        (authenticator,) = _AUTHENTICATORS
        found = authenticator.authenticate(self)
        if found is not None:
            self.user, self.auth = found
            self.successful_authenticator = authenticator

    @property
    def query_params(self) -> Any:
        """The query of the address; see `Request.query_params`."""
        text = self.META.get("QUERY_STRING", "")
        return _query(text) if text.isascii() else self._request.GET

    @cached_property
    def data(self) -> Any:
        """The form, the JSON or the bytes of the body; see `Request.data`."""
        self.data, self.FILES = self._read()
        return self.data

    @cached_property
    def FILES(self) -> Any:  # type: ignore[override] # noqa: N802 - Django's name
        """The files of a form."""
        self.data, self.FILES = self._read()
        return self.FILES

    def _read(self) -> tuple[Any, Any]:
        """Find the parser by the plain content type; what is in the least unusual REST framework reads."""
        request = self._request
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        parser = self._parser_of.get("image/*" if kind.startswith("image/") else kind)
        length = request.META.get("CONTENT_LENGTH") or ""
        if parser is None or not length.isdecimal() or int(length) == 0:
            return self._read_at_length(None)
        if kind != _FORM:
            return parser.parse(cast("IO[bytes]", request)), MultiValueDict()
        body = request.read()
        return read_form(request.META["CONTENT_TYPE"], body) or self._read_at_length(body)

    def _read_at_length(self, body: bytes | None) -> tuple[Any, Any]:
        """The same by REST framework's class, from the bytes that were read already."""
        request = Request(self._request, list(self._parser_of.values()), (), _NEGOTIATION)
        if body is not None:
            request._stream = io.BytesIO(body)  # noqa: SLF001 - what it would find by itself, unread
        return request.data, request.FILES


class ProgramView(APIView):
    """A view that answers a POST; `answer` does so for programs and in the browsable API."""

    def answer(self, *args: Any, **kwargs: Any) -> Any:
        """The answer to a POST, from the request and what its address names: a response, or JSON."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a request of any kind."""
        if not is_from_program(request):
            return super().dispatch(request, *args, **kwargs)
        self.args, self.kwargs = args, kwargs
        parsers = {parser.media_type: parser() for parser in self.parser_classes}
        self.request = asked = ProgramRequest(request, parsers)
        try:
            asked.prove()
            self.check_permissions(asked)
            answer: Any = self.answer(asked, **kwargs)
        except Exception as exc:  # noqa: BLE001 - REST framework's own way; what is unknown is raised again
            answer = self.handle_exception(exc)
        return self._as_json(answer)

    def _as_json(self, answer: dict[str, Any] | HttpResponse) -> HttpResponse:
        if isinstance(answer, Response):
            made = _json_response(answer.data, answer.status_code)
            for name, value in answer.items():
                made.headers.setdefault(name, value)
        else:
            made = answer if isinstance(answer, HttpResponse) else _json_response(answer)
        made.headers["Allow"] = "POST, OPTIONS"
        made.headers.setdefault("Vary", "Accept")
        return made


def _json_response(data: Any, status: int = 200) -> HttpResponse:
    text = _JSON.encode(data).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return HttpResponse(text.encode(), content_type="application/json", status=status)
