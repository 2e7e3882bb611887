"""The model's input for known pictures never changes unnoticed: trained models rely on it.

Renew tests/data/model_inputs.npz after a deliberate change, then train and publish the models anew:

    python -m tests.recognition.test_preprocessing_golden
"""

from pathlib import Path

import numpy as np
import pytest

from predictor.recognition.image import decode_image
from predictor.recognition.preprocessing import to_model_input

DATA = Path(__file__).parent.parent / "data"
PICTURES = sorted((DATA / "digits").glob("*.png"))
GOLDEN = DATA / "model_inputs.npz"
TOLERANCE = 2 / 255  # Other versions of numpy, scipy and Pillow round differently.


def model_input(path):
    return to_model_input(decode_image(path.read_bytes()))[0]


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_the_input_is_the_golden_one(path):
    with np.load(GOLDEN) as golden:
        expected = golden[path.stem]

    assert np.abs(model_input(path) - expected).max() <= TOLERANCE


def test_every_sample_picture_has_a_golden_input():
    with np.load(GOLDEN) as golden:
        names = set(golden.files)

    assert names == {path.stem for path in PICTURES}


if __name__ == "__main__":
    np.savez_compressed(GOLDEN, **{path.stem: model_input(path) for path in PICTURES})
