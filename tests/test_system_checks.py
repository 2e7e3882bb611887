"""System checks of what is wrong but would start anyway."""

from __future__ import annotations

import pytest

from predictor import checks


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        ({}, []),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.cache"}, ["predictor.E003"]),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.cached_db"}, ["predictor.E003"]),
        ({"AXES_HANDLER": "axes.handlers.cache.AxesCacheHandler"}, ["predictor.E003"]),
    ],
)
def test_nothing_that_processes_share_lives_in_the_memory_of_each(settings, change, ids):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    for name, value in change.items():
        setattr(settings, name, value)

    assert [message.id for message in checks.check_shared_cache()] == ids


def test_redis_is_shared_by_all(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"

    assert checks.check_shared_cache() == []


def test_a_database_that_cannot_count_is_named(monkeypatch):
    assert checks.check_database() == []

    monkeypatch.setattr(checks.connection, "vendor", "mysql")

    assert [message.id for message in checks.check_database()] == ["predictor.E004"]
