"""`manage.py package_model`: an ONNX model becomes a signed package."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.recognition.package_metadata import InputForm
from predictor.recognition.recognizer import Recognizer
from predictor.training.evaluation import png_bytes
from tests.commands.packaging import opened, package_colours
from tests.training.own_models import brightest_plane


def colour(*rgb):
    return png_bytes(np.full((20, 30, 3), rgb, np.uint8))


def test_an_onnx_model_of_pictures_in_colour_becomes_a_package(policy):
    package_colours("--labels", "red,green,blue")

    found = opened(policy, name="colours")
    recognizer = Recognizer.from_package(found)
    assert found.metadata.input == InputForm((3, 8, 8))
    assert set(found.metadata.frameworks) == {"numpy", "onnxruntime"}
    assert found.metadata.description == "ONNX model, made elsewhere and packaged here."
    answers = [recognizer.recognize(colour(*rgb)) for rgb in [(255, 0, 0), (0, 200, 90), (0, 10, 20)]]
    assert [answer.label for answer in answers] == ["red", "green", "blue"]


def test_an_outlier_output_gets_its_threshold_from_the_calibration_data(policy):
    images = np.zeros((30, 8, 8, 3), np.uint8)
    images[np.arange(30), :, :, np.arange(30) % 3] = 200
    images[:, 0, 0] = 255
    np.savez("kept-back.npz", images=np.maximum(images, 51), labels=np.arange(30) % 3)

    package_colours(
        *("--labels", "red,green,blue", "--calibration-data", "kept-back.npz"),
        content=brightest_plane(outlier=True),
    )

    found = opened(policy, name="colours")
    recognizer = Recognizer.from_package(found)
    assert found.metadata.max_outlier == pytest.approx(0.2, abs=1e-5)
    assert recognizer.recognize(colour(255, 255, 255)).reason == "none_of_the_labels"
    assert recognizer.recognize(colour(255, 40, 40)).reason is None


def test_an_outlier_output_that_is_sure_of_every_picture_gets_a_threshold_too(policy):
    images = np.zeros((3, 8, 8, 3), np.uint8)
    images[np.arange(3), :, :, np.arange(3)] = 200
    np.savez("kept-back.npz", images=images, labels=np.arange(3))
    data = ["--labels", "red,green,blue", "--calibration-data", "kept-back.npz"]

    package_colours(*data, content=brightest_plane(outlier=True))
    package_colours(*data)

    assert opened(policy, "1.0.0", name="colours").metadata.max_outlier == 0
    assert opened(policy, "1.0.1", name="colours").metadata.max_outlier == 1


def test_a_given_outlier_threshold_is_kept(policy):
    package_colours(
        "--labels", "red,green,blue", "--max-outlier", "0.5", content=brightest_plane(outlier=True)
    )

    assert opened(policy, name="colours").metadata.max_outlier == 0.5
