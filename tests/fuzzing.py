"""What the fuzzers share: how many examples they make up, and a request as a server hands it on."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping

from mnistsite.wsgi import application

# Few by default, which continuous integration has time for; 5000 for a thorough search.
FUZZ_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))


def post(
    path: str, body: bytes, content_type: str, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and body of the answer to a POST, asked of the WSGI application as servers do."""
    seen: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    response = application(environ, lambda status, headers: seen.append((status, headers)))
    answer = b"".join(response)
    response.close()
    status, answered = seen[0]
    return int(status[:3]), dict(answered), answer
