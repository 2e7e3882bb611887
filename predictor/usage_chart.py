"""The use of tokens by day as bars, for the admin and their owners."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import QuerySet, Sum
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from predictor.access import usage
from predictor.count_models import TokenUsage

DAYS = 30
HEIGHT = 120  # In the drawing's own units, as is the width of a day.
DAY_WIDTH = 20
_BAR_WIDTH = 14

# Outcomes in the order in which they are stacked, from the ground up; every other one is a doubt.
KINDS = {
    usage.ACCEPTED: gettext_lazy("accepted"),
    "doubt": gettext_lazy("not accepted"),
    usage.BAD_PICTURE: gettext_lazy("bad picture"),
    usage.LIMITED: gettext_lazy("over the limit"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one day's bar."""

    kind: str
    x: int
    y: float
    height: float
    width: int = _BAR_WIDTH


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: what a pointer over it reads, where it stands, and its pieces."""

    text: str
    x: int
    pieces: list[Piece]


def usage_chart(rows: QuerySet[TokenUsage]) -> SafeString:
    """Draw the last DAYS days of these rows, and add up what they say."""
    days = _counts_by_day(rows)
    top = max((counts.total() for counts in days.values()), default=0)
    return render_to_string(
        "predictor/usage_chart.html",
        {
            "alt": gettext("Pictures a day from %(first)s to %(last)s, at most %(top)s")
            % {"first": min(days), "last": max(days), "top": top},
            "bars": [_bar(index, day, counts, top) for index, (day, counts) in enumerate(days.items())],
            "top": top,
            "days": DAYS,
            "first": min(days),
            "last": max(days),
            "width": DAYS * DAY_WIDTH,
            "height": HEIGHT,
            "totals": [(kind, text, sum(c[kind] for c in days.values())) for kind, text in KINDS.items()],
        },
    )


def _counts_by_day(rows: QuerySet[TokenUsage]) -> dict[date, Counter[str]]:
    today = datetime.now(UTC).date()
    days = {today - timedelta(days=ago): Counter[str]() for ago in reversed(range(DAYS))}
    recent = rows.filter(day__in=list(days)).order_by().values_list("day", "outcome")
    for day, outcome, total in recent.annotate(total=Sum("count")):
        days[day][outcome if outcome in KINDS else "doubt"] += total
    return days


def _bar(index: int, day: date, counts: Counter[str], top: int) -> Bar:
    x, y, pieces = index * DAY_WIDTH, float(HEIGHT), []
    for kind in KINDS:
        if counts[kind]:
            height = counts[kind] / top * HEIGHT
            y -= height
            pieces.append(Piece(kind, x + (DAY_WIDTH - _BAR_WIDTH) // 2, round(y, 2), round(height, 2)))
    said = ", ".join(f"{counts[kind]} {text}" for kind, text in KINDS.items() if counts[kind])
    return Bar(f"{day}: {said or gettext('none')}", x, pieces)
