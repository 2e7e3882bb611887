"""Which requests a program sends to be answered often: pictures in, with a token, JSON out.

They go a short way: past the middleware that serves people's sessions, and past what REST framework does to
find out who asks in what form. A person in the browsable API, a log-in, another way of answering or a method
other than POST go the long way to the same answer.
"""

from __future__ import annotations

import re

from django.http import HttpRequest

# The schemes that lead to a token, and nowhere else: no session or form is asked then.
TOKEN_SCHEMES = frozenset({"token", "bearer"})

_PATHS = re.compile(
    r"/predict|/api/v1/(models/[^/]+/versions/[^/]+/)?predict|/api/v1/predict/batch"
    r"|/v2/models/[^/]+/(versions/[^/]+/)?infer"
)
# What asks for nothing but JSON or leaves it to us; a browser asks for a page before all else.
_JSON = frozenset({"", "*/*", "application/json", "application/json, */*", "application/json, */*;q=0.5"})


def is_from_program(request: HttpRequest) -> bool:
    """Whether a request goes the short way."""
    known: bool | None = getattr(request, "from_program", None)
    if known is None:
        known = _is_from_program(request)
        request.from_program = known  # type: ignore[attr-defined] # Asked several times.
    return known


def _is_from_program(request: HttpRequest) -> bool:
    scheme, _, _key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return (
        request.method == "POST"
        and scheme.lower() in TOKEN_SCHEMES
        and request.META.get("HTTP_ACCEPT", "") in _JSON
        and "format=" not in request.META.get("QUERY_STRING", "")
        and _PATHS.fullmatch(request.path_info) is not None
    )
