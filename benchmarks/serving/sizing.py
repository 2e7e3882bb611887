"""From the cost of a request to the number of pods. Pure arithmetic, with every assumption a named figure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

PEOPLE = (1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a load is made of.

    Attributes:
        people: who have the draw page open.
        drawing_share: of them who draw at a time, 0..1.
        strokes_per_minute: of one who draws; each is a request.
        peak: the busiest second divided by the average one.
        cost_ms: CPU time of one stroke's request.
        cores_per_pod: what a pod may use, in CPU cores.
        use: how much of that is planned for, 0..1; above about 0.7 requests queue for each other.
    """

    people: int
    drawing_share: float
    strokes_per_minute: float
    peak: float
    cost_ms: float
    cores_per_pod: float
    use: float


def requests_per_second(load: Assumptions) -> float:
    """In the busiest second."""
    return load.people * load.drawing_share * load.strokes_per_minute / 60 * load.peak


def pod_capacity(load: Assumptions) -> float:
    """Requests a second that one pod answers within the planned use."""
    return load.cores_per_pod * load.use * 1000 / load.cost_ms


def pods(load: Assumptions) -> int:
    """How many are needed; two at least, so that one may fail."""
    return max(2, math.ceil(requests_per_second(load) / pod_capacity(load)))


def fitted_line(costs: Mapping[int, float]) -> tuple[float, float]:
    """Fixed part and part by picture of costs by number of pictures, by least squares.

    Each cost counts by its share, so that the dear ones do not drown the cheap ones.
    """
    weights = {n: 1 / cost**2 for n, cost in costs.items()}
    total = sum(weights.values())
    mean_n = sum(weights[n] * n for n in costs) / total
    mean_cost = sum(weights[n] * cost for n, cost in costs.items()) / total
    spread = sum(weights[n] * (n - mean_n) ** 2 for n in costs)
    slope = sum(weights[n] * (n - mean_n) * (cost - mean_cost) for n, cost in costs.items()) / spread
    return mean_cost - slope * mean_n, slope


def describe(load: Assumptions) -> str:
    """The assumptions, and a Markdown table up to as many people."""
    steps = sorted({*(count for count in PEOPLE if count < load.people), load.people})
    rows = [
        f"| {each.people:,} | {requests_per_second(each):,.0f} | {pods(each):,} "
        f"| {pods(each) * each.cores_per_pod:,.0f} |"
        for each in (replace(load, people=count) for count in steps)
    ]
    words = (
        f"{load.drawing_share:.0%} of those with the page open draw, {load.strokes_per_minute:g} strokes a "
        f"minute each; the busiest second has {load.peak:g} times the average. A stroke costs "
        f"{load.cost_ms:.2f} ms of CPU time. A pod has {load.cores_per_pod:g} cores, of which {load.use:.0%} "
        f"are planned for: {pod_capacity(load):,.0f} strokes/s."
    )
    return "\n".join([words, "", "| People | strokes/s | Pods | Cores |", "|---|---|---|---|", *rows])
