"""A site to ask, of which the tests decide how it answers; and no waiting."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.api.conftest import picture, tiny_digits, tiny_site  # noqa: F401 - fixtures


class ScriptedSite:
    """Answers each request with the next of its answers: (status, headers, body), or None to hang up."""

    def __init__(self):
        self.answers = []
        self.requests = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                site.requests.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                answer = site.answers.pop(0)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST  # noqa: N815 - http.server's name

            def log_message(self, *_):
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def site():
    site = ScriptedSite()
    yield site
    site.close()


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How many seconds the client would have waited, each time."""
    waits = []
    monkeypatch.setattr("mnistsite_client.transport.sleep", waits.append)
    return waits
