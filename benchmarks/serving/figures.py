"""The bench's arithmetic: percentiles, medians of rounds, ratios. Pure, so that tests hold it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Load:
    """What the load generator saw in one run.

    Attributes:
        requests: how many were answered.
        seconds: how long it took.
        p50_ms: half of the answers came within this time.
        p95_ms: the same for 95 of 100.
        p99_ms: the same for 99 of 100.
        refused: answers with another status than 2xx or 3xx.
        broken: connections that failed.
    """

    requests: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    refused: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one case cost one contestant in one round, or in the median of all rounds."""

    cpu_us: float  # CPU time of all its processes for a request.
    per_second: float  # Requests.
    p50_ms: float
    p95_ms: float
    p99_ms: float
    tail: float  # p99 / p50


def percentile(values: Iterable[float], percent: float) -> float:
    """The least value that so many percent of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("a percentile of no values")
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def measurement(load: Load, cpu_s: float) -> Measurement:
    """Figures by request.

    Raises:
        ValueError: a request failed, or none was answered: such a run says nothing.
    """
    if load.refused or load.broken or not load.requests:
        raise ValueError(f"{load.requests} requests, {load.refused} refused, {load.broken} broken")
    return Measurement(
        cpu_us=cpu_s / load.requests * 1e6,
        per_second=load.requests / load.seconds,
        p50_ms=load.p50_ms,
        p95_ms=load.p95_ms,
        p99_ms=load.p99_ms,
        tail=load.p99_ms / load.p50_ms,
    )


def middle(rounds: Sequence[Measurement]) -> Measurement:
    """The median of each figure over the rounds."""
    names = Measurement.__slots__
    return Measurement(**{name: median(getattr(each, name) for each in rounds) for name in names})
