"""Exit 0 where the application server of this container answers `/healthz`, else 1. Needs nothing but Python.

It asks where uWSGI listens: on the Unix socket WEB_SOCKET.operators in its own protocol, or by HTTP on PORT.
"""

from __future__ import annotations

import os
import socket
import struct
import sys

TIMEOUT_S = 4  # Less than the container's own limit for a health check.


def main() -> int:
    """Ask once."""
    try:
        return 0 if _answer().split(b" ", 2)[1:2] == [b"200"] else 1
    except OSError as error:
        sys.stderr.write(f"healthcheck: {error}\n")
        return 1


def _answer() -> bytes:
    path = os.environ.get("WEB_SOCKET")
    if path:
        # Until the server has taken the name, another one may answer by it (deploy/uwsgi/uwsgi.ini).
        if os.path.exists(f"{path}.operators.new"):  # noqa: PTH110 - pathlib would take most of the time
            raise OSError("it is still starting")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT_S)
            connection.connect(f"{path}.operators")
            return _exchange(connection, _uwsgi_request())
    address = ("127.0.0.1", int(os.environ.get("PORT", "8000")))
    with socket.create_connection(address, timeout=TIMEOUT_S) as connection:
        return _exchange(connection, f"GET /healthz HTTP/1.0\r\nHost: {_host()}\r\n\r\n".encode())


def _exchange(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    return connection.recv(256)  # The status line comes first.


def _host() -> str:
    """A host name that the application answers to."""
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return name if name not in {"", "*"} else "localhost"


def _uwsgi_request() -> bytes:
    """A request as Nginx sends it: a head of four bytes, then names and values, each after its length."""
    variables = {
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": "/healthz",
        "PATH_INFO": "/healthz",
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": _host(),
    }
    body = b"".join(
        struct.pack("<H", len(text)) + text.encode() for pair in variables.items() for text in pair
    )
    return struct.pack("<BHB", 0, len(body), 0) + body


if __name__ == "__main__":
    sys.exit(main())
