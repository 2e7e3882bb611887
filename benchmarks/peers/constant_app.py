"""The floor: a WSGI application that answers without looking. What remains is the server's own cost."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b'{"digit": 7}'
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read the body, as any server must, and say seven."""
    environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", HEADERS)
    return [BODY]
