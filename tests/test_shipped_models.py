"""The packages that the project ships, as their cards tell; docs/training.md says how to measure again."""

from __future__ import annotations

import pytest

from predictor.serving import served_models

OFFICIAL_TEST_PICTURES = "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
FLOORS = {"mnist-sgd": 0.91}


def test_every_shipped_model_is_signed_by_the_publisher():
    states = served_models().states()

    assert {state.name for state in states} == FLOORS.keys()
    assert {state.package.signer for state in states} == {"publisher"}


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_a_shipped_model_reached_its_floor_on_the_official_test_pictures(name, floor):
    metadata = served_models().recognizer(name).package.metadata

    (test,) = [source for source in metadata.data if source["split"] == "test"]
    assert (test["sha256"], test["count"]) == (OFFICIAL_TEST_PICTURES, 10_000)
    assert metadata.metrics["accuracy"] >= floor
