"""`manage.py package_model`: a fitted scikit-learn classifier becomes a signed package."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest
import sklearn
from django.core.management import CommandError
from PIL import Image
from sklearn.svm import LinearSVC

from predictor.recognition.classifier import load_classifier
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.package_metadata import InputForm
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.signing_keys import create_key_pair, load_public_key
from predictor.training.evaluation import png_bytes
from tests.commands.packaging import opened, package, package_corners
from tests.packages import Marking
from tests.training.own_models import CORNERS, corners, fitted, write_joblib, write_npz

PASSPHRASE = b"open sesame"


pytestmark = pytest.mark.usefixtures("empty_site")


def test_a_pipeline_becomes_a_package_that_answers(policy):
    out = package_corners()

    recognizer = Recognizer.from_package(opened(policy))
    images, labels = corners(20, seed=5)
    assert [recognizer.recognize(png_bytes(image)).label for image in images] == list(labels)
    assert out.endswith(f"Package: {Path.cwd() / 'models' / 'corners' / '1.0.0'}\n")


def test_the_package_sees_the_range_that_the_model_was_fitted_to(policy):
    package_corners()
    images, _labels = corners(20, seed=5)
    inputs = images[:, np.newaxis].astype(np.float32) / 255

    answers = load_classifier(opened(policy)).classify(inputs).probabilities

    expected = fitted().predict_proba(images.reshape(-1, 64) / 255 * 16)
    np.testing.assert_allclose(answers, expected, atol=1e-4)


def test_without_pictures_the_package_says_nothing_of_its_quality(policy):
    package_corners()

    found = opened(policy)
    assert sorted(found.files) == ["model.pkl.gz", "package.json"]
    metadata = found.metadata
    assert metadata.labels == CORNERS
    assert metadata.input == InputForm((64,), 0, 16)
    assert metadata.frameworks["scikit-learn"] == sklearn.__version__
    assert (metadata.data, dict(metadata.metrics)) == ((), {})
    assert (metadata.temperature, metadata.min_confidence, metadata.max_outlier) == (1, 0, 1)
    assert (metadata.title, metadata.licence) == ("corners", "not stated")
    assert metadata.description == "Pipeline of scikit-learn, made elsewhere and packaged here."


def test_texts_and_version_are_taken_over(policy):
    package_corners(
        *("--title", "Where is it?", "--description", "Finds a square.", "--licence", "MIT"),
        *("--version", "2.0.0", "--min-confidence", "0.75"),
    )

    metadata = opened(policy, "2.0.0").metadata
    assert (metadata.title, metadata.description, metadata.licence) == (
        "Where is it?",
        "Finds a square.",
        "MIT",
    )
    assert metadata.min_confidence == 0.75


def test_the_next_package_is_the_next_version(policy):
    package_corners()

    assert package_corners().endswith("1.0.1\n")


def test_two_runs_differ_in_the_signature_alone(policy):
    package_corners("--output", "one")
    package_corners("--output", "two")

    first, second = (open_package(Path(place, "corners", "1.0.0"), policy) for place in ("one", "two"))
    assert dict(first.files) == dict(second.files)


def test_quality_is_measured_with_the_evaluation_data(policy):
    out = package_corners("--evaluation-data", write_npz(Path("unseen.npz")))

    found = opened(policy)
    card = json.loads(found.files["card/metrics.json"])
    assert found.metadata.metrics["accuracy"] == card["accuracy"] == 1
    assert card["data"] == {"name": "unseen", "split": "test", "count": 12}
    assert found.files["card/confusion-matrix.png"].startswith(b"\x89PNG")
    assert [source["split"] for source in found.metadata.data] == ["test"]
    assert "accuracy   " in out
    assert found.metadata.temperature == 1


def test_temperature_and_threshold_are_chosen_with_the_calibration_data(policy):
    out = package_corners("--calibration-data", write_npz(Path("kept-back.npz"), count=40))

    metadata = opened(policy).metadata
    assert metadata.temperature != 1
    assert f"temperature {metadata.temperature}, smallest confidence {metadata.min_confidence}" in out
    assert [(source["name"], source["split"]) for source in metadata.data] == [("kept-back", "calibration")]
    assert dict(metadata.metrics) == {}


def test_a_given_threshold_is_kept(policy):
    package_corners(
        "--calibration-data", write_npz(Path("kept-back.npz"), count=40), "--min-confidence", "0.9"
    )

    metadata = opened(policy).metadata
    assert metadata.temperature != 1
    assert metadata.min_confidence == 0.9


def test_files_of_pictures_are_measured_as_they_are(policy):
    for number, (image, label) in enumerate(zip(*corners(8, seed=9), strict=True)):
        Path("unseen", label).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).resize((80, 80), Image.Resampling.NEAREST).save(
            Path("unseen", label, f"{number}.webp"), lossless=True
        )

    package_corners("--evaluation-data", "unseen")

    assert opened(policy).metadata.metrics["accuracy"] == 1


def test_verbosity_0_prints_the_folder_alone(policy):
    out = package_corners("--evaluation-data", write_npz(Path("unseen.npz")), verbosity=0)

    assert out == f"Package: {Path.cwd() / 'models' / 'corners' / '1.0.0'}\n"


@pytest.mark.parametrize("file", ["corners.pkl", "corners.pkl.gz", "corners.pickle", "corners.joblib.gz"])
def test_every_usual_pickle_is_read(policy, file):
    if file.endswith(".gz"):
        joblib.dump(fitted(), file)
    else:
        Path(file).write_bytes(pickle.dumps(fitted()))

    package_corners(file=file)

    assert opened(policy).metadata.labels == CORNERS


def test_classes_that_are_numbers_get_the_labels_that_are_given(policy):
    images, labels = corners(40, seed=1)
    numbers = [CORNERS.index(label) for label in labels]
    write_joblib(Path("corners.joblib"), LinearSVC().fit(images.reshape(-1, 64) / 16, numbers))
    Path("labels.txt").write_text("right, above\nleft, above\nright, below\nleft, below\n")

    package_corners("--labels-file", "labels.txt")

    assert opened(policy).metadata.labels == ("right, above", "left, above", "right, below", "left, below")


# Trust and keys


def test_a_pickle_is_not_read_unless_its_owner_says_so(policy):
    write_joblib(Path("corners.joblib"), Marking(Path("mark")))

    with pytest.raises(CommandError, match="runs whatever code it holds; if you made it yourself") as caught:
        package("--signing-key", "key.pem")

    assert caught.value.returncode == 1
    assert not Path("mark").exists()
    assert not Path("models").exists()


def test_without_a_key_one_is_made_and_trusted():
    out = package_corners()

    public_pem = Path("var", "trusted_keys", "signing-key.pem").read_bytes()
    policy = TrustPolicy((TrustedKey("own", load_public_key(public_pem)),))
    assert opened(policy).signer == "own"
    assert "There is no signing key yet; making one" in out


def test_a_key_may_be_encrypted(tmp_path):
    private_pem, public_pem = create_key_pair(PASSPHRASE)
    Path("key.pem").write_bytes(private_pem)
    Path("passphrase").write_bytes(PASSPHRASE + b"\n")

    package_corners("--passphrase-file", "passphrase")

    assert opened(TrustPolicy((TrustedKey("publisher", load_public_key(public_pem)),))).signer == "publisher"
