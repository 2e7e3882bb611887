"""How much a client may ask in a minute: one limit for each token, one for each address that shows none.

A token's requests count against the token, wherever they come from. Pages, requests without a token and those
with a wrong one count against the address. `spend` does it; a view of the API calls it only where a request
asks for more than one picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from predictor.access import usage
from predictor.access.addresses import client_address, counted_as
from predictor.access.client import client_of
from predictor.access.counters import (
    WINDOW_S,
    Count,
    CountersUnavailable,
    OwnCounters,
    shared_counters,
)
from predictor.access.reserved_counters import ReservedCounters
from predictor.error_responses import RETRY_SECONDS
from predictor.metrics.instruments import count_uncounted
from predictor.models import APIToken

if TYPE_CHECKING:
    from rest_framework.views import APIView  # Which imports the throttle that the settings name: this one.

_own_counters = OwnCounters()


class RateLimited(Throttled):
    """The limit is reached. `auth_header` and `wait` are read by REST framework's handlers and ours."""

    default_code = "rate_limited"

    def __init__(self, message: str, wait_s: int) -> None:
        APIException.__init__(self, message)
        self.wait = wait_s


class LimitsUnavailable(APIException):
    """Nobody can count, so nobody without a token is answered: a limit that fails open is none."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "limits_unavailable"
    default_detail = "Requests cannot be counted at the moment. Please try again."
    wait = RETRY_SECONDS


# Of so many tokens the policies are remembered.
MAX_POLICIES = 1024


@dataclass(frozen=True, slots=True)
class Policy:
    """One limit: whose it is, what it is counted under, and how much a minute it allows; 0 is no limit."""

    name: str
    counter: str
    limit: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client stands after a request, as the answer's headers tell it."""

    policy: Policy
    remaining: int
    seconds_left: int

    def headers(self) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-10."""
        name = f'"{self.policy.name}"'
        return {
            "RateLimit-Policy": f"{name};q={self.policy.limit};w={WINDOW_S}",
            "RateLimit": f"{name};r={self.remaining};t={self.seconds_left}",
        }


class AddressThrottle(BaseThrottle):
    """Counts the requests to the API that show no token; `TokenAuthentication` has counted the others."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request.

        Raises:
            RateLimited, LimitsUnavailable: see `spend`.
        """
        spend(request)
        return True


def spend(request: Any, amount: int = 1, token: APIToken | None = None) -> None:
    """Let a request cost `amount` in all, one for each picture; what it has cost so far is part of it.

    Args:
        request: of Django or of REST framework.
        amount: pictures, at least 1.
        token: the one that asks; without it the request tells.

    Raises:
        RateLimited: that is more than the limit leaves; nothing was counted.
        LimitsUnavailable: the counters cannot be reached.
    """
    http_request: HttpRequest = getattr(request, "_request", request)
    if token is None and http_request is not request:
        token = client_of(request)
    spent: int = getattr(http_request, "rate_spent", 0)
    if amount <= spent:
        return
    policy = _policy(http_request, token)
    if policy.limit > 0:
        _count(http_request, policy, amount - spent, token)
    http_request.rate_spent = amount  # type: ignore[attr-defined]


@cache
def counters_of_this_process() -> ReservedCounters:
    """The shared counters, from which this process takes parts in advance."""
    return ReservedCounters(shared_counters())


def limit_of(token: APIToken) -> int:
    """How much a token may ask in a minute; 0 is no limit."""
    return token.rate_limit or int(settings.RATE_LIMIT_PER_TOKEN)


def add_rate_headers(request: HttpRequest, response: HttpResponse) -> None:
    """Tell in an answer where the client stands, if it was counted."""
    standing: Standing | None = getattr(request, "rate_standing", None)
    if standing is not None:
        for name, value in standing.headers().items():
            response.headers.setdefault(name, value)


def policy_of(token: APIToken) -> Policy:
    """The limit of a token."""
    return _policy_of_token(token.counted_as, limit_of(token))


@lru_cache(MAX_POLICIES)
def _policy_of_token(counted_as: str, limit: int) -> Policy:
    return Policy("token", f"token:{counted_as}", limit)


def standing_after(policy: Policy, count: Count) -> Standing:
    """Where a client stands after a step of the counters."""
    remaining = max(policy.limit - count.used, 0)  # A limit that was lowered may be behind what is used.
    return Standing(policy, remaining, max(math.ceil(count.seconds_left), 1))


def _policy(request: HttpRequest, token: APIToken | None) -> Policy:
    if token is not None:
        return policy_of(token)
    counter = f"address:{counted_as(client_address(request))}"
    return Policy("address", counter, int(settings.RATE_LIMIT_PER_ADDRESS))


def _count(request: HttpRequest, policy: Policy, amount: int, token: APIToken | None) -> None:
    count = _step(policy, amount, token)
    standing = standing_after(policy, count)
    request.rate_standing = standing  # type: ignore[attr-defined] # Read by the middleware.
    if count.counted:
        return
    if token is not None:
        usage.count(token, usage.LIMITED)
    raise RateLimited(_sentence(standing, amount), standing.seconds_left)


def _step(policy: Policy, amount: int, token: APIToken | None) -> Count:
    try:
        return counters_of_this_process().add(policy.counter, amount, policy.limit)
    except CountersUnavailable as error:
        count_uncounted()
        if token is None:
            raise LimitsUnavailable from error
        # The token is known, and for a minute at most where the database is what is lost.
        return _own_counters.add(policy.counter, amount, policy.limit)


def _sentence(standing: Standing, amount: int) -> str:
    limit = standing.policy.limit
    if amount > limit:
        name = standing.policy.name
        return f"This asks for {amount} pictures at once; this {name} may ask for {limit} a minute."
    return (
        f"This {standing.policy.name} may ask for {limit} pictures a minute; {standing.remaining} are left. "
        f"Come back in {standing.seconds_left} seconds."
    )
