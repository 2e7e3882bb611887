"""A worker that ends before it answers: Nginx asks another one, where the request may be asked twice."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.nginx import configure, running

pytestmark = pytest.mark.system

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def ends_then_answers(path: Path) -> Iterator[None]:
    """An application server whose first worker ends with the request unread, and whose second answers."""

    def serve() -> None:
        first, _ = listener.accept()
        first.recv(1)  # Arrived; what is left unread makes the end of the connection a reset.
        first.close()
        second, _ = listener.accept()
        with second:
            second.recv(65536)
            second.sendall(ANSWER)

    with socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor(1) as pool:
        listener.bind(str(path))
        listener.listen()
        listener.settimeout(10)
        served = pool.submit(serve)
        yield
        served.result()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/models/"),
        ("GET", "/admin/"),
        ("POST", "/"),
        ("POST", "/compare/"),
        ("POST", "/upload/"),
        ("POST", "/predict"),
        ("POST", "/api/v1/predict"),
        ("POST", "/api/v1/predict?model=mnist-cnn"),
        ("POST", "/api/v1/predict/batch"),
        ("POST", "/api/v1/read"),
        ("POST", "/v2/models/mnist-cnn/infer"),
        ("POST", "/v2/models/mnist-cnn/versions/1.3.0/infer"),
    ],
)
def test_what_changes_nothing_is_asked_again(tmp_path, method, path):
    nginx = configure(tmp_path)
    with running(nginx), ends_then_answers(nginx.socket):
        answer = nginx.https(method, path, b"a body" if method == "POST" else None)

    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize(
    "path",
    ["/feedback/", "/api/v1/feedback", "/api/v1/tokens", "/api/v1/models/mnist-cnn/rollback", "/admin/"],
)
def test_what_changes_something_is_asked_once(tmp_path, path):
    nginx = configure(tmp_path)
    with running(nginx), ends_then_answers(nginx.socket):
        first = nginx.https("POST", path, b"a body")
        second = nginx.https("POST", path, b"a body")

    assert (first.status, second.status) == (502, 200)


def test_an_end_is_not_held_against_the_server(tmp_path):
    """Both entries of the server stay in use: with `max_fails` they would be left out for ten seconds."""
    nginx = configure(tmp_path)
    with running(nginx):
        for _ in range(3):
            with ends_then_answers(nginx.socket):
                assert nginx.https("POST", "/api/v1/predict", b"a body").status == 200
            nginx.socket.unlink()
