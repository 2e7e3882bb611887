"""The packages that the project ships, as their cards tell; docs/training.md says how to measure again."""

from __future__ import annotations

import pytest

from predictor.serving import served_models

MNIST = "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
FASHION_MNIST = "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
# What each was measured with, and the share of right answers that it must not fall below.
FLOORS = {
    "mnist-sgd": (MNIST, 0.91),
    "mnist-mlp": (MNIST, 0.99),
    "mnist-cnn": (MNIST, 0.9965),
    "fashion-cnn": (FASHION_MNIST, 0.935),
}


def test_every_shipped_model_is_signed_by_the_publisher():
    states = served_models().states()

    assert {state.name for state in states} == FLOORS.keys()
    assert {state.package.signer for state in states} == {"publisher"}


@pytest.mark.parametrize("name", FLOORS)
def test_a_shipped_model_reached_its_floor_on_the_official_test_pictures(name):
    metadata = served_models().recognizer(name).package.metadata
    pictures, floor = FLOORS[name]

    (test,) = [source for source in metadata.data if source["split"] == "test"]
    assert (test["sha256"], test["count"]) == (pictures, 10_000)
    assert metadata.metrics["accuracy"] >= floor
