"""Who is asked: a canary for its share, a shadow beside the active version, neither where one is named."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import call_command
from django.db import DatabaseError
from prometheus_client import REGISTRY

from predictor.activation import set_canary, set_shadow
from predictor.audit import COMMAND_LINE
from predictor.models import ShadowCount
from predictor.predicting import choose_recognizer, predict_inputs, predict_picture
from predictor.recognition.classifier import Beliefs
from predictor.serving import served_models
from predictor.versions import shadow, shadow_counts
from predictor.versions.shadow import Comparison, ShadowQueue, compare
from predictor.versions.watcher import Watcher
from tests.packages import JOBLIB_METADATA, memorable_pictures, write_package
from tests.three_versions import NEWER


@pytest.fixture(autouse=True)
def fresh_counts():
    shadow_counts._counts.clear()
    yield
    shadow_counts._counts.clear()


@pytest.fixture
def immediate(monkeypatch):
    """Ask shadow versions at once and not in a thread."""

    class Immediate:
        def put(self, comparison):
            compare(comparison)
            return True

    monkeypatch.setattr(shadow, "_queue", Immediate())


def follow(choose, *arguments):
    choose("tiny-digits", *arguments, author=COMMAND_LINE)
    Watcher().look()


def versions(count, selector=None):
    chance = random.Random(7)  # noqa: S311 - repeatable
    chosen = [choose_recognizer(selector, chance=chance) for _ in range(count)]
    return [recognizer.package.metadata.version for recognizer in chosen]


def counts():
    shadow_counts.store()
    return [
        (one.version, one.compared_with, one.agreed, one.disagreed, one.failed, one.dropped)
        for one in ShadowCount.objects.all()
    ]


@pytest.mark.parametrize(("percent", "least", "most"), [(0, 0, 0), (25, 200, 300), (100, 1000, 1000)])
@pytest.mark.parametrize("selector", [None, "tiny-digits", "tiny-digits@"])
def test_a_canary_answers_its_share_of_unpinned_requests(percent, least, most, selector):
    follow(set_canary, "2.0.0", percent)

    answered = versions(1000, selector).count("2.0.0")

    assert least <= answered <= most


@pytest.mark.parametrize("version", ["1.2.3", "2.0.0"])
def test_a_named_version_answers_itself(version):
    follow(set_canary, "2.0.0", 50)

    assert set(versions(50, f"tiny-digits@{version}")) == {version}


def test_an_answer_says_which_version_spoke(client, alice_key, seven):
    follow(set_canary, "2.0.0", 100)

    answer = client.post(
        "/predict", seven, content_type="image/png", headers={"Authorization": f"Token {alice_key}"}
    )

    assert answer.json()["model"] == {"name": "tiny-digits", "version": "2.0.0"}


def test_a_shadow_is_compared_and_its_answer_never_given(immediate, seven):
    follow(set_shadow, "2.0.0")

    prediction = predict_picture(choose_recognizer(), seven)

    assert prediction.model_version == "1.2.3"
    assert counts() == [("2.0.0", "1.2.3", 1, 0, 0, 0)]


def test_another_label_or_another_doubt_is_a_disagreement(immediate, monkeypatch):
    follow(set_shadow, "2.0.0")
    beliefs = np.roll(np.eye(10, dtype=np.float32), 1, axis=0)
    other = served_models().shadow("tiny-digits")
    monkeypatch.setattr(other, "classify", lambda inputs: Beliefs(beliefs, np.zeros(10, np.float32)))

    predict_inputs(choose_recognizer(), memorable_pictures())

    assert counts() == [("2.0.0", "1.2.3", 0, 10, 0, 0)]


def test_a_shadow_that_breaks_is_counted_and_harms_nobody(immediate, monkeypatch, seven):
    def fail(inputs):
        raise RuntimeError("a fault")

    follow(set_shadow, "2.0.0")
    monkeypatch.setattr(served_models().shadow("tiny-digits"), "classify", fail)

    prediction = predict_picture(choose_recognizer(), seven)

    assert prediction.model_version == "1.2.3"
    assert counts() == [("2.0.0", "1.2.3", 0, 0, 1, 0)]


def test_a_shadow_with_another_preprocessing_sees_the_picture_its_own_way(immediate, site, seven):
    write_package(site, metadata=replace(NEWER, preprocessing="plain-28x28"))
    follow(set_shadow, "2.0.0")

    predict_picture(choose_recognizer(), seven)

    ((_, _, agreed, disagreed, failed, dropped),) = counts()
    assert agreed + disagreed == 1
    assert failed == dropped == 0


def test_what_does_not_fit_is_dropped_and_counted(monkeypatch, seven):
    monkeypatch.setattr(shadow, "_queue", ShadowQueue())
    monkeypatch.setattr(shadow, "MAX_WAITING", 0)
    follow(set_shadow, "2.0.0")

    predict_picture(choose_recognizer(), seven)

    assert counts() == [("2.0.0", "1.2.3", 0, 0, 0, 1)]


def test_large_pictures_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(shadow, "MAX_WAITING_BYTES", 100)
    recognizer = served_models().recognizer()
    comparison = Comparison(recognizer, recognizer.predict(memorable_pictures()), memorable_pictures(), None)

    assert ShadowQueue().put(comparison) is False


def test_the_canarys_answers_have_no_shadow(immediate, seven):
    follow(set_canary, "2.0.0", 100)
    follow(set_shadow, "2.0.0")

    predict_picture(choose_recognizer(), seven)

    assert counts() == []


def test_counts_wait_for_a_database_that_is_lost(immediate, monkeypatch, seven):
    def lost(*args):
        raise DatabaseError("gone")

    follow(set_shadow, "2.0.0")
    predict_picture(choose_recognizer(), seven)
    with monkeypatch.context() as patch:
        patch.setattr(shadow_counts, "_add", lost)
        with pytest.raises(DatabaseError):
            shadow_counts.store()
    predict_picture(choose_recognizer(), seven)

    assert counts() == [("2.0.0", "1.2.3", 2, 0, 0, 0)]


def test_answers_are_counted_by_what_was_said(seven):
    labels = {"model": "tiny-digits", "version": "1.2.3"}

    def counted():
        return sum(
            sample.value
            for family in REGISTRY.collect()
            for sample in family.samples
            if sample.name == "mnistsite_predictions_total" and labels.items() <= sample.labels.items()
        )

    before = counted()
    predict_inputs(choose_recognizer(), memorable_pictures())

    assert counted() - before == 10


def test_list_models_shows_canary_and_shadow(site, capsys):
    follow(set_canary, "2.0.0", 10)
    follow(set_shadow, "2.0.0")

    call_command("list_models")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("* tiny-digits 1.2.3  verified")
    assert lines[1].endswith(f"{JOBLIB_METADATA.title}; canary 10 %; shadow")
