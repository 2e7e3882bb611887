"""The image, built from the Dockerfile as it is, runs with no rights, little memory and a read-only root."""

from __future__ import annotations

import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from tests.deploy.container import build_image, container, engine
from tests.deploy.live_site import wait_until

IMAGE = "mnistsite-test:image"
GRACE_PERIOD_S = 60
PREDICT = "/predict"

pytestmark = pytest.mark.timeout(1800)  # The first build installs everything.


@pytest.fixture(scope="module")
def image():
    build_image(IMAGE)
    return IMAGE


@pytest.fixture(scope="module")
def served(image):
    """A container that migrated and serves, and a key that may predict."""
    with container(image) as site:
        site.run("migrate")
        printed = site.run("manage.py", "first_run").stdout
        site.key = re.search(r"API token: +(\S+)", printed)[1]
        site.start()
        wait_until(lambda: is_ready(site), "the container is ready")
        yield site


@pytest.fixture
def site(served):
    """The same; started again where a test has stopped it."""
    if engine("inspect", "--format", "{{.State.Running}}", served.name).stdout.strip() == "false":
        engine("start", served.name)
        wait_until(lambda: is_ready(served), "the container is ready again")
    return served


def ask(site, method, path, **options):
    headers = {"Authorization": f"Token {site.key}", "X-Forwarded-Proto": "https"}
    return requests.request(
        method, f"{site.url}{path}", headers=headers | options.pop("headers", {}), timeout=60, **options
    )


def predict(site, picture):
    return ask(site, "POST", PREDICT, data=picture, headers={"Content-Type": "image/png"})


def is_ready(site):
    try:
        return ask(site, "GET", "/readyz").status_code == 200
    except requests.RequestException:
        return False


def test_the_image_is_smaller_than_450_megabytes(image):
    size = int(engine("image", "inspect", "--format", "{{.Size}}", image).stdout)

    assert size < 450_000_000


def test_the_image_has_no_compiler_no_installer_no_training_and_no_tests(image):
    look = (
        "command -v gcc cc pip pip3 git; ls -d /app/.git /app/tests /app/docs /app/deploy/secrets 2>/dev/null"
    )
    found = engine("run", "--rm", "--entrypoint", "sh", image, "-c", look, check=False)
    imported = engine("run", "--rm", "--entrypoint", "python", image, "-c", "import torch", check=False)

    assert found.stdout == ""
    assert "No module named 'torch'" in imported.stderr


def test_the_image_says_what_it_is_made_of(image):
    labels = json.loads(engine("image", "inspect", "--format", "{{json .Config.Labels}}", image).stdout)
    listed = engine("run", "--rm", "--network", "none", "--entrypoint", "cat", image, "/sbom.cdx.json").stdout

    assert labels["org.opencontainers.image.title"] == "mnistsite"
    assert labels["org.opencontainers.image.version"] == "0.0.0-test"
    assert any(part["name"].lower() == "django" for part in json.loads(listed)["components"])


def test_it_runs_as_nobody_in_particular_with_no_rights(site):
    status = site.status()
    wrote = engine("exec", site.name, "touch", "/app/file", check=False)

    assert status["Uid"].split() == ["10001"] * 4
    assert status["Gid"].split() == ["10001"] * 4
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"
    assert "Read-only file system" in wrote.stderr


def test_it_says_that_it_is_healthy(site):
    checked = engine("exec", site.name, "python", "-IS", "/app/deploy/image/healthcheck.py", check=False)

    assert (checked.returncode, checked.stderr) == (0, "")


def test_each_model_predicts_within_300_megabytes(site, seven):
    models = [model["name"] for model in ask(site, "GET", "/api/v1/models").json()["models"]]

    for model in models:
        answered = ask(
            site, "POST", f"{PREDICT}?model={model}", data=seven, headers={"Content-Type": "image/png"}
        )
        assert answered.status_code == 200, answered.text
        assert answered.json()["model"]["name"] == model
    assert len(models) >= 4
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: predict(site, seven).status_code, range(200)))
    assert answers == [200] * 200
    assert "killed by signal" not in site.logs()  # What uWSGI says of a worker that was one too many.


def test_a_stop_within_the_grace_period_loses_no_request(site, seven):
    """Its worker holds a request that is half sent when the container is told to stop."""
    with half_sent(site, seven) as client:
        time.sleep(1)  # Until it is accepted; what waits in the kernel is nobody's yet.
        stopping = ThreadPoolExecutor(1).submit(engine, "stop", "--time", str(GRACE_PERIOD_S), site.name)
        wait_until(lambda: not listens(site), "it takes no new request")
        started = time.monotonic()
        answer = finish(client, seven)
        stopping.result()

    state = json.loads(engine("inspect", "--format", "{{json .State}}", site.name).stdout)
    assert answer == b"HTTP/1.1 200 OK", site.logs()[-2000:]
    assert (state["ExitCode"], state["OOMKilled"]) == (0, False)
    assert time.monotonic() - started < GRACE_PERIOD_S


def half_sent(site, picture):
    """A connection on which the head of a request and half of its picture have been sent."""
    port = urlsplit(site.url).port
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    lines = (
        *(f"POST {PREDICT} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Token {site.key}"),
        *("X-Forwarded-Proto: https", "Content-Type: image/png", f"Content-Length: {len(picture)}", "", ""),
    )
    connection.sendall("\r\n".join(lines).encode() + picture[: len(picture) // 2])
    return connection


def finish(connection, picture):
    """Send the other half; the status line of the answer."""
    connection.sendall(picture[len(picture) // 2 :])
    return connection.makefile("rb").readline().strip()


def listens(site):
    try:
        with socket.create_connection(("127.0.0.1", urlsplit(site.url).port), timeout=5) as probe:
            probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return probe.recv(1) != b""
    except OSError:
        return False
