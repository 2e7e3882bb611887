"""The database and Redis stop, hang and come back while a real site serves."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import requests

from tests.deploy.live_site import LiveSite, live_site, wait_until
from tests.packages import SIGNING_KEY, public_pem, write_package
from tests.servers import Server, postgresql, redis_server

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

USAGE = (
    "from django.db.models import Sum; from predictor.models import TokenUsage; "
    "print(TokenUsage.objects.aggregate(n=Sum('count'))['n'] or 0)"
)


@dataclass
class Surroundings:
    """A site and the servers that it depends on."""

    site: LiveSite
    database: Server
    redis: Server
    answered: int = 0  # Predictions, since the site began.

    def predict(self, picture, key=""):
        key = key or self.site.predict_key
        answer = self.site.call("POST", "/api/v1/predict", key, "image/png", data=picture)
        self.answered += answer.status_code == 200
        return answer

    def ask(self, method, path, **options):
        """As somebody without a token."""
        return requests.request(method, f"{self.site.url}{path}", timeout=60, **options)

    def wait_until_ready(self):
        wait_until(
            lambda: self.ask("GET", "/readyz").json() == {"status": "ready"}, "it is ready, without a warning"
        )

    def usage(self):
        return int(self.site.manage("shell", "--no-imports", "-c", USAGE).stdout)


@pytest.fixture(scope="module")
def site_and_servers(tmp_path_factory):
    """One worker, so that what it remembers is what was asked before; limits in Redis, rows in PostgreSQL."""
    folder = tmp_path_factory.mktemp("outages")
    key = folder / "tests.pem"
    key.write_bytes(public_pem(SIGNING_KEY))
    write_package(folder / "models")
    with postgresql() as database, redis_server() as redis:
        settings = {
            "DATABASE_URL": database.url,
            "CACHE_URL": redis.url,
            "RATE_LIMIT_PER_TOKEN": "190",  # So few are counted one by one, and not in advance.
            "RATE_LIMIT_PER_ADDRESS": "190",
            "USAGE_FLUSH_SECONDS": "1",
            "WEB_CONCURRENCY": "1",
        }
        with live_site(folder, folder / "models", key, "tiny-digits", settings) as site:
            yield Surroundings(site, database, redis)


@pytest.fixture
def around(site_and_servers, seven):
    """The same, healthy again, and with a token that its worker has just looked up."""
    site_and_servers.wait_until_ready()
    assert site_and_servers.predict(seven).status_code == 200
    return site_and_servers


@contextmanager
def stopped(server):
    server.stop()
    try:
        yield
    finally:
        server.start()


def error(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_without_the_database_a_known_token_predicts_and_what_needs_it_is_503(around, seven):
    new_key = around.site.manage("create_token", "admin").stdout.strip()

    with stopped(around.database):
        known = around.predict(seven)
        unknown = around.predict(seven, new_key)
        tokens = around.site.call("GET", "/api/v1/tokens", around.site.predict_key)
        log_in = around.ask("POST", "/api/v1/token", json={"username": "alice", "password": "wrong"})
        as_json = {"Accept": "application/json"}
        page = around.ask("GET", "/tokens/", cookies={"sessionid": "x" * 32}, headers=as_json)
        models = around.ask("GET", "/api/v1/models")
        alive, ready = around.ask("GET", "/healthz"), around.ask("GET", "/readyz")

    assert known.status_code == models.status_code == alive.status_code == 200
    assert error(unknown) == error(tokens) == error(log_in) == (503, "database_unavailable")
    assert error(page) == (503, "database_unavailable")
    assert unknown.headers["Retry-After"] == "5"
    assert ready.status_code == 503
    assert ready.json()["problems"] == {"database": "unreachable"}


def test_it_heals_by_itself(around, seven):
    with stopped(around.database):
        around.predict(seven)

    wait_until(lambda: around.predict(seven, around.site.admin_key).status_code == 403, "tokens are found")
    around.wait_until_ready()


def test_a_database_that_hangs_holds_nobody_up_for_long(around, seven):
    with around.database.frozen():
        began_s = time.monotonic()
        statuses = [around.predict(seven).status_code for _ in range(20)]
        ready = around.ask("GET", "/readyz")
        waited_s = time.monotonic() - began_s

    assert statuses == [200] * 20
    assert ready.json()["problems"] == {"database": "unreachable"}
    # One answer is awaited for 6 s, then one look a second is tried. Without an end it would never be.
    assert waited_s < 120


def test_what_was_counted_during_the_outage_is_written_after_it(around, seven):
    with stopped(around.database):
        statuses = [around.predict(seven).status_code for _ in range(10)]

    assert statuses == [200] * 10
    wait_until(lambda: around.usage() == around.answered, "the counts are written")


def test_without_redis_limits_hold_in_the_database_and_predictions_go_on(around, seven):
    with stopped(around.redis):
        answers = [around.predict(seven) for _ in range(3)]
        ready = around.ask("GET", "/readyz")

    assert [answer.status_code for answer in answers] == [200] * 3
    remaining = [int(re.search(r"r=(\d+)", answer.headers["RateLimit"])[1]) for answer in answers]
    assert remaining == [remaining[0], remaining[0] - 1, remaining[0] - 2]
    assert 0 < remaining[0] < 190
    assert ready.status_code == 200
    assert ready.json()["warnings"] == {"redis": "unreachable; requests are counted in the database"}


def test_without_either_a_known_token_is_answered_and_an_address_is_not(around, seven):
    with stopped(around.redis), stopped(around.database):
        known = around.predict(seven)
        address = around.ask("GET", "/api/v1/models")

    assert known.status_code == 200
    assert known.headers["RateLimit"].startswith('"token";r=189;')
    assert error(address) == (503, "limits_unavailable")


def test_a_redis_that_hangs_holds_nobody_up_for_long(around, seven):
    with around.redis.frozen():
        statuses = [around.predict(seven).status_code for _ in range(10)]

    assert statuses == [200] * 10
