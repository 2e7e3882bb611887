from __future__ import annotations

from dataclasses import replace

import pytest

from predictor.training.card.agreement import differing_figures
from predictor.training.card.figures import card_figures, metrics
from tests.packages import JOBLIB_METADATA
from tests.training.evaluations import DATA, EVALUATION

CARD = card_figures(EVALUATION, DATA)
METADATA = replace(JOBLIB_METADATA, data=(DATA,), metrics=metrics(EVALUATION))


def with_kind(rejected):
    """The card with another share of rejected letters."""
    letters, noise = CARD["non_digits"]["kinds"]
    return {"non_digits": {**CARD["non_digits"], "kinds": [{**letters, "rejected": rejected}, noise]}}


def with_recall(recall):
    """The card with another recall of cats."""
    cat, dog = CARD["classes"]
    return {"classes": [{**cat, "recall": recall}, dog]}


def test_the_same_figures_do_not_differ():
    assert differing_figures(METADATA, CARD, EVALUATION, DATA) == []


def test_a_slower_machine_does_not_make_a_card_wrong():
    assert differing_figures(METADATA, CARD, replace(EVALUATION, latency_ms=99.0), DATA) == []


@pytest.mark.parametrize("changed", [{"accuracy": 0.81}, {"accepted_share": 0.7}])
def test_another_figure_in_the_metadata_is_named(changed):
    embellished = replace(METADATA, metrics={**METADATA.metrics, **changed})

    assert differing_figures(embellished, CARD, EVALUATION, DATA) == list(changed)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"accuracy": 0.9}, "accuracy"),
        ({"expected_calibration_error": 0.001}, "expected_calibration_error"),
        ({"accepted": {"share": 0.75, "accuracy": 1.0}}, "accepted_accuracy"),
        ({"rejected": {"share": 0.1, "reasons": {"unsure": 4}}}, "rejected_share"),
        ({"rejected": {"share": 0.25, "reasons": {"unsure": 1}}}, "rejected as unsure"),
        ({"confusion_matrix": [[9, 1], [1, 7]]}, "dog taken for cat"),
        (with_recall(1.0), "recall of cat"),
        (with_kind(0.99), "rejected letters"),
    ],
)
def test_another_figure_on_the_card_is_named(changed, name):
    assert differing_figures(METADATA, CARD | changed, EVALUATION, DATA) == [name]


def test_two_of_a_hundred_pictures_of_a_kind_may_be_answered_otherwise():
    assert differing_figures(METADATA, CARD | with_kind(0.73), EVALUATION, DATA) == []


def test_a_kind_that_was_not_measured_again_differs():
    without = replace(EVALUATION, non_digits=EVALUATION.non_digits[1:])

    assert differing_figures(METADATA, CARD, without, DATA) == ["rejected letters"]


def test_what_a_card_does_not_tell_is_not_missed():
    older = CARD | {"rejected": None, "non_digits": None}

    assert differing_figures(METADATA, older, EVALUATION, DATA) == []


def test_without_a_card_the_metadata_are_compared():
    assert differing_figures(METADATA, None, EVALUATION, DATA) == []
    assert "accuracy" in differing_figures(replace(METADATA, metrics={}), None, EVALUATION, DATA)


def test_a_card_of_other_data_is_not_compared():
    other = {**DATA, "sha256": "33" * 32}

    assert differing_figures(METADATA, CARD, EVALUATION, other) is None
