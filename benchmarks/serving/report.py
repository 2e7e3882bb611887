"""The figures as Markdown, printed, or put between the markers of docs/performance.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from benchmarks.serving.cases import CASES
from benchmarks.serving.chart import draw_chart
from benchmarks.serving.goals import GOALS
from benchmarks.serving.results import Results
from benchmarks.serving.virtualenvs import ROOT

PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "performance.svg"
CHART_CASE = "sgd_png"


def print_report(results: Results) -> None:
    """All tables, for who runs the bench."""
    print(f"\n{machine(results)}\n\n{goals(results)}\n\n{comparison(results)}\n\n{processes(results)}")


def write_report(results: Results) -> None:
    """Put the tables into the page, and draw the chart."""
    page = PAGE.read_text()
    for name, write in PARTS.items():
        page = between_markers(page, name, write(results))
    PAGE.write_text(page)
    bars = [
        (outcome.title, outcome.figures()[CHART_CASE].cpu_us)
        for outcome in results.outcomes.values()
        if CHART_CASE in outcome.cases
    ]
    CHART.write_text(draw_chart("CPU time of one prediction from a PNG, microseconds; less is better", bars))


def between_markers(page: str, name: str, text: str) -> str:
    """Replace what stands between `<!-- NAME -->` and `<!-- /NAME -->`.

    Raises:
        ValueError: the page has no such place.
    """
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"no markers named {name}")
    return pattern.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page)


def machine(results: Results) -> str:
    """Where and how it was measured, in a sentence or two."""
    facts = results.machine
    rounds = "1 round" if facts["rounds"] == 1 else f"{facts['rounds']} rounds"
    return (
        f"{facts['date']}, {facts['cores']} cores of {facts['cpu']}, Python {facts['python']}, {rounds} of "
        f"{facts['seconds']:g} s a case, {facts['connections']} connections by {facts['generator']}. The "
        f"load average before was {facts['load_before']}."
    )


def chart(_results: Results) -> str:
    """Where the page shows the chart."""
    return f"![CPU time of one prediction, as bars]({CHART.name})"


def goals(results: Results) -> str:
    """Each goal and what was found."""
    return "\n".join(
        ["| Case | Goal | Found | |", "|---|---|---|---|", *(goal.row(results) for goal in GOALS)]
    )


def comparison(results: Results) -> str:
    """A table for each case, the cheapest first."""
    return "\n\n".join(_case_table(results, case) for case in CASES if _rows(results, case))


def processes(results: Results) -> str:
    """What each needs to start and to be there."""
    head = "| Server | Workers | Ready after, s | CPU until then, s | PSS, MB |\n|---|---|---|---|---|"
    rows = [
        f"| {outcome.title} | {outcome.workers} | {median(outcome.start_s):.1f} "
        f"| {median(outcome.start_cpu_s):.1f} | {median(outcome.pss_mb):.0f} |"
        for outcome in results.outcomes.values()
        if outcome.pss_mb
    ]
    return "\n".join([head, *rows, *_missing(results)])


def _missing(results: Results) -> Iterator[str]:
    if results.failed:
        yield ""
    for reason in results.failed.values():
        yield f"Not measured: {' '.join(reason.split())[:200]}"


def _case_table(results: Results, case: str) -> str:
    head = "| Server | CPU, us | requests/s | p50, ms | p99, ms |\n|---|---|---|---|---|"
    return "\n".join([f"**{CASES[case].title}**\n", head, *_rows(results, case)])


def _rows(results: Results, case: str) -> list[str]:
    found = [
        (outcome.title, outcome.figures()[case])
        for outcome in results.outcomes.values()
        if case in outcome.cases
    ]
    return [
        f"| {title} | {each.cpu_us:,.0f} | {each.per_second:,.0f} | {each.p50_ms:.1f} | {each.p99_ms:.1f} |"
        for title, each in sorted(found, key=lambda pair: pair[1].cpu_us)
    ]


PARTS = {"machine": machine, "chart": chart, "goals": goals, "comparison": comparison, "processes": processes}
