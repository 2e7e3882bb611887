"""`manage.py package_model`: a model of one's own becomes a signed package."""

from __future__ import annotations

import json
import pickle
from io import StringIO
from pathlib import Path

import joblib
import numpy as np
import pytest
import sklearn
from django.core.management import CommandError, call_command
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.multiclass import OutputCodeClassifier
from sklearn.svm import LinearSVC

from predictor.management.commands.package_model import Command
from predictor.recognition.classifier import load_classifier
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.package_metadata import InputForm
from predictor.recognition.recognizer import Recognizer
from predictor.recognition.signing_keys import create_key_pair, load_public_key
from predictor.training.evaluation import png_bytes
from tests.packages import Marking
from tests.training.own_models import CORNERS, brightest_plane, corners, fitted, write_joblib, write_npz

PASSPHRASE = b"open sesame"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch, settings):
    """A deployment that has nothing yet, in the current folder."""
    monkeypatch.chdir(tmp_path)
    settings.VAR_DIR = tmp_path / "var"
    settings.SIGNING_KEY = tmp_path / "var" / "signing" / "signing-key.pem"
    settings.MODELS_DIR = tmp_path / "models"


@pytest.fixture
def policy(tmp_path):
    """Trusts the key in key.pem."""
    private_pem, public_pem = create_key_pair()
    (tmp_path / "key.pem").write_bytes(private_pem)
    return TrustPolicy((TrustedKey("publisher", load_public_key(public_pem)),))


