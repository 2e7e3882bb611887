"""`manage.py package_model`: what cannot be served is refused, with a way out."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import sklearn
from django.core.management import CommandError
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.multiclass import OutputCodeClassifier

from predictor.management.commands.package_model import Command
from tests.commands.packaging import package_colours, package_corners
from tests.training.own_models import CORNERS, corners, write_joblib, write_npz

pytestmark = pytest.mark.usefixtures("empty_site")

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
