"""What a token, or an address without one, may ask in a minute."""

from __future__ import annotations

from functools import cache

import pytest
from django.test import Client

from predictor.access import counters, limits
from predictor.access.rotation import rotate_token
from predictor.access.tokens import find_token, issue_token
from predictor.models import RateCounter, TokenUsage
from tests.api.uploads import as_file, post_json

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    """A clock that moves when it is told to; here is the way to move it, in seconds. Redis has its own."""
    monkeypatch.setattr(limits, "shared_counters", cache(counters.DatabaseCounters))
    now_s = [1_800_000_000]
    monkeypatch.setattr(counters.time, "time_ns", lambda: now_s[0] * 1_000_000_000)

    def pass_seconds(seconds):
        now_s[0] += seconds

    return pass_seconds


def predict(client, picture):
    return client.post("/api/v1/predict", {"file": as_file(picture)})


def error(response):
    return response.status_code, response.json()["error"]["code"]


def test_a_token_is_answered_up_to_its_limit_and_then_told_when_to_come_back(
    program, picture, settings, fixed_clock
):
    settings.RATE_LIMIT_PER_TOKEN = 2

    first, second = predict(program, picture), predict(program, picture)
    fixed_clock(13)
    third = predict(program, picture)

    assert [first.status_code, second.status_code] == [200, 200]
    assert error(third) == (429, "rate_limited")
    assert third["Retry-After"] == "47"
    assert third.json()["error"]["message"] == (
        "This token may ask for 2 pictures a minute; 0 are left. Come back in 47 seconds."
    )
    assert [answer["RateLimit"] for answer in (first, second, third)] == [
        *('"token";r=1;t=60', '"token";r=0;t=60', '"token";r=0;t=47'),
    ]
    assert {answer["RateLimit-Policy"] for answer in (first, second, third)} == {'"token";q=2;w=60'}


def test_the_next_window_begins_anew(program, picture, settings, fixed_clock):
    settings.RATE_LIMIT_PER_TOKEN = 1
    predict(program, picture)

    fixed_clock(60)

    assert predict(program, picture)["RateLimit"] == '"token";r=0;t=60'


