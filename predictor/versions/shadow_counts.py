"""Agreement of shadow versions: counted in memory, added to the database about once a second."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from threading import Lock

from django.db import transaction
from django.db.models import F

from predictor.versions.rows import ShadowCount

AGREED, DISAGREED, FAILED, DROPPED = "agreed", "disagreed", "failed", "dropped"


@dataclass(frozen=True, slots=True)
class Pair:
    """A shadow version of a model, and the active one that it is compared with."""

    name: str
    version: str
    compared_with: str


_lock = Lock()
_counts: defaultdict[Pair, Counter[str]] = defaultdict(Counter)


def count(pair: Pair, outcome: str, times: int = 1) -> None:
    """Note what came of asking the shadow version for some pictures."""
    with _lock:
        _counts[pair][outcome] += times


def store() -> None:
    """Add to the database what was counted in this process since the last time.

    Raises:
        DatabaseError: it is lost; the counts stay for the next time.
    """
    with _lock:
        taken = dict(_counts)
        _counts.clear()
    for pair in list(taken):
        try:
            _add(pair, taken[pair])
        except Exception:
            _put_back(taken)
            raise
        del taken[pair]


def _add(pair: Pair, outcomes: Counter[str]) -> None:
    with transaction.atomic():
        row, _made = ShadowCount.objects.get_or_create(
            name=pair.name, version=pair.version, compared_with=pair.compared_with
        )
        ShadowCount.objects.filter(pk=row.pk).update(
            **{outcome: F(outcome) + times for outcome, times in outcomes.items()}
        )


def _put_back(counts: dict[Pair, Counter[str]]) -> None:
    with _lock:
        for pair, outcomes in counts.items():
            _counts[pair].update(outcomes)
