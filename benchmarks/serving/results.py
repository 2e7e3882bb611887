"""What a run found, as it is kept in a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.serving.figures import Measurement, middle


@dataclass(slots=True)
class Outcome:
    """One contestant's figures of all rounds."""

    title: str
    workers: int
    start_s: list[float] = field(default_factory=list)  # Until the first right answer.
    start_cpu_s: list[float] = field(default_factory=list)  # CPU time of all processes until then.
    pss_mb: list[float] = field(default_factory=list)  # After all cases were asked.
    cases: dict[str, list[Measurement]] = field(default_factory=dict)

    def figures(self) -> Mapping[str, Measurement]:
        """The median over the rounds, by case."""
        return {case: middle(rounds) for case, rounds in self.cases.items()}


@dataclass(slots=True)
class Results:
    """A whole run.

    Attributes:
        machine: what it ran on and how.
        outcomes: by the contestant's key.
        failed: why a contestant, or a contestant's case, is missing.
        strokes: what people on the draw page waited, if it was measured.
    """

    machine: dict[str, Any] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    strokes: dict[str, float] = field(default_factory=dict)

    def figure(self, key: str, case: str) -> Measurement | None:
        """The median of a contestant in a case, where it was measured."""
        outcome = self.outcomes.get(key)
        rounds = outcome.cases.get(case) if outcome else None
        return middle(rounds) if rounds else None

    def memory_mb(self, key: str) -> float | None:
        """The median of a contestant's memory."""
        outcome = self.outcomes.get(key)
        return median(outcome.pss_mb) if outcome and outcome.pss_mb else None

    def write(self, path: Path) -> None:
        """Keep it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Results:
        """As it was kept."""
        found = json.loads(path.read_text())
        outcomes = {key: _outcome(values) for key, values in found.pop("outcomes").items()}
        return cls(outcomes=outcomes, **found)


def _outcome(values: dict[str, Any]) -> Outcome:
    cases = {case: [Measurement(**each) for each in rounds] for case, rounds in values.pop("cases").items()}
    return Outcome(cases=cases, **values)
