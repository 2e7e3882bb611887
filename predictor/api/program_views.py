"""The short way through a view of REST framework, for programs that ask often (see `predictor.programs`).

It has the same authentication, limits, permissions, answers and failures as the long one. Left out is what a
program has no use for: choosing a renderer, a version and parsers by patterns, and a template's response.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
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
_FORM = "multipart/form-data"


class ProgramRequest(Request):
    """A program's request, which finds its parser by the plain content type; the rest is REST framework's."""

    def __init__(self, request: HttpRequest, parsers: Mapping[str, BaseParser]) -> None:
        super().__init__(request, list(parsers.values()), _AUTHENTICATORS, _NEGOTIATION)
        self._parser_of = parsers

    def _load_data_and_files(self) -> None:
        """Called by REST framework at the first look at `data` or `FILES`."""
        kind = (self.content_type or "").partition(";")[0].strip().lower()
        parser = self._parser_of.get("image/*" if kind.startswith("image/") else kind)
        read = None
        if parser is not None and self.stream is not None:
            read = self._form() if kind == _FORM else (parser.parse(self.stream), MultiValueDict())
        if read is None:
            super()._load_data_and_files()  # type: ignore[misc] # The stubs do not know it.
        else:
            self._data, self._files = read
            self._full_data = self._data

    def _form(self) -> Any:
        """The form, if it is a usual one; else its bytes are left to Django's parser."""
        body = self.stream.read()
        self._stream = io.BytesIO(body)
        return read_form(self.content_type, body)


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
        self.request = ProgramRequest(request, parsers)
        try:
            self.check_permissions(self.request)  # Which finds the token, and counts the request.
            answer: Any = self.answer(self.request, **kwargs)
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
