"""The cost of one request, paid from what this process took from the limit's counters before."""

from __future__ import annotations

import time

from predictor.access.limits import Standing, counters_of_this_process, policy_of, standing_after
from predictor.models import APIToken


class NothingHeld(Exception):
    """This process holds too little of the token's limit; the counters must be asked."""


class Allowance:
    """What a token may spend on one request without anybody being asked.

    Attributes:
        standing: where the token stands; None before anything was spent, and where there is no limit.
    """

    def __init__(self, token: APIToken) -> None:
        self._policy = policy_of(token)
        self._spent = 0
        self._began_s = time.monotonic()
        self.standing: Standing | None = None

    def spend(self, amount: int) -> None:
        """Let the request cost `amount` in all, one for each picture; see `limits.spend`.

        Raises:
            NothingHeld: nothing more was counted.
        """
        more = amount - self._spent
        if more > 0 and self._policy.limit > 0:
            count = counters_of_this_process().add_held(self._policy.counter, more)
            if count is None:
                raise NothingHeld
            self._spent = amount
            self.standing = standing_after(self._policy, count)

    def give_back(self) -> None:
        """Undo it all, as the request is counted anew."""
        if self._spent:
            counters_of_this_process().give_back(self._policy.counter, self._spent, self._began_s)
            self._spent = 0
