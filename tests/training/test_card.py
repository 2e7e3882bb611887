from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from predictor.training.card import card_agrees, confusion_matrix_png, metrics, metrics_json
from predictor.training.evaluation import Evaluation
from tests.packages import JOBLIB_METADATA

DATA = {"name": "MNIST", "split": "test", "count": 20, "sha256": "11" * 32, "labels_sha256": "22" * 32}
EVALUATION = Evaluation(
    labels=("cat", "dog"),
    confusion=np.array([[9, 1], [3, 7]]),
    calibration_error=0.0123456789,
    accepted_share=0.75,
    accepted_accuracy=14 / 15,
)


def test_the_card_has_the_figures_as_json():
    card = json.loads(metrics_json(EVALUATION, DATA))

    assert card == {
        "data": {"name": "MNIST", "split": "test", "count": 20},
        "accuracy": 0.8,
        "expected_calibration_error": 0.012346,
        "accepted": {"share": 0.75, "accuracy": 0.933333},
        "classes": [
            {"label": "cat", "precision": 0.75, "recall": 0.9, "f1": 0.818182, "count": 10},
            {"label": "dog", "precision": 0.875, "recall": 0.7, "f1": 0.777778, "count": 10},
        ],
        "confusion_matrix": [[9, 1], [3, 7]],
    }


def test_the_confusion_matrix_is_a_picture_for_a_card():
    content = confusion_matrix_png(EVALUATION, "cats and dogs")

    picture = Image.open(io.BytesIO(content))
    assert picture.format == "PNG"
    assert picture.size == (900, 900)
    assert len(content) < 100_000


def test_the_picture_brings_its_own_light_background():
    picture = Image.open(io.BytesIO(confusion_matrix_png(EVALUATION, "cats and dogs"))).convert("RGBA")

    assert picture.getpixel((0, 0))[3] == 0
    assert picture.getpixel((40, 300)) == (255, 255, 255, 255)


def test_the_diagonal_of_the_picture_is_darker_than_the_rest():
    picture = Image.open(io.BytesIO(confusion_matrix_png(EVALUATION, "cats and dogs"))).convert("L")

    right, wrong = picture.getpixel((150, 150)), picture.getpixel((780, 150))

    assert right < 100
    assert wrong > 150


def test_the_same_evaluation_gives_the_same_picture():
    assert confusion_matrix_png(EVALUATION, "title") == confusion_matrix_png(EVALUATION, "title")


@pytest.fixture
def metadata():
    return replace(JOBLIB_METADATA, data=(DATA,), metrics=metrics(EVALUATION))


def test_a_card_agrees_with_the_same_figures(metadata):
    assert card_agrees(metadata, EVALUATION, DATA) is True


@pytest.mark.parametrize("changed", [{"accuracy": 0.81}, {"accepted_share": 0.7}])
def test_a_card_with_another_figure_does_not_agree(metadata, changed):
    embellished = replace(metadata, metrics={**metadata.metrics, **changed})

    assert card_agrees(embellished, EVALUATION, DATA) is False


def test_a_card_without_a_figure_does_not_agree(metadata):
    assert card_agrees(replace(metadata, metrics={}), EVALUATION, DATA) is False


def test_a_card_of_other_data_is_not_compared(metadata):
    other = {**DATA, "sha256": "33" * 32}

    assert card_agrees(metadata, EVALUATION, other) is None
