"""The names of ways from a picture to a model's input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_inputs import find_preprocessing, preprocessing_of
from predictor.recognition.package_metadata import InputForm
from predictor.recognition.preprocessing import to_model_input
from tests.packages import JOBLIB_METADATA


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mnist-ink", (1, 28, 28)),
        ("plain-28x28", (1, 28, 28)),
        ("plain-28x28-on-dark", (1, 28, 28)),
        ("plain-28x28-rgb", (3, 28, 28)),
        ("plain-4x4", (1, 4, 4)),
        ("plain-8x8", (1, 8, 8)),
        ("plain-224x224-rgb", (3, 224, 224)),
        ("plain-512x512", (1, 512, 512)),
    ],
)
def test_a_name_says_what_is_made(name, shape):
    preprocessing = find_preprocessing(name)
    picture = np.full((60, 60, 3) if shape[0] == 3 else (60, 60), 255, np.uint8)
    picture[15:45, 15:45] = 0

    made = preprocessing.to_model_input(picture)

    assert preprocessing.shape == made.shape == shape
    assert preprocessing.in_colour is (shape[0] == 3)
    assert made.dtype == np.float32
    assert (made.min(), made.max()) == (0, 1)


def test_mnist_ink_is_the_preprocessing_of_the_digits():
    assert find_preprocessing("mnist-ink").to_model_input is to_model_input


def test_only_on_dark_looks_which_is_the_ground():
    picture = np.full((56, 56), 255, np.uint8)

    assert find_preprocessing("plain-28x28").to_model_input(picture).min() == 1
    assert find_preprocessing("plain-28x28-on-dark").to_model_input(picture).max() == 0


@pytest.mark.parametrize(
    "name",
    [
        *("", "plain", "mnist", "mnist-ink-rgb", "palm-reading"),
        *("plain-28x29", "plain-3x3", "plain-513x513", "plain-028x028", "plain-0x0", "plain-1000x1000"),
        *("plain-28x28-rgb-on-dark", "plain-28x28-grey", "Plain-28x28", "plain-28x28 ", "plain-28x28\n"),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_are_known(name):
    with pytest.raises(ValueError, match="is unknown, known here: mnist-ink, plain-28x28"):
        find_preprocessing(name)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mnist-ink", (784,)),
        ("mnist-ink", (1, 28, 28)),
        ("plain-8x8", (64,)),
        ("plain-8x8", (1, 8, 8)),
        ("plain-8x8-rgb", (192,)),
        ("plain-8x8-rgb", (3, 8, 8)),
    ],
)
def test_a_model_takes_what_is_made_as_it_is_or_as_one_row(name, shape):
    metadata = replace(JOBLIB_METADATA, preprocessing=name, input=InputForm(shape))

    assert np.prod(preprocessing_of(metadata).shape) == np.prod(shape)


@pytest.mark.parametrize(
    ("name", "shape", "reason"),
    [
        ("mnist-ink", (64,), "mnist-ink makes [1, 28, 28], the model takes [64]"),
        ("plain-8x8", (784,), "plain-8x8 makes [1, 8, 8], the model takes [784]"),
        ("plain-8x8-rgb", (1, 8, 8), "plain-8x8-rgb makes [3, 8, 8], the model takes [1, 8, 8]"),
        ("plain-16x16", (1, 8, 8), "plain-16x16 makes [1, 16, 16], the model takes [1, 8, 8]"),
        ("palm-reading", (784,), "preprocessing palm-reading is unknown"),
    ],
)
def test_a_package_whose_model_takes_something_else_is_refused(name, shape, reason):
    metadata = replace(JOBLIB_METADATA, preprocessing=name, input=InputForm(shape))

    with pytest.raises(PackageRejected) as caught:
        preprocessing_of(metadata)

    assert caught.value.code == "metadata_invalid"
    assert caught.value.message.startswith("tiny-digits 1.2.3: ")
    assert reason in caught.value.message
