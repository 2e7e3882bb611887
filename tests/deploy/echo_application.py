"""Stands for uWSGI: answers every request with the variables that Nginx told it, as JSON."""

from __future__ import annotations

import json
import socketserver
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        _modifier, length, _modifier2 = struct.unpack("<BHB", self.rfile.read(4))
        texts = list(_texts(self.rfile.read(length)))
        told = dict(zip(texts[::2], texts[1::2], strict=True))
        self.rfile.read(int(told.get("CONTENT_LENGTH") or 0))
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        self.wfile.write(json.dumps(told).encode())


def _texts(block: bytes) -> Iterator[str]:
    at = 0
    while at < len(block):
        (length,) = struct.unpack_from("<H", block, at)
        yield block[at + 2 : at + 2 + length].decode()
        at += 2 + length


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextmanager
def echoing(path: Path) -> Iterator[None]:
    """Listen where the application does, on a Unix socket and beside it on that for operators, and stop."""
    with _listening(path), _listening(path.with_name(f"{path.name}.operators")):
        yield


@contextmanager
def _listening(path: Path) -> Iterator[None]:
    with _Server(str(path), _Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
