"""Counters that every process and pod shares, and that hold a limit exactly.

A window begins with the first request and lasts a minute. Each step is one atomic operation of the store: it
counts and tells that it did, or the limit is reached and nothing is counted. Django's cache cannot do it:
`incr` of its database backend reads and then writes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Protocol

from django.conf import settings
from django.db import DatabaseError, connection

from predictor.count_models import RateCounter
from predictor.outage import LostAMomentAgo, Outage

WINDOW_S = 60
_REDIS_TIMEOUT_S = 1.0
_PREFIX = "mnistsite:rate:"


class CountersUnavailable(Exception):
    """The store of the counters does not answer."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a step came to: whether it was counted, how much of the window is used, and when it ends."""

    counted: bool
    used: int
    seconds_left: float


class Counters(Protocol):
    """A store of counters."""

    def add(self, name: str, amount: int, limit: int) -> Count:
        """Count `amount` if no more than `limit` are used in this window then; else count nothing.

        Raises:
            CountersUnavailable: the store does not answer.
        """


@cache
def shared_counters() -> Counters:
    """The store of this deployment: Redis where CACHE_URL names one, else and meanwhile the database."""
    redis_counters = shared_redis()
    return RedisElseDatabase(redis_counters) if redis_counters else DatabaseCounters()


@cache
def shared_redis() -> RedisCounters | None:
    """Redis, where CACHE_URL names one."""
    cache_settings = settings.CACHES["default"]
    if not cache_settings["BACKEND"].endswith(".RedisCache"):
        return None
    return RedisCounters(cache_settings["LOCATION"])


class DatabaseCounters:
    """One upsert a step, in the words that SQLite (from 3.35) and PostgreSQL share."""

    _TABLE = RateCounter._meta.db_table  # noqa: SLF001 - Django's documented way to a table's name
    _ADD = (
        f"INSERT INTO {_TABLE} AS counter (name, used, ends_at_ms) VALUES (%s, %s, %s) "  # noqa: S608 - no input
        "ON CONFLICT (name) DO UPDATE SET "
        "used = CASE WHEN counter.ends_at_ms <= %s THEN excluded.used ELSE counter.used + excluded.used END, "
        "ends_at_ms = CASE WHEN counter.ends_at_ms <= %s "
        "THEN excluded.ends_at_ms ELSE counter.ends_at_ms END "
        "WHERE counter.ends_at_ms <= %s OR counter.used + excluded.used <= %s "
        "RETURNING used, ends_at_ms"
    )

    def __init__(self) -> None:
        self._pruned_ms = 0

    def add(self, name: str, amount: int, limit: int) -> Count:
        """See `Counters`."""
        now_ms = time.time_ns() // 1_000_000
        try:
            self._prune(now_ms)
            row = self._step(name, amount, limit, now_ms) if amount <= limit else None
            used, ends_at_ms = row or self._read(name, now_ms)
        except DatabaseError as error:
            raise CountersUnavailable(str(error)) from error
        return Count(row is not None, used, max(ends_at_ms - now_ms, 0) / 1000)

    def _step(self, name: str, amount: int, limit: int, now_ms: int) -> tuple[int, int] | None:
        with connection.cursor() as cursor:
            cursor.execute(self._ADD, [name, amount, now_ms + WINDOW_S * 1000, now_ms, now_ms, now_ms, limit])
            row: tuple[int, int] | None = cursor.fetchone()
        return row

    def _read(self, name: str, now_ms: int) -> tuple[int, int]:
        running = RateCounter.objects.filter(name=name, ends_at_ms__gt=now_ms)
        return running.values_list("used", "ends_at_ms").first() or (0, now_ms + WINDOW_S * 1000)

    def _prune(self, now_ms: int) -> None:
        """Once a window in each process, drop the counters of windows that ended."""
        if now_ms - self._pruned_ms > WINDOW_S * 1000:
            self._pruned_ms = now_ms
            RateCounter.objects.filter(ends_at_ms__lte=now_ms).delete()


class RedisCounters:
    """One script a step, which Redis runs without letting anything between. Keys end by themselves."""

    _ADD = """
    local used = tonumber(redis.call('GET', KEYS[1]) or '0')
    local counted = used + tonumber(ARGV[1]) <= tonumber(ARGV[2])
    if counted then
        local first = used == 0
        used = redis.call('INCRBY', KEYS[1], ARGV[1])
        if first then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
    end
    return {counted and 1 or 0, used, redis.call('PTTL', KEYS[1])}
    """

    def __init__(self, location: str | list[str]) -> None:
        url = location if isinstance(location, str) else location[0]
        import redis  # noqa: PLC0415 - who counts in the database need not load it.

        self._failure = redis.RedisError
        self._outage = Outage("redis", self._look)
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=_REDIS_TIMEOUT_S,
            socket_connect_timeout=_REDIS_TIMEOUT_S,
            # Once more and at once: Redis may have closed the connection. The usual pauses would hold us up.
            retry=redis.retry.Retry(redis.backoff.NoBackoff(), 1, (redis.ConnectionError,)),
        )
        self._add: Any = self._client.register_script(self._ADD)

    def add(self, name: str, amount: int, limit: int) -> Count:
        """See `Counters`."""
        with self._asking():
            counted, used, left_ms = self._add(keys=[_PREFIX + name], args=[amount, limit, WINDOW_S * 1000])
        return Count(bool(counted), used, left_ms / 1000 if left_ms >= 0 else WINDOW_S)

    def ping(self) -> None:
        """Ask whether it is there.

        Raises:
            CountersUnavailable: it is not.
        """
        with self._asking():
            self._client.ping()

    def _look(self) -> None:
        with suppress(CountersUnavailable):
            self.ping()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with self._outage.asking(self._failure):
                yield
        except (self._failure, LostAMomentAgo) as error:
            raise CountersUnavailable(str(error)) from error


class RedisElseDatabase:
    """Counts in Redis; while it is lost in the database, where windows begin anew."""

    def __init__(self, redis_counters: RedisCounters) -> None:
        self._redis, self._database = redis_counters, DatabaseCounters()

    def add(self, name: str, amount: int, limit: int) -> Count:
        """See `Counters`."""
        try:
            return self._redis.add(name, amount, limit)
        except CountersUnavailable:
            return self._database.add(name, amount, limit)


class OwnCounters:
    """Counts in the memory of this process, for want of anything shared."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: dict[str, tuple[int, float]] = {}

    def add(self, name: str, amount: int, limit: int) -> Count:
        """See `Counters`."""
        now_s = time.monotonic()
        with self._lock:
            used, ends_at_s = self._windows.get(name, (0, 0.0))
            if ends_at_s <= now_s:
                used, ends_at_s = 0, now_s + WINDOW_S
            counted = used + amount <= limit
            if counted:
                used += amount
                self._windows[name] = used, ends_at_s
        return Count(counted, used, ends_at_s - now_s)
