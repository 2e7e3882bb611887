"""`/metrics`: what it tells, and to whom."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.test import Client

from predictor.access.tokens import issue_token
from predictor.metrics.instruments import show_models
from predictor.recognition.errors import PackageRejected
from predictor.serving import ModelState, ServedModels
from predictor.versions.wanted import Wanted

pytestmark = pytest.mark.django_db
STRANGER = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_may_read(client, address):
    answer = client.get("/metrics", REMOTE_ADDR=address)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert "mnistsite_requests_total" in answer.text


@pytest.mark.parametrize("address", ["192.0.2.7", "", "unix:", "127.0.0.1, 192.0.2.7"])
def test_others_may_not(client, address):
    answer = client.get("/metrics", REMOTE_ADDR=address)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_authenticated"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_loopback(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_a_network_can_be_allowed(client, settings):
    settings.METRICS_ALLOW = [ip_network("192.0.2.0/24")]

    assert client.get("/metrics", **STRANGER).status_code == 200
    assert client.get("/metrics").status_code == 401


@pytest.mark.parametrize(("scope", "status"), [("metrics", 200), ("predict", 403), ("admin:models", 403)])
def test_a_token_needs_the_scope(operator, scope, status):
    key, _token = issue_token(operator, name="prometheus", scopes=[scope])

    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/metrics", **STRANGER)

    assert answer.status_code == status


def test_a_person_who_is_no_superuser_may_not(alice, client):
    client.force_login(alice)

    assert client.get("/metrics", **STRANGER).status_code == 403


def test_a_scrapers_accept_header_is_not_looked_at(client):
    accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4"

    assert client.get("/metrics", headers={"Accept": accept}).status_code == 200


def test_requests_are_counted_by_the_name_of_their_address(client):
    client.get("/no/such/page/12345")
    client.get("/healthz")

    text = client.get("/metrics").text

    assert 'mnistsite_requests_total{method="GET",status="404",view="none"}' in text
    assert 'mnistsite_requests_total{method="GET",status="200",view="healthz"}' in text
    assert 'mnistsite_request_seconds_bucket{le="0.1",view="healthz"}' in text
    assert "12345" not in text


def test_packages_are_shown_with_their_state_and_leave_it_again(client):
    rejection = PackageRejected("digest_mismatch", "some-model 1.0.0: ...")
    bad = ModelState("some-model", "1.0.0", active=True, rejection=rejection)
    show_models(ServedModels([bad], "some-model", {"some-model": Wanted("1.0.0")}))
    series = 'mnistsite_model_package_workers{model="some-model",state="digest_mismatch",version="1.0.0"}'
    before = client.get("/metrics").text

    show_models(ServedModels([], "some-model"))

    assert f"{series} 1.0" in before
    assert f"{series} 0.0" in client.get("/metrics").text
