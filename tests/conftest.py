"""People and pictures that many tests share: alice owns the token, bob owns another, carol has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test.client import FakePayload

from predictor import serving
from predictor.access import limits
from predictor.access.tokens import issue_token
from predictor.training import non_digit_samples
from tests.people import PASSWORD
from tests.web.hands import chromium

EXAMPLE_SEVEN = Path(__file__).parent.parent / "docs" / "examples" / "7.png"


@pytest.fixture
def alice(db):
    return get_user_model().objects.create_user("alice", password=PASSWORD)


@pytest.fixture
def bob(db):
    return get_user_model().objects.create_user("bob", password=PASSWORD)


@pytest.fixture
def carol(db):
    return get_user_model().objects.create_user("carol", password=PASSWORD)


@pytest.fixture
def operator(db):
    """A superuser, who works in the admin."""
    return get_user_model().objects.create_superuser("operator", password=PASSWORD)


@pytest.fixture
def alice_key(alice):
    """The raw key of alice's token, which may predict."""
    key, _token = issue_token(alice, name="laptop")
    return key


@pytest.fixture(scope="session")
def seven():
    """The bytes of a drawn seven."""
    return EXAMPLE_SEVEN.read_bytes()


@pytest.fixture(autouse=True)
def few_non_digits(monkeypatch):
    """Measure rejection with two pictures a kind: drawing the usual hundred takes seconds."""
    monkeypatch.setattr(non_digit_samples, "PER_KIND", 2)


@pytest.fixture(autouse=True)
def no_part_of_a_limit_is_left():
    """What a process took from the counters in advance belongs to a database that is gone."""
    limits.counters_of_this_process.cache_clear()


@pytest.fixture(autouse=True)
def one_connection_a_test():
    """Requests that do without Django's test client leave the test's connection open, too."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def bodies_that_end_early(monkeypatch):
    """Who promises more than they send is read to the end, as by a server; Django's test body would fail."""
    read = FakePayload.read

    def read_what_is_there(body, size=-1):
        return read(body, min(size, len(body)))

    monkeypatch.setattr(FakePayload, "read", read_what_is_there)


@pytest.fixture(autouse=True)
def fresh_counters():
    """Forget what earlier tests counted in Redis, where there is one; a database forgets by itself."""
    if project_settings.CACHES["default"]["BACKEND"].endswith(".RedisCache"):
        cache.clear()


@pytest.fixture(autouse=True)
def no_activations_without_a_database(request, monkeypatch):
    """Where a test asks for no database, models start as if no version had been chosen in it."""
    if not request.node.get_closest_marker("django_db") and "db" not in request.fixturenames:
        monkeypatch.setattr(serving, "read_wanted_at_start", dict)


@pytest.fixture(scope="module")
def one_browser():
    """A Chromium of this module's own: Playwright's event loop must not stay for other tests."""
    with pytest.MonkeyPatch.context() as patch:
        # Its loop runs in this thread, where Django would take every query for one of asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with chromium() as browser:
            yield browser