def package(*arguments, file="corners.joblib", name="corners", preprocessing="plain-8x8", **options):
    out = StringIO()
    form = ["--name", name, "--preprocessing", preprocessing]
    call_command("package_model", file, *form, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def package_corners(*arguments, **options):
    """Of a pipeline that was fitted to 0..16."""
    if not Path("corners.joblib").exists():
        write_joblib(Path("corners.joblib"))
    key = ["--signing-key", "key.pem"] if Path("key.pem").exists() else []
    return package("--trust-pickle", "--range", 0, 16, *key, *arguments, **options)


def opened(policy, version="1.0.0", name="corners"):
    return open_package(Path("models", name, version), policy)


# A scikit-learn model


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


# Refusals


IMAGES, NAMES = corners(40, seed=1)
ROWS = IMAGES.reshape(-1, 64) / 16


def without_probabilities():
    return OutputCodeClassifier(Perceptron(), random_state=0).fit(ROWS, NAMES)


@pytest.mark.parametrize(
    ("model", "arguments", "reason"),
    [
        (LogisticRegression(), [], "LogisticRegression has no n_features_in_; expected .* been fitted"),
        ({"no": "model"}, [], "dict has no n_features_in_"),
        (LinearRegression().fit(ROWS, range(40)), [], "LinearRegression has no classes_"),
        (KMeans(4, n_init=1).fit(ROWS), [], "KMeans has no classes_"),
        (without_probabilities(), [], "has neither predict_proba nor decision_function"),
        (
            LogisticRegression().fit(np.tile(ROWS, 4), NAMES),
            [],
            "takes 256 features, plain-8x8 makes 8 x 8 = 64; choose plain-16x16",
        ),
        (
            LogisticRegression().fit(ROWS[:, :50], NAMES),
            [],
            "takes 50 features, .* fit it to square pictures",
        ),
        (None, ["--labels", "a,b,c"], "classes are north-east, .*, the labels are a, b, c; name these"),
        (None, ["--labels", ",".join(reversed(CORNERS))], "give them in this order"),
        (None, ["--preprocessing", "plain-8x8-rgb"], "plane by plane, .* convert the model to ONNX"),
        (None, ["--preprocessing", "palm-reading"], "palm-reading is unknown, known here: mnist-ink"),
        (None, ["--name", "Corners"], "name must match"),
        (None, ["--version", "1"], "version must match"),
        (None, ["--range", 16, 0], "range must begin below its end"),
        (None, ["--min-confidence", 2], "min_confidence must lie between 0 and 1"),
        (None, ["--min-confidence", "nan"], "NaN"),
        (None, ["--title", "\x07"], "title has characters that cannot be printed"),
        (None, ["--evaluation-data", "nowhere"], "nowhere cannot be read"),
        (None, ["--labels-file", "nowhere"], "No such file"),
        (None, ["--signing-key", "nowhere"], "No such file"),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_way_out(policy, model, arguments, reason):
    write_joblib(Path("corners.joblib"), model)

    with pytest.raises(CommandError, match=reason) as caught:
        package_corners(*arguments)

    assert caught.value.returncode == 1
    assert list(Path().glob("models/*")) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be unpickled"),
        (b"\x80garbage", "cannot be unpickled"),
        (b"\x80\x04cno_such_module\nName\n.", "cannot be unpickled: .*no_such_module.* must be importable"),
    ],
)
def test_what_cannot_be_unpickled_is_refused(policy, content, reason):
    Path("corners.joblib").write_bytes(content)

    with pytest.raises(CommandError, match=reason):
        package_corners()


def test_a_pickle_of_another_scikit_learn_is_refused(policy):
    version = sklearn.__version__.encode()
    pickled = pickle.dumps(LogisticRegression().fit(ROWS, NAMES), protocol=4)
    Path("corners.joblib").write_bytes(pickled.replace(version, b"0" * len(version)))

    with pytest.raises(CommandError, match="was fitted with scikit-learn 00000"):
        package_corners()


def test_labels_that_are_no_text_are_refused(policy):
    Path("labels.txt").write_bytes(b"\xff\xfe\n")

    with pytest.raises(CommandError, match=r"labels\.txt is no text"):
        package_corners("--labels-file", "labels.txt")


@pytest.mark.parametrize("file", ["corners.txt", "corners", "corners.onnx.gz"])
def test_a_file_of_another_ending_is_refused(policy, file):
    Path(file).touch()

    with pytest.raises(CommandError, match=r"the ending must be \.joblib"):
        package_corners(file=file)


def test_an_existing_version_is_refused(policy):
    package_corners()

    with pytest.raises(CommandError, match="a version never changes"):
        package_corners("--version", "1.0.0")


def test_pictures_that_chose_the_thresholds_may_not_measure_them(policy):
    data = write_npz(Path("all.npz"))

    with pytest.raises(CommandError, match="calibration and evaluation data are the same"):
        package_corners("--calibration-data", data, "--evaluation-data", data)


def test_a_picture_that_cannot_be_recognised_is_named(policy):
    Path("unseen", "north-east").mkdir(parents=True)
    Path("unseen", "north-east", "1.svg").write_bytes(b"<svg/>")

    with pytest.raises(CommandError, match=r"north-east/1\.svg cannot be recognised"):
        package_corners("--evaluation-data", "unseen")

    assert list(Path().glob("models/*")) == []


def test_interrupted_it_leaves_nothing(policy, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("predictor.training.own_package.evaluate_files", interrupt)

    with pytest.raises(CommandError, match="Interrupted; no package was written"):
        package_corners("--evaluation-data", write_npz(Path("unseen.npz")))

    assert list(Path().glob("models/*")) == []


@pytest.mark.parametrize("arguments", [[], ["model.onnx"], ["model.onnx", "--name", "x", "--range", "0"]])
def test_wrong_usage_is_told_from_a_refusal(arguments):
    with pytest.raises(SystemExit) as caught:
        Command().run_from_argv(["manage.py", "package_model", *arguments])

    assert caught.value.code == 2


# An ONNX model


def package_colours(*arguments, content=None, **options):
    Path("colours.onnx").write_bytes(content or brightest_plane())
    form = {"file": "colours.onnx", "name": "colours", "preprocessing": "plain-8x8-rgb"} | options
    return package("--signing-key", "key.pem", *arguments, **form)


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


def test_a_given_outlier_threshold_is_kept(policy):
    package_colours(
        "--labels", "red,green,blue", "--max-outlier", "0.5", content=brightest_plane(outlier=True)
    )

    assert opened(policy, name="colours").metadata.max_outlier == 0.5


@pytest.mark.parametrize(
    ("arguments", "options", "reason"),
    [
        ([], {}, "does not say what its outputs mean; name the labels"),
        (["--labels", "red,green"], {}, "not floats\\(2, 2\\)"),
        (["--labels", "red,red,blue"], {}, "labels has a label twice"),
        (
            ["--labels", "red,green,blue"],
            {"preprocessing": "plain-16x16-rgb"},
            r"takes \[n, 3, 8, 8\], plain-16x16-rgb makes \[n, 3, 16, 16\]",
        ),
        (["--labels", "red,green,blue"], {"preprocessing": "plain-8x8"}, r"makes \[n, 1, 8, 8\]"),
        (["--labels", "red,green,blue"], {"content": b"garbage"}, "onnxruntime refuses it"),
    ],
)
def test_an_onnx_model_that_does_not_fit_is_refused(policy, arguments, options, reason):
    with pytest.raises(CommandError, match=reason):
        package_colours(*arguments, **options)

    assert list(Path().glob("models/*")) == []
