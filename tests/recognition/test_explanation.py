"""What decided an answer: linear models, of which it is known which part did.

One block of 4 x 4 pixels decides. Patches of 6 pixels in steps of 2 lie over each of its pixels so that on
average 10/3 of its rows are covered, over its neighbours two by two fewer: 6/3, 2/3, 0.
"""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from onnx import numpy_helper
from PIL import Image

from predictor.recognition.explanation import explain_by_occlusion
from predictor.recognition.model_package import open_package
from predictor.recognition.recognizer import Recognizer
from tests.packages import ONNX_METADATA, onnx_model, policy, write_package

FOR, AGAINST = (slice(12, 16), slice(12, 16)), (slice(12, 16), slice(2, 6))
THROUGH_THE_BLOCK = [0, 0.2, 0.2, 0.6, 0.6, 1, 1, 1, 1, 0.6, 0.6, 0.2, 0.2, 0]  # Rows 7 to 20.


def linear_model(block_weight: float = 1.0, other_weight: float = 0.0, shape=(1, 28, 28)):
    """Log-odds of label 0 are the weighted ink in the two blocks."""
    weights = np.zeros(shape)
    weights[:, *FOR], weights[:, *AGAINST] = block_weight, other_weight

    def probabilities(pictures):
        odds = (pictures * weights).sum(axis=(1, 2, 3))
        return np.stack([1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(odds))], axis=1).astype(np.float32)

    return probabilities


def two_blocks(ground: float = 0.0, ink: float = 1.0, shape=(1, 28, 28)):
    picture = np.full(shape, ground, np.float32)
    picture[:, *FOR] = picture[:, *AGAINST] = ink
    return picture


def test_the_part_that_decides_speaks_most_and_the_rest_is_silent():
    weights = explain_by_occlusion(linear_model(), two_blocks(), label=0)

    assert weights.shape == (28, 28)
    assert weights.dtype == np.float32
    assert weights[7:21, 13] == pytest.approx(THROUGH_THE_BLOCK, abs=1e-5)
    assert weights[13, 7:21] == pytest.approx(THROUGH_THE_BLOCK, abs=1e-5)
    assert weights[FOR] == pytest.approx(np.ones((4, 4)), abs=1e-5)
    assert np.abs(weights[AGAINST]).max() < 1e-5


def test_a_part_that_speaks_against_the_answer_is_below_zero():
    weights = explain_by_occlusion(linear_model(1, -0.5), two_blocks(), label=0)

    assert weights.max() == 1
    assert weights[AGAINST] == pytest.approx(np.full((4, 4), -0.5), abs=1e-5)


def test_what_speaks_for_one_of_two_labels_speaks_against_the_other():
    for_one = explain_by_occlusion(linear_model(1, -0.5), two_blocks(), label=0)
    for_other = explain_by_occlusion(linear_model(1, -0.5), two_blocks(), label=1)

    assert for_other == pytest.approx(-for_one, abs=1e-5)


def test_a_model_whose_probability_rounds_to_one_is_explained_too():
    model = linear_model(block_weight=3)
    assert model(two_blocks()[np.newaxis])[0, 0] == 1

    weights = explain_by_occlusion(model, two_blocks(), label=0)

    assert weights[7:21, 13] == pytest.approx(THROUGH_THE_BLOCK, abs=1e-3)


@pytest.mark.parametrize(
    "picture",
    [two_blocks(1, 0), two_blocks(0.2, 1), two_blocks(shape=(3, 28, 28))],
    ids=["light", "grey", "rgb"],
)
def test_a_part_is_covered_with_the_pictures_own_ground(picture):
    model = linear_model(-1 if picture[0, 0, 0] == 1 else 1, shape=picture.shape)

    weights = explain_by_occlusion(model, picture, label=0)

    assert weights[7:21, 13] == pytest.approx(THROUGH_THE_BLOCK, abs=1e-5)
    assert np.abs(weights[AGAINST]).max() < 1e-5


def test_where_nothing_makes_a_difference_no_rounding_is_blown_up():
    weights = explain_by_occlusion(linear_model(1e-6), two_blocks(), label=0)

    assert not weights.any()


def test_empty_paper_says_nothing():
    assert not explain_by_occlusion(linear_model(), np.zeros((1, 28, 28), np.float32), label=0).any()


def test_the_same_question_has_the_same_answer():
    first, second = (explain_by_occlusion(linear_model(1, -0.5), two_blocks(), label=0) for _ in range(2))

    assert first.tobytes() == second.tobytes()


def counting(model):
    sizes = []

    def probabilities(pictures):
        sizes.append(len(pictures))
        return model(pictures)

    return probabilities, sizes


def test_the_model_is_called_once_and_only_with_pictures_that_differ():
    model, sizes = counting(linear_model())

    explain_by_occlusion(model, two_blocks(), label=0)

    # The picture itself, and the 4 x 4 patches that touch each block.
    assert sizes == [1 + 16 + 16]


def test_of_large_pictures_few_are_held_at_once():
    model, sizes = counting(linear_model(shape=(1, 256, 256)))
    noise = np.random.default_rng(0).random((1, 256, 256), np.float32)

    explain_by_occlusion(model, noise, label=0)

    assert sum(sizes) == 1 + 16 * 16
    assert max(sizes) == 16


@pytest.mark.parametrize("side", [4, 5, 9, 32, 100])
def test_a_picture_of_another_size_is_explained_wholly(side):
    picture = np.random.default_rng(0).random((1, side, side), np.float32) + np.float32(0.1)

    def brightness(pictures):
        light = pictures.mean(axis=(1, 2, 3)) / 2
        return np.stack([light, 1 - light], axis=1).astype(np.float32)

    weights = explain_by_occlusion(brightness, picture, label=0)

    assert weights.shape == (side, side)
    assert np.isfinite(weights).all()
    assert np.abs(weights).max() == 1


def test_a_recogniser_explains_its_own_answer(tmp_path):
    columns = np.zeros((1, 28, 28, 10), np.float32)
    columns[0, *FOR, 7], columns[0, *AGAINST, 3] = 1, 0.5
    model = onnx_model(weights=numpy_helper.from_array(columns.reshape(784, 10), "weights"))
    metadata = replace(ONNX_METADATA, preprocessing="plain-28x28-on-dark")
    package = open_package(write_package(tmp_path, metadata=metadata, model=model), policy())
    recognizer = Recognizer.from_package(package)
    file = io.BytesIO()
    Image.fromarray((two_blocks()[0] * 255).astype(np.uint8)).save(file, "PNG")

    prediction = recognizer.recognize(file.getvalue())
    weights = recognizer.explain(prediction)

    assert prediction.label == "7"
    assert weights[FOR].min() > 0.9
    assert weights[AGAINST].max() < 0  # Ink that speaks for a 3 speaks against the 7.
