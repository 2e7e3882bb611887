"""A prediction in words: why the model does not stand by it, and what to do then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from predictor.verdicts import doubt_words, page_answer, shows_no_label, subject, verdict
from tests.predictions import prediction

DIGITS = {"3": 0.1, "4": 0.5, "9": 0.4}
CLOTHES = dict.fromkeys(["Trouser", "Dress", "Coat", "Sandal", "Shirt", "Bag"], 0.1) | {"Ankle boot": 0.4}


def test_an_unsure_model_asks_which_of_two():
    assert verdict(prediction(reason="unsure", **DIGITS)) == {
        "lead": "I am not sure:",
        "headline": "4 or 9?",
        "certainty": "50.0% for 4, 40.0% for 9",
    }


def test_what_is_no_digit_is_said_to_be_none_and_how_to_go_on():
    assert verdict(prediction(reason="not_a_digit", **DIGITS)) == {
        "lead": "No answer",
        "headline": "This does not look like a digit.",
        "certainty": "Draw one digit from 0 to 9, large and alone.",
        "guess": "If I had to guess: 4",
    }


def test_a_model_of_other_things_says_what_it_knows():
    assert verdict(prediction(reason="none_of_the_labels", **CLOTHES)) == {
        "lead": "No answer",
        "headline": "This does not look like anything I know.",
        "certainty": "I know Trouser, Dress, Coat, Sandal, Shirt and 2 more.",
        "guess": "If I had to guess: Ankle boot",
    }


def test_a_model_of_few_things_names_them_all():
    said = verdict(prediction(reason="none_of_the_labels", cat=0.6, dog=0.3, horse=0.1))

    assert said["certainty"] == "I know cat, dog and horse."


@pytest.mark.parametrize(
    ("reason", "words", "no_label"),
    [
        (None, "", False),
        ("unsure", "Not sure", False),
        ("not_a_digit", "Not a digit", True),
        ("none_of_the_labels", "Nothing it knows", True),
    ],
)
def test_each_reason_has_its_words(reason, words, no_label):
    doubtful = prediction(reason=reason, **DIGITS)

    assert doubt_words(doubtful) == words
    assert shows_no_label(doubtful) is no_label


def test_bars_keep_the_models_order():
    bars = page_answer(prediction(**CLOTHES))["bars"]

    assert [bar["label"] for bar in bars] == list(CLOTHES)
    assert bars[-1] == {"label": "Ankle boot", "probability": 0.4, "percent": "40.0%"}


def test_of_a_hundred_labels_the_likeliest_are_shown():
    shares = {f"kind {number}": number / 4950 for number in range(100)}

    bars = page_answer(prediction(**shares))["bars"]

    assert [bar["label"] for bar in bars] == [f"kind {number}" for number in range(99, 79, -1)]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 28, 28), "The picture as 28 by 28 grey squares"),
        ((3, 32, 32), "The picture as 32 by 32 coloured squares"),
    ],
)
def test_the_models_view_is_described(shape, words):
    answer = page_answer(replace(prediction(**DIGITS), model_input=np.zeros(shape, np.float32)))

    assert answer["model_input_alt"] == words


def test_who_did_not_ask_gets_no_explanation():
    assert "explanation_picture" not in page_answer(prediction(**DIGITS))


def test_only_models_of_digits_ask_for_one():
    assert subject("0123456789") == "digit"
    assert subject(["Bag", "Coat"]) == "picture"
