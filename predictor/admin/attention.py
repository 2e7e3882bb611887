"""What the administration's first page shows: a few figures, and what needs somebody's attention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from predictor.access import usage
from predictor.feedback.rows import Feedback
from predictor.models import SOON, APIToken, TokenUsage
from predictor.serving import served_models
from predictor.versions.worker_report import living_workers

DAYS = 7
# Of answers that a model does not stand by; our models stay below on what they were made for.
HIGH_SHARE = 0.2
_ENOUGH = 50  # Fewer answers tell nothing about their share.


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at. `urgent` where something does not work."""

    text: str
    url: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and where to read more."""

    value: str
    text: str
    url: str


def concerns(person: Any) -> list[Concern]:
    """What needs attention of all that a person may see."""
    found: list[Concern] = []
    if person.has_perm("predictor.view_modelactivation"):
        found += _of_models()
    if person.has_perm("predictor.view_feedback"):
        found += _of_feedback()
    if person.has_perm("predictor.view_apitoken"):
        found += _of_tokens()
    if person.has_perm("predictor.view_tokenusage"):
        found += _of_answers()
    return found


def figures(person: Any) -> list[Figure]:
    """How much is going on, of what a person may see."""
    found: list[Figure] = []
    if person.has_perm("predictor.view_modelactivation"):
        active = [state for state in served_models().states() if state.active]
        ready = sum(state.ready for state in active)
        found.append(Figure(f"{ready} of {len(active)}", "models answer", _list("modelactivation")))
    if person.has_perm("predictor.view_tokenusage"):
        answered, share = _answers()
        found.append(Figure(f"{answered:,}", f"answers to tokens in {DAYS} days", _list("tokenusage")))
        if answered:
            found.append(Figure(f"{share:.1%}", "of them not stood by", _list("tokenusage")))
    if person.has_perm("predictor.view_apitoken"):
        usable = APIToken.objects.usable().count()
        found.append(Figure(f"{usable:,}", "tokens work", _list("apitoken", "state=usable")))
    return found


def _of_models() -> Iterator[Concern]:
    page = _list("modelactivation")
    for state in served_models().states():
        if state.rejection:
            text = f"Package refused: {state.name} {state.version} ({state.rejection.code})"
            yield Concern(text, page, urgent=True)
    if troubled := [worker.worker for worker in living_workers() if worker.problems]:
        yield Concern(f"Workers that could not load a version: {', '.join(troubled)}", page, urgent=True)


def _of_feedback() -> Iterator[Concern]:
    if count := Feedback.objects.filter(review=Feedback.OPEN).count():
        yield Concern(f"Feedback that waits for review: {count:,}", _list("feedback", "review__exact=open"))


def _of_tokens() -> Iterator[Concern]:
    if count := APIToken.objects.ending_soon().count():
        yield Concern(f"Tokens that end within {SOON.days} days: {count:,}", _list("apitoken", "state=soon"))


def _of_answers() -> Iterator[Concern]:
    answered, share = _answers()
    if answered >= _ENOUGH and share > HIGH_SHARE:
        text = f"Models do not stand by {share:.0%} of their answers in the last {DAYS} days"
        yield Concern(text, _list("tokenusage"))


def _answers() -> tuple[int, float]:
    """How many answers tokens had in the last DAYS days, and the share that no model stood by."""
    since = datetime.now(UTC).date() - timedelta(days=DAYS - 1)
    rows = TokenUsage.objects.filter(day__gte=since).exclude(outcome__in=(usage.BAD_PICTURE, usage.LIMITED))
    counts = dict(rows.order_by().values_list("outcome").annotate(total=Sum("count")))
    answered = sum(counts.values())
    return answered, 1 - counts.get(usage.ACCEPTED, 0) / answered if answered else 0.0


def _list(model: str, query: str = "") -> str:
    return reverse(f"admin:predictor_{model}_changelist") + (f"?{query}" if query else "")
