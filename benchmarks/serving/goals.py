"""The goals: ratios between figures of one run, and whether they are met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, le

from benchmarks.serving.cases import BATCH
from benchmarks.serving.results import Results

OURS = "ours_uwsgi"
CLASSIC = "flask_gunicorn"

Ratio = Callable[[Results], float | None]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be shown.

    Attributes:
        case: in words.
        figure: computes it from a run; None where something was not measured.
        limit: the goal.
        most: whether the figure may be that at most; else it must be that at least.
        form: how figure and limit are written.
    """

    case: str
    figure: Ratio
    limit: float
    most: bool
    form: str = "{:.2f} x"

    def row(self, results: Results) -> str:
        """A row of the report's table."""
        found = self.figure(results)
        words = "at most" if self.most else "at least"
        goal = f"{words} {self.form.format(self.limit)}"
        if found is None:
            return f"| {self.case} | {goal} | not measured | |"
        return f"| {self.case} | {goal} | {self.form.format(found)} | {self.verdict(found)} |"

    def verdict(self, found: float) -> str:
        """Met, or by how much it is missed."""
        met = (le if self.most else ge)(found, self.limit)
        return "met" if met else f"**missed** by {abs(found / self.limit - 1):.0%}"


def ratio(name: str, ours: tuple[str, str], other: tuple[str, str], factor: float = 1) -> Ratio:
    """One figure of a contestant in a case, divided by that of another, times a factor."""

    def compute(results: Results) -> float | None:
        first, second = results.figure(*ours), results.figure(*other)
        if first is None or second is None:
            return None
        return float(getattr(first, name)) / float(getattr(second, name)) * factor

    return compute


def value(name: str, key: str, case: str, factor: float = 1) -> Ratio:
    """One figure of a contestant in a case, times a factor."""

    def compute(results: Results) -> float | None:
        found = results.figure(key, case)
        return None if found is None else float(getattr(found, name)) * factor

    return compute


def memory(results: Results) -> float | None:
    """Ours with the default model, divided by the classic's."""
    ours, classic = results.memory_mb("ours_alone"), results.memory_mb(CLASSIC)
    return ours / classic if ours and classic else None


def start_cpu(results: Results) -> float | None:
    """CPU seconds until the first right answer, of both workers and whatever starts them."""
    outcome = results.outcomes.get("ours_alone")
    return sorted(outcome.start_cpu_s)[len(outcome.start_cpu_s) // 2] / outcome.workers if outcome else None


_CLASSIC = (CLASSIC, "sgd_png")
_FASTAPI = ("fastapi", "sgd_png")
_MLSERVER = ("mlserver", "sgd_json")

_PNG = (OURS, "sgd_png")
_CNN = (OURS, "cnn_png")


def _per_picture(model: str) -> Ratio:
    """Pictures/s in batches to those one by one, both as binary tensors."""
    return ratio("per_second", (OURS, f"{model}_batch"), (OURS, f"{model}_binary"), BATCH)


def _at_most(case: str, figure: Ratio, limit: float, form: str = "{:.2f} x") -> Goal:
    return Goal(case, figure, limit, most=True, form=form)


def _at_least(case: str, figure: Ratio, limit: float, form: str = "{:.2f} x") -> Goal:
    return Goal(case, figure, limit, most=False, form=form)


GOALS = [
    _at_most("CPU of a PNG, `mnist-sgd`, to FastAPI's", ratio("cpu_us", _PNG, _FASTAPI), 0.65),
    _at_most("the same to the classic's", ratio("cpu_us", _PNG, _CLASSIC), 0.33),
    _at_least("requests/s, `mnist-sgd`, to the classic's", ratio("per_second", _PNG, _CLASSIC), 2.5),
    _at_least("the same to FastAPI's", ratio("per_second", _PNG, _FASTAPI), 1.3),
    _at_most("CPU of a JSON tensor to MLServer's", ratio("cpu_us", (OURS, "sgd_json"), _MLSERVER), 0.6),
    _at_most("CPU of a binary one to the same", ratio("cpu_us", (OURS, "sgd_binary"), _MLSERVER), 0.35),
    _at_least("requests/s, `mnist-cnn`, to the classic's", ratio("per_second", _CNN, _CLASSIC), 1.3),
    _at_most("CPU of a canvas, `mnist-cnn`", value("cpu_us", OURS, "cnn_canvas", 1e-3), 2.0, "{:.2f} ms"),
    _at_least("pictures/s in batches of 64 to single ones, `mnist-cnn`", _per_picture("cnn"), 10, "{:.1f} x"),
    _at_least("the same, `mnist-sgd`", _per_picture("sgd"), 30, "{:.1f} x"),
    _at_most("p99 to p50, `mnist-sgd`", value("tail", *_PNG), 3, "{:.1f} x"),
    _at_most("p99 to p50, `mnist-cnn`", value("tail", *_CNN), 3, "{:.1f} x"),
    _at_most("memory of two workers, default model, to the classic's", memory, 0.6),
    _at_most("CPU of a worker's cold start, default model", start_cpu, 1.5, "{:.2f} s"),
    _at_most(
        "p95 on the draw page, 200 pages, 200 strokes/s",
        lambda results: results.strokes.get("p95_ms"),
        100,
        "{:.0f} ms",
    ),
]
