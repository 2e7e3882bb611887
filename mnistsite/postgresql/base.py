"""The engine itself; Django finds it by this module's name."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from predictor.outage import LostAMomentAgo, Outage

_outage = Outage("database")


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own; but while the database is lost, one connection at a time is tried, once a second."""

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
