"""Static files, which Nginx serves without asking the application."""

from __future__ import annotations

import gzip

import pytest

from tests.deploy.echo_application import echoing
from tests.deploy.nginx import configure, running

pytestmark = pytest.mark.system

STYLE = b"body { color: black; }"


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    nginx = configure(tmp_path_factory.mktemp("static"))
    folder = nginx.folder / "srv" / "static" / "predictor"
    folder.mkdir(parents=True)
    for name in ("site.css", "site.0123456789ab.css"):
        (folder / name).write_bytes(STYLE)
        (folder / f"{name}.gz").write_bytes(gzip.compress(STYLE))
    with echoing(nginx.socket), running(nginx):
        yield nginx


def test_a_name_with_a_digest_is_kept_for_ever(nginx):
    answer = nginx.https("GET", "/static/predictor/site.0123456789ab.css")

    assert (answer.status, answer.body) == (200, STYLE)
    assert answer.header("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert answer.header("Content-Type") == ["text/css; charset=utf-8"]
    assert answer.header("X-Content-Type-Options") == ["nosniff"]
    assert answer.header("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains"]


def test_any_other_name_is_asked_for_again_after_an_hour(nginx):
    answer = nginx.https("GET", "/static/predictor/site.css")

    assert answer.header("Cache-Control") == ["public, max-age=3600"]


def test_what_was_compressed_beforehand_is_sent_so(nginx):
    answer = nginx.https("GET", "/static/predictor/site.0123456789ab.css", Accept_Encoding="gzip")

    assert answer.header("Content-Encoding") == ["gzip"]
    assert answer.header("Vary") == ["Accept-Encoding"]
    assert gzip.decompress(answer.body) == STYLE


@pytest.mark.parametrize("name", ["gone.css", "gone.0123456789ab.css"])
def test_for_what_is_not_there_the_application_has_the_last_word(nginx, name):
    answer = nginx.https("GET", f"/static/predictor/{name}")

    assert answer.json()["PATH_INFO"] == f"/static/predictor/{name}"
    assert answer.header("Cache-Control") == []


@pytest.mark.parametrize(
    "path", ["/static/../../conf/tls/tls.key", "/static/%2e%2e/%2e%2e/conf/tls/tls.key", "/static/"]
)
def test_nothing_outside_is_served(nginx, path):
    answer = nginx.https("GET", path)

    assert b"PRIVATE KEY" not in answer.body
    assert answer.header("Cache-Control") == []
