"""When a request is sent again, and how long to wait before."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BUSY_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient a client is.

    Attributes:
        attempts: how often a request is sent at most, at least 1.
        first_wait_s: after the first failure, where the site does not say; doubled after each further one.
        longest_wait_s: a site that asks for more is not waited for.
    """

    attempts: int = 5
    first_wait_s: float = 0.5
    longest_wait_s: float = 60.0

    def wait_s(self, attempt: int, retry_after_s: float | None) -> float | None:
        """How long to wait before the next attempt.

        Args:
            attempt: how many were made, from 1.
            retry_after_s: what the site asks for.

        Returns:
            Seconds; None is to give up.
        """
        if attempt >= self.attempts:
            return None
        if retry_after_s is None:
            # Half of it by chance, so that clients that failed together do not come back together.
            planned = min(self.first_wait_s * 2.0 ** (attempt - 1), self.longest_wait_s)
            return planned * random.uniform(0.5, 1)  # noqa: S311 - no secret
        return retry_after_s if retry_after_s <= self.longest_wait_s else None


def read_retry_after(header: str | None) -> float | None:
    """Seconds of a `Retry-After` header, which has a number or a date; None without a readable one."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
