"""Values observed together are counted as one by one."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram

from predictor.metrics.instruments import _observe

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

    _observe(together, VALUES)

    assert samples(together) == samples(one_by_one)
