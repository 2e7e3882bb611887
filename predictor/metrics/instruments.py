"""Every metric, and the functions that count. All worker processes of one server are counted together.

Labels have few values each: installed models, their labels, codes from a fixed list, names of addresses.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import chain
from threading import Lock
from typing import Any, Final

from prometheus_client import Counter, Gauge, Histogram

from predictor.metrics.gathered import Value, gathered
from predictor.metrics.processes import count_by_worker, request_slots
from predictor.recognition.recognizer import Prediction
from predictor.served_models import ModelState, ServedModels
from predictor.versions.wanted import ACTIVE, CANARY, SHADOW

_SUM: Final = "livesum"  # Over the processes that live: each adds what it serves.

count_by_worker()
PACKAGES = Gauge(
    "mnistsite_model_package_workers",
    "Workers in which a model package is in a state: ready, switched_off, or the code of the refusal.",
    ["model", "version", "state"],
    multiprocess_mode=_SUM,
)
ROLES = Gauge(
    "mnistsite_model_role_workers",
    "Workers in which a version is active, canary or shadow.",
    ["model", "version", "role"],
    multiprocess_mode=_SUM,
)
PROBLEMS = Gauge(
    "mnistsite_model_problem_workers",
    "Workers that could not load a version that they shall serve, and serve on as before.",
    ["model", "version", "role", "code"],
    multiprocess_mode=_SUM,
)
CANARY_PERCENT = Gauge(
    "mnistsite_canary_percent",
    "Share of the requests without a version that goes to the canary, in percent.",
    ["model", "version"],
    multiprocess_mode="livemax",
)
PREDICTIONS = Counter(
    "mnistsite_predictions", "Pictures answered.", ["model", "version", "label", "accepted"]
)
CONFIDENCE = Histogram(
    "mnistsite_prediction_confidence",
    "Calibrated confidence of the answers.",
    ["model", "version"],
    buckets=(0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0),
)
SHADOW_ANSWERS = Counter(
    "mnistsite_shadow_answers",
    "Pictures that a shadow version was asked too: agreed, disagreed, failed or dropped.",
    ["model", "version", "outcome"],
)
INPUT_ERRORS = Counter("mnistsite_input_errors", "Pictures that could not be recognised.", ["code"])
REQUESTS = Counter("mnistsite_requests", "Requests answered.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram(
    "mnistsite_request_seconds",
    "Time from a request's arrival in the application to its answer.",
    ["view"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WORKERS = Gauge("mnistsite_workers", "Worker processes that live.", multiprocess_mode=_SUM)
SLOTS = Gauge(
    "mnistsite_request_slots",
    "Requests that all workers can answer at a time; 0 where only the server knows.",
    multiprocess_mode=_SUM,
)
WORKER_STARTS = Counter("mnistsite_worker_starts", "Worker processes started since the server was.")
DATABASE = Gauge(
    "mnistsite_database_reachable",
    "1 where every worker's last look at the database, once a second, was answered, else 0.",
    multiprocess_mode="livemin",
)
UNCOUNTED = Counter(
    "mnistsite_limits_unavailable",
    "Requests that could not be counted, because the store of the limits did not answer.",
)


@cache
def _labelled(metric: Any, *labels: str) -> Any:
    """The time series with these labels, which takes longer to find than to count."""
    return metric.labels(*labels)


@cache
def _number(counter: Counter, *labels: str) -> Value:
    """What a counter with these labels counts in, of the pinned version of its library."""
    value: Value = _labelled(counter, *labels)._value  # noqa: SLF001 - a test holds it to `inc`.
    return value


Values = dict[tuple[str, ...], int]  # By the labels of a gauge.

_GAUGES = (PACKAGES, ROLES, PROBLEMS, CANARY_PERCENT)
_shown: dict[Gauge, set[tuple[str, ...]]] = {gauge: set() for gauge in _GAUGES}
_showing = Lock()


def show_worker() -> None:
    """Tell of this process, once, when it is about to answer."""
    WORKER_STARTS.inc()
    WORKERS.set(1)
    SLOTS.set(request_slots())


def show_database(*, reachable: bool) -> None:
    """Tell what this process's last look at the database came to."""
    DATABASE.set(int(reachable))


def show_models(models: ServedModels) -> None:
    """Set the state of every model package in this process."""
    states = models.states()
    names = dict.fromkeys(state.name for state in states if not state.switched_off)
    packages: Values = {(state.name, state.version, _state_word(state)): 1 for state in states}
    roles: Values = {
        (state.name, state.version, ACTIVE): 1 for state in states if state.active and state.ready
    }
    shares: Values = {}
    for name in names:
        canary, percent = models.canary(name)
        for role, second in ((CANARY, canary), (SHADOW, models.shadow(name))):
            if second:
                roles[name, second.package.metadata.version, role] = 1
        if canary:
            shares[name, canary.package.metadata.version] = percent
    problems: Values = {(one.name, one.version, one.role, one.code): 1 for one in models.problems}
    with _showing:
        for gauge, values in zip(_GAUGES, (packages, roles, problems, shares), strict=True):
            _show(gauge, values)


def _state_word(state: ModelState) -> str:
    if state.rejection:
        return state.rejection.code
    return "switched_off" if state.switched_off else "ready"


def _show(gauge: Gauge, values: Values) -> None:
    """Set these values, and to 0 what was set before: a process cannot take back a time series."""
    for labels in chain(_shown[gauge], values):
        gauge.labels(*labels).set(values.get(labels, 0))
    _shown[gauge] |= values.keys()


def count_predictions(predictions: Sequence[Prediction]) -> None:
    """Count one model's answers, by what was said and whether the model stands by it."""
    if not predictions:
        return
    model = (predictions[0].model_name, predictions[0].model_version)
    tally: dict[tuple[str, bool], int] = {}
    for one in predictions:
        answer = (one.label, one.accepted)
        tally[answer] = tally.get(answer, 0) + 1
    amounts = [
        (_number(PREDICTIONS, *model, label, "true" if accepted else "false"), times)
        for (label, accepted), times in tally.items()
    ]
    confidences = [one.confidence for one in predictions]
    gathered.add([*amounts, *_observed(_labelled(CONFIDENCE, *model), confidences)])


def _observed(histogram: Histogram, values: Sequence[float]) -> list[tuple[Value, float]]:
    """What observing these values adds to which of a histogram's numbers."""
    bounds = histogram._upper_bounds  # noqa: SLF001 - of the pinned version; a test holds it to `observe`.
    numbers = histogram._buckets  # noqa: SLF001
    tally: dict[int, int] = {}
    for value in values:
        index = bisect_left(bounds, value)
        tally[index] = tally.get(index, 0) + 1
    buckets = [(numbers[index], times) for index, times in tally.items()]
    return [(histogram._sum, sum(values)), *buckets]  # noqa: SLF001


def count_shadow(name: str, version: str, outcome: str, times: int) -> None:
    """Count pictures that a shadow version was asked too."""
    SHADOW_ANSWERS.labels(name, version, outcome).inc(times)


def count_input_error(code: str) -> None:
    """Count a picture that could not be recognised."""
    INPUT_ERRORS.labels(code).inc()


def count_uncounted() -> None:
    """Count a request that the limits' store could not count."""
    UNCOUNTED.inc()


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    """Count a request and its time."""
    requests = _number(REQUESTS, view, method, str(status))
    gathered.add([(requests, 1), *_observed(_labelled(REQUEST_SECONDS, view), (seconds,))])
