"""Nginx and uWSGI from the shipped configuration, driven over HTTPS as people and programs do."""

from __future__ import annotations

import io
import re
import signal
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event
from urllib.parse import urlencode

import pytest
from PIL import Image

from tests.deploy.nginx import Nginx, configure, running
from tests.deploy.uwsgi import UWSGI, environment, prepare, serving
from tests.people import PASSWORD

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("nginx-and-uwsgi"), pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Site:
    nginx: Nginx
    uwsgi: UWSGI
    key: str

    def predict(self, picture: bytes, **headers: str):
        headers = {"Authorization": f"Token {self.key}", "Content_Type": "image/png", **headers}
        return self.nginx.https("POST", "/api/v1/predict", picture, **headers)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with site_in(tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def site_in(folder):
    nginx = configure(folder)
    settings = environment(
        folder,
        WEB_SOCKET=str(nginx.socket),
        WEB_CONCURRENCY="2",
        STATIC_ROOT=str(folder / "srv" / "static"),
    )
    key = prepare(settings)
    with serving(folder, settings) as uwsgi, running(nginx):
        yield Site(nginx, uwsgi, key)


def test_a_picture_is_recognised(site, seven):
    answer = site.predict(seven)

    assert answer.status == 200
    assert answer.json()["digit"] == 7


def test_one_request_id_is_in_the_answer_and_in_all_logs(site, seven):
    answer = site.predict(seven, X_Request_ID="seven-4711")

    assert answer.header("X-Request-ID") == ["seven-4711"]
    assert answer.json()["request_id"] == "seven-4711"
    assert [line["path"] for line in site.nginx.logged("seven-4711")] == ["/api/v1/predict"]
    assert [line["path"] for line in site.uwsgi.logged("seven-4711")] == ["/api/v1/predict"]


def test_no_log_line_holds_a_key_or_a_query(site, seven):
    site.predict(seven)
    site.nginx.https("GET", "/upload/?secret=4711", X_Request_ID="no-query")

    site.nginx.logged("no-query")
    site.uwsgi.logged("no-query")
    logged = (site.nginx.folder / "access.log").read_text() + (site.uwsgi.folder / "uwsgi.log").read_text()
    assert site.key not in logged
    assert "secret=4711" not in logged


def test_what_uwsgi_itself_says_is_json_too(site):
    said = [line for line in site.uwsgi.log() if line["logger"] == "uwsgi"]

    assert any("WSGI app 0" in str(line["event"]) for line in said)


EVERYWHERE = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TOO_LARGE = {"Content_Length": str(80 * 1024 * 1024)}
ANSWERS = {
    "drawing page": ("GET", "/", {}, 200),
    "upload page": ("GET", "/upload/", {}, 200),
    "models": ("GET", "/models/", {}, 200),
    "log-in": ("GET", "/accounts/login/", {}, 200),
    "log-in of the admin": ("GET", "/admin/login/", {}, 200),
    "redirect to log-in": ("GET", "/admin/", {}, 302),
    "API docs": ("GET", "/api/docs/", {}, 200),
    "OpenAPI document": ("GET", "/api/schema/", {}, 200),
    "JSON": ("GET", "/api/v1/models", {}, 200),
    "JSON error": ("POST", "/api/v1/predict", {}, 401),
    "protocol": ("GET", "/v2", {}, 200),
    "protocol error": ("GET", "/v2/models/nobody", {}, 404),
    "page that is not there": ("GET", "/nowhere/", {}, 404),
    "host that is not ours": ("GET", "/", {"Host": "evil.example"}, 400),
    "static file": ("GET", "/static/predictor/site.css", {}, 200),
    "static file that is not there": ("GET", "/static/nothing.css", {}, 404),
    "page of an error of Nginx": ("POST", "/upload/", TOO_LARGE, 413),
    "JSON of an error of Nginx": ("POST", "/api/v1/predict", TOO_LARGE, 413),
    "protocol's error of Nginx": ("POST", "/v2/models/mnist-cnn/infer", TOO_LARGE, 413),
}


@pytest.mark.parametrize(("method", "path", "headers", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_carries_every_security_header_once(site, method, path, headers, status):
    answer = site.nginx.https(method, path, b"" if headers == TOO_LARGE else None, **headers)

    assert answer.status == status
    assert {name: answer.header(name) for name in EVERYWHERE} == {
        name: [value] for name, value in EVERYWHERE.items()
    }
    assert len(answer.header("X-Request-ID")) == 1
    assert answer.header("Server") == ["nginx"]
    if answer.header("Content-Type")[0].startswith("text/html"):
        (policy,) = answer.header("Content-Security-Policy")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_cookies_are_for_https_alone_and_for_no_script_and_no_other_site(site):
    page = site.nginx.https("GET", "/accounts/login/")
    (first,) = page.header("Set-Cookie")
    secret = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body.decode())[1]
    form = urlencode({"csrfmiddlewaretoken": secret, "username": "admin", "password": PASSWORD}).encode()
    entered = site.nginx.https(
        "POST",
        "/accounts/login/",
        form,
        Cookie=first.partition(";")[0],
        Referer="https://digits.example/accounts/login/",
        Content_Type="application/x-www-form-urlencoded",
    )

    cookies = {cookie.partition("=")[0]: set(cookie.split("; ")) for cookie in entered.header("Set-Cookie")}
    assert entered.status == 302
    assert set(cookies) == {"csrftoken", "sessionid"}
    for marks in [*cookies.values(), set(first.split("; "))]:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= marks


def test_the_style_sheet_that_a_page_names_is_served_by_nginx_for_ever(site):
    page = site.nginx.https("GET", "/").body.decode()
    (style,) = re.findall(r'href="(/static/predictor/site\.[0-9a-f]{12}\.css)"', page)

    answer = site.nginx.https("GET", style, Accept_Encoding="gzip", X_Request_ID="style")

    assert answer.status == 200
    assert answer.header("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert answer.header("Content-Encoding") == ["gzip"]
    assert [line["upstream_seconds"] for line in site.nginx.logged("style")] == [""]


def test_a_request_without_a_token_is_401_in_the_application_s_words(site):
    answer = site.nginx.https("POST", "/api/v1/predict", b"")

    assert (answer.status, answer.json()["error"]["code"]) == (401, "not_authenticated")
    assert answer.header("WWW-Authenticate") != []


def test_a_request_between_the_limits_is_refused_by_the_application(site):
    answer = site.predict(bytes(8 * 1024 * 1024))

    assert (answer.status, answer.json()["error"]["code"]) == (413, "request_too_large")


def test_a_request_beyond_the_limit_of_nginx_is_refused_in_the_same_shape(site):
    answer = site.predict(b"", Content_Length=str(25 * 1024 * 1024))

    assert (answer.status, answer.json()["error"]["code"]) == (413, "request_too_large")


def test_a_host_that_is_not_ours_is_refused(site):
    answer = site.nginx.https("GET", "/", Host="evil.example")

    assert answer.status == 400


def test_a_long_head_that_nginx_takes_reaches_the_application(site):
    answer = site.nginx.https("GET", "/models/", Cookie="a=" + "x" * 7000, X_Long="y" * 7000)

    assert answer.status == 200


@pytest.mark.parametrize(("path", "status"), [("/healthz", "ok"), ("/readyz", "ready")])
def test_probes_are_answered_on_the_operators_port(site, path, status):
    assert site.nginx.operators(path).json()["status"] == status


@pytest.fixture
def photograph(seven):
    """The same seven on 12 megapixels, which take a while."""
    content = io.BytesIO()
    Image.open(io.BytesIO(seven)).convert("RGB").resize((4000, 3000)).save(content, "JPEG")
    return content.getvalue()


def test_probes_do_not_wait_behind_a_queue_of_pictures(site, photograph):
    """More pictures wait than were answered when the probe is."""
    with ThreadPoolExecutor(48) as pool:
        clients = [pool.submit(site.predict, photograph) for _ in range(48)]
        wait(clients, return_when=FIRST_COMPLETED)
        assert site.nginx.operators("/readyz").status == 200
        waiting = sum(not client.done() for client in clients)
        answers = [client.result().status for client in clients]

    assert waiting > 24
    assert answers == [200] * 48


def test_a_restart_of_the_application_server_fails_no_request(site, seven):
    statuses, done = [], Event()

    def keep_asking() -> None:
        while not done.is_set():
            statuses.append(site.predict(seven).status)

    def wait_for_answers(count: int) -> None:
        while len(statuses) < count:
            done.wait(0.05)

    before = len(site.uwsgi.events("model_ready"))
    with ThreadPoolExecutor() as pool:
        clients = [pool.submit(keep_asking) for _ in range(4)]
        try:
            wait_for_answers(8)
            site.uwsgi.process.send_signal(signal.SIGHUP)
            while len(site.uwsgi.events("model_ready")) < before + 2:
                done.wait(0.1)
            wait_for_answers(len(statuses) + 8)
        finally:
            done.set()
        for client in clients:
            client.result()

    assert set(statuses) == {200}


def test_another_server_takes_over_without_a_failed_request(tmp_path, seven):
    """As a release is replaced by Compose: the next one starts beside it, and it is stopped then."""
    nginx = configure(tmp_path, changes={"rate=100r/s": "rate=100000r/s"})
    unlimited = {"RATE_LIMIT_PER_TOKEN": "1000000"}
    settings = environment(tmp_path, WEB_SOCKET=str(nginx.socket), WEB_CONCURRENCY="1", **unlimited)
    key, done = prepare(settings), Event()
    answers = [[], [], [], []]
    beside = tmp_path / "beside"
    beside.mkdir()

    def keep_asking(mine: list[int]) -> None:
        while not done.is_set():
            mine.append(Site(nginx, first, key).predict(seven).status)

    def wait_for_everybody() -> None:
        before = [len(mine) for mine in answers]
        while any(len(mine) == count for mine, count in zip(answers, before, strict=True)):
            done.wait(0.05)

    with ExitStack() as stack, running(nginx), ThreadPoolExecutor() as pool:
        first = stack.enter_context(serving(tmp_path, settings))
        clients = [pool.submit(keep_asking, mine) for mine in answers]
        try:
            wait_for_everybody()
            taken = nginx.socket.stat().st_ino
            metrics = {"PROMETHEUS_MULTIPROC_DIR": str(beside / "metrics")}
            stack.enter_context(serving(beside, settings | metrics))
            while nginx.socket.stat().st_ino == taken:
                done.wait(0.1)
            wait_for_everybody()  # What waited for the first one then is answered.
            first.process.send_signal(signal.SIGTERM)
            first.process.wait()
            wait_for_everybody()
        finally:
            done.set()
        for client in clients:
            client.result()

    assert {status for mine in answers for status in mine} == {200}


def test_uwsgi_stops_when_asked_and_nginx_answers_what_came_too_late(tmp_path, seven):
    nginx = configure(tmp_path)
    settings = environment(tmp_path, WEB_SOCKET=str(nginx.socket), WEB_CONCURRENCY="1")
    key = prepare(settings)
    with serving(tmp_path, settings) as uwsgi, running(nginx), ThreadPoolExecutor() as pool:
        site = Site(nginx, uwsgi, key)
        site.predict(seven)
        clients = [pool.submit(site.predict, seven) for _ in range(4)]
        while len([line for line in nginx.log() if line["path"] == "/api/v1/predict"]) < 2:
            pass
        uwsgi.process.send_signal(signal.SIGTERM)
        answers = [client.result() for client in clients]

        # What still waits in the socket's queue is answered by Nginx; a pod drains before it is stopped.
        assert {answer.status for answer in answers} <= {200, 502}
        assert all(answer.json()["error"]["code"] for answer in answers if answer.status != 200)
        assert uwsgi.process.wait() == 0


@pytest.mark.parametrize("offered", ["evil id", "x" * 65, '"}{"level":"error', "a;b", "<script>"])
def test_a_hostile_request_id_is_replaced_by_one_that_both_logs_share(site, seven, offered):
    answer = site.predict(seven, X_Request_ID=offered)

    (given,) = answer.header("X-Request-ID")
    assert re.fullmatch("[0-9a-f]{32}", given)
    assert answer.json()["request_id"] == given
    assert len(site.nginx.logged(given)) == len(site.uwsgi.logged(given)) == 1


def test_what_nginx_answers_alone_has_one_request_id_too(site):
    answer = site.predict(b"", Content_Length=str(25 * 1024 * 1024), X_Request_ID="too-large-4711")

    assert answer.header("X-Request-ID") == ["too-large-4711"]
    assert answer.json()["error"]["request_id"] == "too-large-4711"
    assert [line["status"] for line in site.nginx.logged("too-large-4711")] == [413]
    assert [line for line in site.uwsgi.log() if line.get("request_id") == "too-large-4711"] == []
