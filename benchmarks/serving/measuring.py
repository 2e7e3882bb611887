"""One round of one contestant: start it, check its answers, measure its cases, stop it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from benchmarks.serving.bodies import Bodies
from benchmarks.serving.cases import CASES
from benchmarks.serving.contestants import Contestant, Place
from benchmarks.serving.figures import Load, measurement
from benchmarks.serving.load import generate
from benchmarks.serving.results import Outcome, Results
from benchmarks.serving.running import Running, running
from benchmarks.serving.strokes import draw

WARM_UP_S = 1
PAGES = 200
STROKES_PER_SECOND = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard to ask."""

    seconds: float
    connections: int
    cases: frozenset[str]


def play(contestant: Contestant, place: Place, plan: Plan, results: Results) -> None:
    """Measure a contestant once and add its figures; an optional one that fails is written down instead.

    Raises:
        RuntimeError: it did not start, or answered wrongly.
    """
    routes = {case: path for case, path in contestant.routes.items() if case in plan.cases}
    if not routes or contestant.key in results.failed:
        return
    first = next(iter(routes))
    try:
        with running(contestant, place, routes[first], requests_of(first, contestant)) as server:
            _measure(server, routes.items(), plan, results)
    except Exception as error:
        if not contestant.optional:
            raise RuntimeError(f"{contestant.title}: {error}") from error
        print(f"  {contestant.key}: {error}", flush=True)
        results.failed[contestant.key] = f"{contestant.title}: {error}"
        results.outcomes.pop(contestant.key, None)


def requests_of(case: str, contestant: Contestant) -> Bodies:
    """A case's requests with the headers that a contestant needs."""
    bodies = _bodies(case)
    return Bodies({**bodies.headers, **contestant.headers}, bodies.bodies, bodies.labels)


def draw_on(contestant: Contestant, place: Place, seconds: float, results: Results) -> None:
    """Measure what people wait who draw on our page."""
    path = contestant.routes["cnn_png"]
    try:
        with running(contestant, place, path, requests_of("cnn_png", contestant)) as server:
            results.strokes = _strokes(server, seconds)
    except (RuntimeError, ValueError) as error:
        results.failed["strokes"] = f"the draw page: {error}"


def _strokes(server: Running, seconds: float) -> dict[str, float]:
    pictures = _bodies("cnn_canvas")
    draw(server.port, pictures, pages=PAGES, per_second=STROKES_PER_SECOND, seconds=WARM_UP_S)
    before = server.tree.cpu_s()
    load = draw(server.port, pictures, pages=PAGES, per_second=STROKES_PER_SECOND, seconds=seconds)
    found = measurement(load, server.tree.cpu_s() - before)
    times = {"p50_ms": found.p50_ms, "p95_ms": found.p95_ms, "p99_ms": found.p99_ms, "cpu_us": found.cpu_us}
    return {"pages": PAGES, "per_second": STROKES_PER_SECOND, **times}


@cache
def _bodies(case: str) -> Bodies:
    return CASES[case].bodies()


def _measure(server: Running, routes: Iterable[tuple[str, str]], plan: Plan, results: Results) -> None:
    contestant = server.contestant
    outcome = results.outcomes.setdefault(contestant.key, Outcome(contestant.title, contestant.workers))
    outcome.start_s.append(server.start.seconds)
    outcome.start_cpu_s.append(server.start.cpu_s)
    for case, path in routes:
        bodies = requests_of(case, contestant)
        wrong = server.wrong(path, bodies)
        if wrong:
            raise RuntimeError(f"wrong answers: {', '.join(wrong)[:300]}")
        connections = CASES[case].connections or plan.connections
        figures = measurement(*_loaded(server, path, bodies, connections, plan.seconds))
        outcome.cases.setdefault(case, []).append(figures)
        print(
            f"  {contestant.key:14} {case:10} {figures.cpu_us:7.0f} us  {figures.per_second:6.0f}/s",
            flush=True,
        )
    outcome.pss_mb.append(server.tree.pss_mb())


def _loaded(
    server: Running, path: str, bodies: Bodies, connections: int, seconds: float
) -> tuple[Load, float]:
    """What the load generator saw, and the CPU time that the contestant spent meanwhile."""
    generate(server.port, path, bodies, connections=connections, seconds=WARM_UP_S)
    before = server.tree.cpu_s()
    load = generate(server.port, path, bodies, connections=connections, seconds=seconds)
    return load, server.tree.cpu_s() - before
