"""The engine itself; Django finds it by this module's name."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.postgresql import base

from predictor.outage import DATABASE_LOST, LostAMomentAgo, Outage


def _look() -> None:
    with suppress(*DATABASE_LOST):
        try:
            connection.ensure_connection()
        finally:
            connection.close()


_outage = Outage("database", _look)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own; but while the database is lost, a thread tries to connect, and no request does."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a connection from the pool.

        Raises:
            OperationalError: there is none, or there was none a moment ago.
        """
        try:
            with _outage.asking(psycopg.OperationalError):
                return super().get_new_connection(conn_params)
        except LostAMomentAgo as error:
            raise psycopg.OperationalError("the database was lost a moment ago") from error
