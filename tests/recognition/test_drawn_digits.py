"""The shipped model knows drawn digits, in every style and of every class.

benchmarks/drawn_digits.py measures more of them, and on a browser's canvas: see docs/recognition.md.
"""

from pathlib import Path

import numpy as np
import pytest

from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.signing_keys import load_public_key
from tests.drawings import STYLES, make_drawings, paint, png_bytes

ROOT = Path(__file__).parent.parent.parent
PUBLISHER = ROOT / "mnistsite" / "trusted_keys" / "publisher.pem"
SAMPLES = sorted((ROOT / "tests" / "data" / "digits").glob("*-drawn-*.png"))
PHOTOS = sorted((ROOT / "tests" / "data" / "photos").glob("*.jpg"))
PER_DIGIT = 6  # In each style, so 36 drawings of each digit in all.


@pytest.fixture(scope="module")
def recognizer():
    policy = TrustPolicy((TrustedKey("publisher", load_public_key(PUBLISHER.read_bytes())),))
    return Recognizer.from_package(open_package(ROOT / "trained_models" / "mnist-sgd" / "1.1.0", policy))


def test_drawings_of_every_style_and_digit_are_recognised(recognizer):
    right = np.array(
        [
            [
                recognizer.recognize(png_bytes(paint(drawing))).label == str(drawing.digit)
                for drawing in drawings
            ]
            for drawings in (make_drawings(style, PER_DIGIT, seed=2) for style in STYLES)
        ]
    ).reshape(len(STYLES), 10, PER_DIGIT)

    assert right.mean(axis=(1, 2)).min() >= 0.85
    assert right.mean(axis=(0, 2)).min() >= 0.7


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_sample_drawings_are_recognised(recognizer, path):
    assert recognizer.recognize(path.read_bytes()).label == path.stem[0]


def test_the_example_of_the_documentation_is_a_sure_seven(recognizer, seven):
    prediction = recognizer.recognize(seven)

    assert prediction.label == "7"
    assert prediction.accepted


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.stem)
def test_a_shadow_that_narrows_to_a_corner_is_no_ink(path, recognizer):
    assert recognizer.recognize(path.read_bytes()).label == path.stem[0]
