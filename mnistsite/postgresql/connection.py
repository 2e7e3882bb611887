"""One connection, which does not wait for ever."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from psycopg.abc import RV, PQGen


class PatientConnection(psycopg.Connection[Any]):
    """Gives a statement up that the server does not answer, as when its machine hangs.

    The server ends a long statement by itself, at `statement_timeout`; one that hangs does not.
    """

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for an answer for DATABASE_ANSWER_SECONDS; 0 is for ever.

        Raises:
            OperationalError: there is none. The connection is closed, for it may still come.
        """
        try:
            return super().wait(gen, interval, timeout or settings.DATABASE_ANSWER_SECONDS or None)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise
