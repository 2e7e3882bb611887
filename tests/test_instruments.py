"""What is counted together comes to the same as one by one."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from predictor.metrics.instruments import _number, _observed

BOUNDS = (0.3, 0.5, 0.9, 1.0)
VALUES = [0.0, 0.3, 0.3000001, 0.4, 0.9, 0.99, 1.0, 1.5]


def histogram():
    return Histogram("confidence", "Of answers.", buckets=BOUNDS, registry=CollectorRegistry())


def samples(metric):
    (family,) = metric.collect()
    return [(one.name, one.labels, one.value) for one in family.samples if not one.name.endswith("_created")]


def test_values_observed_together_are_counted_as_one_by_one():
    together, one_by_one = histogram(), histogram()
    for value in VALUES:
        one_by_one.observe(value)

    for value, amount in _observed(together, VALUES):
        value.inc(amount)

    assert samples(together) == samples(one_by_one)


def test_a_counters_number_is_what_it_counts_in():
    together, one_by_one = (
        Counter("answers", "Given.", ["label"], registry=CollectorRegistry()) for _ in range(2)
    )
    one_by_one.labels("7").inc(3)

    _number(together, "7").inc(3)

    assert samples(together) == samples(one_by_one)
