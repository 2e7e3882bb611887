"""The bench's own arithmetic: what it prints is only as good as this."""

from __future__ import annotations

import pytest

from benchmarks.serving.bodies import LABELS, binary_tensors, digits, json_tensors, png_uploads
from benchmarks.serving.chart import draw_chart
from benchmarks.serving.figures import Load, Measurement, measurement, middle, percentile
from benchmarks.serving.goals import Goal, ratio
from benchmarks.serving.processes import parse_stat, tree_of
from benchmarks.serving.report import between_markers, comparison
from benchmarks.serving.results import Outcome, Results
from benchmarks.serving.sizing import (
    Assumptions,
    describe,
    fitted_line,
    pod_capacity,
    pods,
    requests_per_second,
)


def measured(cpu_us: float) -> Measurement:
    return Measurement(cpu_us, per_second=1000.0, p50_ms=2.0, p95_ms=3.0, p99_ms=4.0, tail=2.0)


def results(**cpu_us: float) -> Results:
    outcomes = {
        key: Outcome(
            key, 2, cases={"sgd_png": [measured(value)]}, pss_mb=[100.0], start_s=[1.0], start_cpu_s=[1.0]
        )
        for key, value in cpu_us.items()
    }
    return Results(outcomes=outcomes)


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_is_the_value_at_its_rank(percent, expected):
    assert percentile(range(100, 0, -1), percent) == expected


def test_no_values_have_no_percentile():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_cpu_time_and_rate_are_by_request():
    found = measurement(Load(200, 4.0, p50_ms=10.0, p95_ms=20.0, p99_ms=25.0), cpu_s=0.1)

    assert (found.cpu_us, found.per_second, found.tail) == (500.0, 50.0, 2.5)


@pytest.mark.parametrize("failed", [{"refused": 1}, {"broken": 1}])
def test_a_run_with_a_failed_request_is_no_measurement(failed):
    with pytest.raises(ValueError, match=r"1 (refused|broken)"):
        measurement(Load(200, 4.0, 10.0, 20.0, 25.0, **failed), cpu_s=0.1)


def test_rounds_are_summed_up_by_their_median():
    assert middle([measured(9.0), measured(1.0), measured(2.0)]).cpu_us == 2.0


def test_a_ratio_divides_ours_by_the_others():
    compute = ratio("cpu_us", ("ours", "sgd_png"), ("theirs", "sgd_png"))

    assert compute(results(ours=300.0, theirs=1200.0)) == 0.25
    assert compute(results(ours=300.0)) is None


@pytest.mark.parametrize(
    ("found", "most", "verdict"),
    [
        (0.5, True, "met"),
        (0.75, True, "**missed** by 50%"),
        (0.5, False, "met"),
        (0.25, False, "**missed** by 50%"),
    ],
)
def test_a_goal_says_by_how_much_it_is_missed(found, most, verdict):
    row = Goal("a case", lambda _results: found, 0.5, most=most).row(Results())

    assert row.endswith(f"| {verdict} |")


def test_the_table_begins_with_the_cheapest():
    table = comparison(results(dear=900.0, cheap=100.0)).splitlines()

    assert table[4:] == ["| cheap | 100 | 1,000 | 2.0 | 4.0 |", "| dear | 900 | 1,000 | 2.0 | 4.0 |"]


def test_results_are_read_as_they_were_written(tmp_path):
    kept = results(ours=300.0)

    kept.write(tmp_path / "results.json")

    assert Results.read(tmp_path / "results.json") == kept


def test_only_what_stands_between_the_markers_is_replaced():
    page = "before\n<!-- goals -->\nold\n<!-- /goals -->\nafter\n"

    assert between_markers(page, "goals", "new") == "before\n<!-- goals -->\nnew\n<!-- /goals -->\nafter\n"


def test_a_page_without_the_markers_is_an_error():
    with pytest.raises(ValueError, match="goals"):
        between_markers("nothing", "goals", "new")


def test_the_chart_draws_the_longest_bar_last_and_tells_all_in_words():
    svg = draw_chart("CPU", [("**ours**", 10.0), ("floor: a constant", 1.0), ("a < b", 40.0)])

    assert "<desc>floor: a constant 1; ours 10; a &lt; b 40</desc>" in svg
    assert svg.index('class="bar floor"') < svg.index('class="bar ours"') < svg.index('class="bar"')


def test_the_cpu_time_of_a_process_counts_its_ended_children():
    line = "7 (a ) b) S 3 " + " ".join(["0"] * 9) + " 100 50 30 20 20 0 1 0 4242 0"

    found = parse_stat(line)

    assert (found.parent, found.cpu_s, found.started) == (3, 2.0, 4242)


def test_a_tree_has_all_generations_and_nobody_else():
    assert tree_of({1}, {2: 1, 3: 2, 4: 9, 9: 9}) == {1, 2, 3}


def test_sixty_four_different_bodies_are_sent_in_turn():
    for bodies in (png_uploads(), json_tensors(), binary_tensors(64)):
        assert len(set(bodies.bodies)) == 64
        assert len(bodies.labels) == 64
    assert digits().shape == (64, 28, 28)
    assert "".join(png_uploads().labels) == LABELS


def test_a_batch_is_answered_in_its_own_order():
    second = binary_tensors(64).labels[1]

    assert second == LABELS[1:] + LABELS[0]


LOAD = Assumptions(
    people=60_000, drawing_share=0.5, strokes_per_minute=10, peak=2, cost_ms=2.0, cores_per_pod=2, use=0.5
)


def test_pods_follow_from_the_busiest_second():
    assert requests_per_second(LOAD) == 10_000
    assert pod_capacity(LOAD) == 500
    assert pods(LOAD) == 20


def test_two_pods_are_the_least():
    assert pods(Assumptions(1, 0.5, 10, 2, 2.0, 2, 0.5)) == 2


def test_the_calculation_prints_what_it_assumes():
    text = describe(LOAD)

    assert text.startswith(
        "50% of those with the page open draw, 10 strokes a minute each; the busiest second has 2"
    )
    assert text.endswith("| 60,000 | 10,000 | 20 | 40 |")


def test_a_line_through_costs_gives_the_fixed_part_and_that_of_each_picture():
    fixed, each = fitted_line({1: 1.1, 4: 1.4, 16: 2.6, 64: 7.4})

    assert (round(fixed, 6), round(each, 6)) == (1.0, 0.1)