def test_a_tokens_own_limit_goes_before_the_sites(alice, picture, settings):
    settings.RATE_LIMIT_PER_TOKEN = 1
    key, _ = issue_token(alice, name="busy", rate_limit=3)
    busy = Client(headers={"Authorization": f"Token {key}"})

    assert [predict(busy, picture).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_tokens_are_counted_apart(program, alice, picture, settings):
    settings.RATE_LIMIT_PER_TOKEN = 1
    key, _ = issue_token(alice, name="other")
    predict(program, picture)

    assert predict(Client(headers={"Authorization": f"Token {key}"}), picture).status_code == 200


def test_a_rotation_gives_no_second_allowance(program, alice_key, picture, settings):
    settings.RATE_LIMIT_PER_TOKEN = 1
    key, _ = rotate_token(find_token(alice_key))
    predict(program, picture)

    assert predict(Client(headers={"Authorization": f"Token {key}"}), picture).status_code == 429


def test_every_address_of_the_api_counts(program, settings):
    settings.RATE_LIMIT_PER_TOKEN = 2

    program.get("/api/v1/tokens")
    program.get("/api/v1/models")

    assert error(program.get("/api/v1/")) == (429, "rate_limited")


def test_a_token_does_not_count_against_its_address(program, picture, settings):
    settings.RATE_LIMIT_PER_ADDRESS = 1

    assert [predict(program, picture).status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Token mns_wrong"}])
def test_who_comes_without_a_token_or_with_a_wrong_one_is_slowed(client, settings, headers):
    settings.RATE_LIMIT_PER_ADDRESS = 2

    answers = [client.post("/api/v1/predict", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[0]["WWW-Authenticate"] == 'Token realm="mnistsite"'
    assert answers[0]["RateLimit"] == '"address";r=1;t=60'


def test_a_right_token_works_on_where_others_at_its_address_fail(client, program, picture, settings):
    settings.RATE_LIMIT_PER_ADDRESS = 1
    for _ in range(3):
        client.post("/api/v1/predict", headers={"Authorization": "Token mns_wrong"})

    assert predict(program, picture).status_code == 200


def test_log_ins_for_a_token_are_limited_by_address(client, alice, settings):
    settings.RATE_LIMIT_PER_ADDRESS = 1
    credentials = {"username": "alice", "password": "wrong"}

    statuses = [post_json(client, "/api/v1/token", credentials).status_code for _ in range(2)]

    assert statuses == [401, 429]


def test_pages_are_limited_by_address_too(client, picture, settings):
    settings.RATE_LIMIT_PER_ADDRESS = 3

    drawn = client.post("/", {"image": as_file(picture)}, headers={"Accept": "application/json"})
    uploaded = client.post("/upload/", {"images": [as_file(picture), as_file(picture)]})
    page = client.post("/", {"image": as_file(picture)}, headers={"Accept": "text/html"})
    looked_at = client.get("/")

    assert drawn["RateLimit"] == '"address";r=2;t=60'
    assert uploaded["RateLimit"] == '"address";r=0;t=60'
    assert page.status_code == 429
    assert page["Retry-After"] == "60"
    assert "This address may ask for 3 pictures a minute" in page.content.decode()
    assert looked_at.status_code == 200


def test_a_batch_counts_each_picture_and_one_too_many_counts_nothing(rf, alice):
    _, token = issue_token(alice, name="batches", rate_limit=10)
    request, next_request = rf.post("/"), rf.post("/")
    limits.spend(request, token=token)

    limits.spend(request, 8, token=token)
    with pytest.raises(limits.RateLimited):
        limits.spend(next_request, 3, token=token)

    assert RateCounter.objects.get().used == 8
    assert next_request.rate_standing.remaining == 2
    limits.spend(rf.post("/"), 2, token=token)


def test_a_batch_beyond_the_whole_limit_is_told_so(rf, alice):
    _, token = issue_token(alice, name="batches", rate_limit=10)

    with pytest.raises(limits.RateLimited, match="asks for 11 pictures at once; this token may ask for 10"):
        limits.spend(rf.post("/"), 11, token=token)

    assert not RateCounter.objects.exists()


def test_what_was_limited_is_counted_for_the_token(program, picture, settings):
    settings.RATE_LIMIT_PER_TOKEN = 1
    for _ in range(3):
        predict(program, picture)

    assert TokenUsage.objects.get(outcome="limited").count == 2


def test_counters_of_old_windows_are_dropped(program, settings, fixed_clock):
    settings.RATE_LIMIT_PER_TOKEN = settings.RATE_LIMIT_PER_ADDRESS = 9
    Client().get("/api/v1/models")

    fixed_clock(61)
    program.get("/api/v1/models")

    assert [row.name[:6] for row in RateCounter.objects.all()] == ["token:"]


@pytest.mark.parametrize(
    ("trusted", "headers", "counter"),
    [
        (False, {}, "address:127.0.0.1"),
        (False, {"X-Forwarded-For": "192.0.2.7"}, "address:127.0.0.1"),
        (True, {}, "address:127.0.0.1"),
        (True, {"X-Forwarded-For": "192.0.2.7"}, "address:192.0.2.7"),
        (True, {"X-Forwarded-For": "10.0.0.1, 192.0.2.7"}, "address:192.0.2.7"),
        (True, {"X-Forwarded-For": "10.0.0.1, nonsense"}, "address:127.0.0.1"),
        (True, {"X-Forwarded-For": "::ffff:192.0.2.7"}, "address:192.0.2.7"),
        (True, {"X-Forwarded-For": "2001:db8:1:2:3:4:5:6"}, "address:2001:db8:1:2::/64"),
    ],
)
def test_an_address_is_believed_as_far_as_the_proxy_is(client, settings, trusted, headers, counter):
    settings.RATE_LIMIT_PER_ADDRESS = 9
    settings.TRUST_PROXY = trusted

    client.get("/api/v1/models", headers=headers)

    assert RateCounter.objects.get().name == counter


def test_a_server_that_knows_no_address_counts_all_as_one(settings):
    settings.RATE_LIMIT_PER_ADDRESS = 9

    Client(REMOTE_ADDR="").get("/api/v1/models")

    assert RateCounter.objects.get().name == "address:unknown"


def test_without_counters_a_token_is_counted_in_memory_and_nobody_else_is_answered(
    program, client, picture, settings, monkeypatch
):
    settings.RATE_LIMIT_PER_TOKEN = settings.RATE_LIMIT_PER_ADDRESS = 1

    def fail(*_):
        raise counters.CountersUnavailable("connection refused")

    monkeypatch.setattr(counters.DatabaseCounters, "add", fail)

    first, second = predict(program, picture), predict(program, picture)
    page = client.post("/", {"image": as_file(picture)}, headers={"Accept": "application/json"})

    assert first.status_code == 200
    assert error(second) == (429, "rate_limited")
    assert error(page) == (503, "limits_unavailable")
    assert page["Retry-After"] == "5"


def test_without_limits_nothing_is_counted(program, picture):
    response = predict(program, picture)

    assert response.status_code == 200
    assert "RateLimit" not in response
    assert not RateCounter.objects.exists()
