"""Who serves a plain scikit-learn package does not carry scikit-learn, and answers as scikit-learn does."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest

from predictor.recognition.bounded_gzip import unpack_gzip
from predictor.recognition.plain_estimators import stand_in

ROOT = Path(__file__).parents[2]
ANSWER = """
import sys
from pathlib import Path
import numpy as np
from predictor.recognition.classifier import load_classifier
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.signing_keys import load_public_key

folder, pictures, answers = sys.argv[1:]
key = load_public_key(Path("mnistsite/trusted_keys/publisher.pem").read_bytes())
package = open_package(Path(folder), TrustPolicy((TrustedKey("publisher", key),)))
np.save(answers, load_classifier(package).classify(np.load(pictures)).probabilities)
print("sklearn" in sys.modules)
"""


@pytest.mark.parametrize("name", ["mnist-sgd", "mnist-mlp"])
def test_a_shipped_package_answers_the_same_without_scikit_learn(name, tmp_path):
    (folder,) = (ROOT / "trained_models" / name).iterdir()
    pictures = np.random.default_rng(1).random((50, 1, 28, 28), np.float32)
    np.save(tmp_path / "pictures.npy", pictures)
    estimator = joblib.load(io.BytesIO(unpack_gzip((folder / "model.pkl.gz").read_bytes())))  # noqa: TID251

    arguments = [str(folder), str(tmp_path / "pictures.npy"), str(tmp_path / "answers.npy")]
    printed = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", ANSWER, *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert printed == "False\n"
    shares = estimator.predict_proba(pictures.reshape(50, -1))
    expected = shares / shares.sum(axis=1, keepdims=True, dtype=np.float64)
    # The server divides by the sum in 64 bits, scikit-learn in as many as the weights have.
    np.testing.assert_array_max_ulp(np.load(tmp_path / "answers.npy"), expected.astype(np.float32), maxulp=1)


@pytest.mark.parametrize(
    ("module", "name"), [("builtins", "eval"), ("numpy", "load"), ("sklearnish", "Model"), ("os", "system")]
)
def test_nothing_but_arrays_and_attributes_is_unpickled_without_scikit_learn(module, name):
    with pytest.raises(LookupError, match=name):
        stand_in(module, name)


def test_what_stands_for_an_object_has_its_class_and_attributes():
    from sklearn.preprocessing import LabelBinarizer  # noqa: PLC0415 - only this test needs it

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            return stand_in(module, name)

    found = Reader(io.BytesIO(pickle.dumps(LabelBinarizer(pos_label=3)))).load()

    assert (type(found).__name__, found.pos_label) == ("LabelBinarizer", 3)
    assert not isinstance(found, LabelBinarizer)
