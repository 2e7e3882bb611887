"""`nginx -t`, and what Nginx tells the application."""

from __future__ import annotations

import subprocess

import pytest

from tests.deploy.echo_application import echoing
from tests.deploy.nginx import command, configure, running
from tests.system import require_program

pytestmark = pytest.mark.system

# Nginx 1.25 and newer prefer a directive that older ones do not know.
KNOWN_WARNING = 'the "listen ... http2" directive is deprecated'


@pytest.mark.parametrize("entrance", ["tls", "behind-ingress"])
def test_nginx_takes_the_configuration_without_a_warning(tmp_path, entrance):
    nginx = configure(tmp_path, entrance)

    check = subprocess.run(  # noqa: S603 - a fixed command
        [*command(nginx), "-t"], capture_output=True, text=True, check=False
    )

    complaints = [line for line in check.stderr.splitlines() if "[" in line and KNOWN_WARNING not in line]
    assert (check.returncode, complaints) == (0, [])


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    """An Nginx that ends TLS, before an application that says what it was told."""
    nginx = configure(tmp_path_factory.mktemp("edge"))
    with echoing(nginx.socket), running(nginx):
        yield nginx


@pytest.fixture(scope="module")
def inner(tmp_path_factory):
    """An Nginx behind an ingress controller on this machine."""
    folder = tmp_path_factory.mktemp("inner")
    nginx = configure(folder, "behind-ingress", {"set_real_ip_from 10.0.0.0/8": "set_real_ip_from 127.0.0.1"})
    with echoing(nginx.socket), running(nginx):
        yield nginx


def test_a_client_cannot_claim_another_address_or_scheme(edge):
    told = edge.https(
        "GET",
        "/api/v1/models",
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="http",
        X_Real_IP="203.0.113.9",
        Forwarded="for=203.0.113.9",
    ).json()

    assert told["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert told["HTTP_X_FORWARDED_PROTO"] == "https"
    assert "HTTP_FORWARDED" not in told
    assert "HTTP_X_REAL_IP" not in told


def test_the_application_learns_host_path_and_query(edge):
    told = edge.https("GET", "/models/mnist-cnn/?a=1&b=%C3%A4").json()

    assert told["HTTP_HOST"] == "digits.example"
    assert told["PATH_INFO"] == "/models/mnist-cnn/"
    assert told["QUERY_STRING"] == "a=1&b=%C3%A4"


def test_a_plain_request_id_is_passed_on(edge):
    told = edge.https("GET", "/", X_Request_ID="order-4711.a_b").json()

    assert told["HTTP_X_REQUEST_ID"] == "order-4711.a_b"


@pytest.mark.parametrize("offered", ["", "two words", "x" * 65, 'a"b', "ä"])
def test_any_other_request_id_is_replaced(edge, offered):
    told = edge.https("GET", "/", X_Request_ID=offered).json()

    assert len(told["HTTP_X_REQUEST_ID"]) == 32
    assert told["HTTP_X_REQUEST_ID"] != offered


def test_a_body_in_chunks_reaches_the_application_with_its_length(edge):
    chunks = iter([b"abc", b"defg"])

    told = edge.https("POST", "/predict", chunks).json()

    assert told["CONTENT_LENGTH"] == "7"


def test_behind_an_ingress_its_word_on_client_and_scheme_counts(inner):
    told = inner.http("GET", "/", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https").json()

    assert told["HTTP_X_FORWARDED_FOR"] == "203.0.113.9"
    assert told["REMOTE_ADDR"] == "203.0.113.9"
    assert told["HTTP_X_FORWARDED_PROTO"] == "https"


def test_behind_an_ingress_a_client_cannot_prepend_an_address(inner):
    told = inner.http("GET", "/", X_Forwarded_For="198.51.100.1, 203.0.113.9").json()

    assert told["HTTP_X_FORWARDED_FOR"] == "203.0.113.9"
    assert told["HTTP_X_FORWARDED_PROTO"] == "http"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_operators_are_judged_by_their_own_address(edge, path):
    told = edge.operators(path, X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https").json()

    assert told["PATH_INFO"] == path
    assert told["HTTP_HOST"] == "localhost"
    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert not {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"} & told.keys()


@pytest.mark.parametrize("path", ["/", "/admin/", "/api/v1/predict"])
def test_nothing_else_is_served_on_the_operators_port(edge, path):
    assert edge.operators(path).status == 404


def test_nginx_answers_for_itself_where_the_application_is_gone(tmp_path):
    with running(configure(tmp_path)) as nginx:
        assert nginx.operators("/nginx-healthz").json() == {"status": "ok"}


def test_plain_http_is_sent_to_https_with_method_and_query(edge):
    answer = edge.http("POST", "/api/v1/predict?explain=true")

    assert answer.status == 308
    assert answer.header("Location") == ["https://digits.example/api/v1/predict?explain=true"]


def test_http_2_is_spoken(edge):
    curl = [
        require_program("curl"),
        "--silent",
        "--cacert",
        str(edge.folder / "conf" / "tls" / "tls.crt"),
        "--output",
        "/dev/null",
    ]

    version = subprocess.run(  # noqa: S603 - a fixed command
        [*curl, "--write-out", "%{http_version}", f"https://localhost:{edge.https_port}/"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert version.stdout == "2"


def test_while_it_drains_it_asks_clients_to_go_elsewhere(tmp_path):
    nginx = configure(tmp_path)
    with echoing(nginx.socket), running(nginx):
        before = nginx.https("POST", "/predict", b"abc")
        (tmp_path / "tmp" / "draining").touch()
        after = nginx.https("POST", "/predict", b"abc")

    assert (before.status, before.header("Connection")) == (200, ["keep-alive"])
    assert (after.status, after.header("Connection")) == (200, ["close"])
    assert after.json()["REQUEST_METHOD"] == "POST"
    assert after.json()["CONTENT_LENGTH"] == "3"
