"""Requests as a WSGI server hands them on, answered both ways."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass
from typing import Any

from mnistsite.handlers import UTF8WSGIHandler
from predictor.short_way.application import answer_shortly

FORM = "multipart/form-data; boundary=x"

# What differs from one answer to the next, whichever way it came.
PASSING = {"X-Request-ID", "RateLimit", "Set-Cookie"}


def form(*parts: tuple[str, bytes]) -> bytes:
    """A form as curl sends it; the part "file" is a file."""
    lines = []
    for name, content in parts:
        file_name = '; filename="7.png"' if name == "file" else ""
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
        lines.append(head.encode() + content + b"\r\n")
    return b"".join(lines) + b"--x--\r\n"


def in_json(picture: bytes, **fields: Any) -> bytes:
    return json.dumps({"image": base64.b64encode(picture).decode(), **fields}).encode()


@dataclass(frozen=True)
class Answer:
    """What a client is sent."""

    status: str
    headers: dict[str, str]
    body: bytes

    def lasting(self) -> tuple[str, dict[str, str], bytes]:
        """All but what passes: the ids, and what is left of a limit."""
        headers = {name: value for name, value in self.headers.items() if name not in PASSING}
        assert len(self.headers) - len(headers) >= 1
        body = b"" if "html" in headers["Content-Type"] else self.body  # A page's tokens are masked anew.
        for name in PASSING & self.headers.keys():
            body = body.replace(self.headers[name].replace('"', "&quot;").encode(), b"")
        return self.status, headers, body


class Asking:
    """Asks as one client."""

    def __init__(self, key: str) -> None:
        self.key = key

    def environ(
        self, path: str = "/api/v1/predict", body: bytes = b"", kind: str = FORM, **more: Any
    ) -> dict[str, Any]:
        """A POST with the token; an entry of None is left out."""
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "testserver",
            "HTTP_AUTHORIZATION": f"Token {self.key}",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
        }
        return {name: value for name, value in (environ | more).items() if value is not None}

    def shortly(self, *args: Any, **more: Any) -> Answer | None:
        """The short way's answer, if it has one."""
        answered = answer_shortly(self.environ(*args, **more))
        return answered and Answer("200 OK", dict(answered[1]), answered[0])

    def by_django(self, *args: Any, **more: Any) -> Answer:
        """The same by Django."""
        return by_django(self.environ(*args, **more))


def by_django(environ: dict[str, Any]) -> Answer:
    """Django's answer to a request."""
    found: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        found.update(status=status, headers=dict(headers))

    response = UTF8WSGIHandler()(environ, start_response)
    body = b"".join(response)
    response.close()
    return Answer(found["status"], found["headers"], body)
