"""The straight line from a picture's bytes to a prediction."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from predictor.recognition.errors import ImageTooLarge, InvalidImage, NothingDrawn, PackageRejected
from predictor.recognition.image import ImageLimits, decode_image
from predictor.recognition.model_package import open_package
from predictor.recognition.preprocessing import to_model_input
from predictor.recognition.recognizer import Recognizer
from tests.packages import JOBLIB_METADATA, ONNX_METADATA, memorable_pictures, packed, policy, write_package


@pytest.fixture
def recognizer(tmp_path):
    def recognizer(metadata=JOBLIB_METADATA, limits=None, model=None):
        folder = write_package(tmp_path, metadata=metadata, model=model)
        return Recognizer.from_package(open_package(folder, policy()), limits)

    return recognizer


def picture_of_a_stroke():
    ink = np.full((100, 100), 255, np.uint8)
    ink[20:80, 45:55] = 0
    return png(ink)


def blank_picture():
    return png(np.full((100, 100), 255, np.uint8))


def png(grey):
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("metadata", [JOBLIB_METADATA, ONNX_METADATA], ids=["joblib", "onnx"])
def test_a_picture_is_answered_with_every_label(recognizer, metadata):
    prediction = recognizer(metadata).recognize(picture_of_a_stroke())

    assert list(prediction.probabilities) == list("0123456789")
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert prediction.confidence == max(prediction.probabilities.values())
    assert prediction.probabilities[prediction.label] == prediction.confidence
    assert (prediction.model_name, prediction.model_version) == ("tiny-digits", "1.2.3")


def test_the_answer_is_the_models_for_the_preprocessed_picture(recognizer):
    data = picture_of_a_stroke()
    model_input = to_model_input(decode_image(data))

    prediction = recognizer().recognize(data)

    np.testing.assert_array_equal(prediction.model_input, model_input)
    expected = recognizer().classify(model_input[np.newaxis]).probabilities[0]
    np.testing.assert_allclose(list(prediction.probabilities.values()), expected)


def test_the_recognizer_knows_the_package_it_was_made_from(recognizer):
    assert recognizer().package.metadata == JOBLIB_METADATA


@pytest.mark.parametrize(("min_confidence", "accepted"), [(0.0, True), (1.0, False)])
def test_the_packages_threshold_decides_whether_the_model_knows(recognizer, min_confidence, accepted):
    hesitant = replace(JOBLIB_METADATA, min_confidence=min_confidence, temperature=10.0)

    assert recognizer(hesitant).recognize(picture_of_a_stroke()).accepted is accepted


def test_a_higher_temperature_makes_the_model_less_sure_and_keeps_its_choice(recognizer):
    sure = recognizer().classify(memorable_pictures()).probabilities

    unsure = (
        recognizer(replace(JOBLIB_METADATA, temperature=100.0)).classify(memorable_pictures()).probabilities
    )

    assert unsure.dtype == np.float32
    assert (unsure.max(axis=1) < sure.max(axis=1)).all()
    np.testing.assert_array_equal(unsure.argmax(axis=1), sure.argmax(axis=1))
    np.testing.assert_allclose(unsure.sum(axis=1), 1, rtol=1e-5)


def test_unknown_preprocessing_is_refused(recognizer):
    with pytest.raises(PackageRejected) as caught:
        recognizer(replace(JOBLIB_METADATA, preprocessing="palm-reading"))

    assert caught.value.code == "metadata_invalid"
    assert "palm-reading" in caught.value.message
    assert "mnist-ink" in caught.value.message


def test_a_model_that_does_not_load_makes_no_recognizer(recognizer):
    with pytest.raises(PackageRejected) as caught:
        recognizer(model=packed({"no": "model"}))

    assert caught.value.code == "model_unfit"


@pytest.mark.parametrize(
    ("data", "limits", "error"),
    [
        (b"", ImageLimits(), InvalidImage),
        (picture_of_a_stroke(), ImageLimits(max_bytes=50), ImageTooLarge),
        (blank_picture(), ImageLimits(), NothingDrawn),
    ],
)
def test_image_errors_come_through(recognizer, data, limits, error):
    with pytest.raises(error):
        recognizer(limits=limits).recognize(data)
