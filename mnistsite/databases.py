"""How the database is reached: SQLite in a file, or PostgreSQL through a pool, with an end to every wait."""

from __future__ import annotations

from typing import Any

from mnistsite.env import env

# Why so short: a thread that waits answers nobody, and what it waits for is one row, or none.
CONNECT_SECONDS = 3
POOL_WAIT_SECONDS = 4.0
LOCK_SECONDS = 3


def database(url: str, *, pool_size: int, statement_seconds: int) -> dict[str, Any]:
    """One entry of Django's DATABASES.

    Args:
        url: DATABASE_URL; what it says behind its question mark goes before what is said here.
        pool_size: connections that a process opens at most, PostgreSQL alone.
        statement_seconds: when PostgreSQL ends a statement; 0 is never.
    """
    config: dict[str, Any] = env.db_url_config(url)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return config | {"OPTIONS": _sqlite_options()}
    if config["ENGINE"] == "django.db.backends.postgresql":
        options = _postgresql_options(pool_size, statement_seconds) | config.get("OPTIONS", {})
        # A connection is checked when it is taken: after a restart the old ones are dead.
        return config | {"ENGINE": "mnistsite.postgresql", "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    return config


def _sqlite_options() -> dict[str, Any]:
    # WAL lets readers go on beside one writer; IMMEDIATE takes the write lock at the start of a transaction,
    # where SQLite waits for it, instead of in the middle, where it fails at once.
    return {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }


def _postgresql_options(pool_size: int, statement_seconds: int) -> dict[str, Any]:
    limits = {
        "statement_timeout": statement_seconds * 1000,
        "lock_timeout": min(LOCK_SECONDS, statement_seconds) * 1000,
        "idle_in_transaction_session_timeout": 60_000,
    }
    return {
        "application_name": "mnistsite",
        "connect_timeout": CONNECT_SECONDS,
        # A machine that vanished is noticed after 20 s where nothing is sent, after 10 s where something is.
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "options": " ".join(f"-c {name}={milliseconds}" for name, milliseconds in limits.items()),
        "pool": _pool(pool_size),
    }


def _pool(size: int) -> dict[str, Any]:
    from mnistsite.postgresql.connection import PatientConnection  # noqa: PLC0415 - SQLite needs no driver.

    return {
        "connection_class": PatientConnection,
        "min_size": 1,
        "max_size": size,
        "timeout": POOL_WAIT_SECONDS,
        "max_idle": 300.0,
        # Else it tries by itself for minutes, with ever longer pauses. The next request asks anew.
        "reconnect_timeout": 1.0,
    }
