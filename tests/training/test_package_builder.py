from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import open_package
from predictor.recognition.recognizer import Recognizer
from predictor.training.datasets import load_data_set
from predictor.training.errors import TrainingError
from predictor.training.evaluation import png_bytes
from predictor.training.package_builder import build_package
from predictor.training.package_writer import next_version
from predictor.training.progress import silent
from predictor.training.recipe import Run
from predictor.training.recipes import RECIPES
from predictor.training.recipes.mnist_sgd import Settings, fit
from tests import packages
from tests.training.idx_folders import write_idx_folder

QUICK = replace(
    RECIPES["mnist-sgd"], fit=partial(fit, candidates=(Settings(alpha=1e-5, eta0=0.05, epochs=5),))
)


@pytest.fixture
def data(tmp_path):
    return load_data_set(write_idx_folder(tmp_path / "data"))


def build(data, models_dir, recipe=QUICK, version="1.0.0", report=silent):
    return build_package(
        recipe,
        data,
        models_dir=models_dir,
        version=version,
        created=datetime(2026, 11, 22, tzinfo=UTC),
        private_key=packages.SIGNING_KEY,
        run=Run(0, report, models_dir / "checkpoint"),
    )


def test_the_package_opens_and_recognises(data, tmp_path):
    folder, _evaluation = build(data, tmp_path / "models")

    recognizer = Recognizer.from_package(open_package(folder, packages.policy()))
    answers = [recognizer.recognize(png_bytes(image)).label for image in data.test.images]
    assert folder == tmp_path / "models" / "mnist-sgd" / "1.0.0"
    assert answers == [str(label) for label in data.test.labels]


def test_the_package_tells_what_it_was_made_from_and_how_well_it_does(data, tmp_path):
    folder, evaluation = build(data, tmp_path / "models")

    metadata = open_package(folder, packages.policy()).metadata
    assert metadata.created == datetime(2026, 11, 22, tzinfo=UTC)
    assert metadata.description.endswith("It learnt from 120 training pictures of unrecognised data.")
    assert metadata.data == (data.train.describe("train"), data.test.describe("test"))
    assert metadata.metrics["accuracy"] == evaluation.accuracy
    assert metadata.licence == "MIT"


def test_the_card_and_the_metadata_give_the_same_figures(data, tmp_path):
    folder, _evaluation = build(data, tmp_path / "models")

    package = open_package(folder, packages.policy())
    card = json.loads(package.files["card/metrics.json"])
    assert card["accuracy"] == package.metadata.metrics["accuracy"]
    assert card["data"] == {"name": "unrecognised data", "split": "test", "count": 20}
    assert package.files["card/confusion-matrix.png"].startswith(b"\x89PNG")


def test_two_runs_differ_in_the_signature_and_the_measured_latency_alone(data, tmp_path):
    first, _evaluation = build(data, tmp_path / "first")
    second, _evaluation = build(data, tmp_path / "second")

    packs = [dict(open_package(folder, packages.policy()).files) for folder in (first, second)]
    cards = [json.loads(files.pop("card/metrics.json")) for files in packs]
    latencies_ms = [card.pop("latency_ms") for card in cards]
    assert packs[0] == packs[1]
    assert cards[0] == cards[1]
    assert min(latencies_ms) > 0


def test_an_existing_version_is_left_alone(data, tmp_path):
    existing = tmp_path / "models" / "mnist-sgd" / "1.0.0"
    existing.mkdir(parents=True)

    with pytest.raises(TrainingError, match=r"1\.0\.0 exists; a version never changes"):
        build(data, tmp_path / "models")

    assert list(existing.iterdir()) == []


@pytest.mark.parametrize("version", ["1.0", "01.0.0", "../1.0.0", "latest"])
def test_an_odd_version_is_refused_before_training(data, tmp_path, version):
    lines = []

    with pytest.raises(PackageRejected) as caught:
        build(data, tmp_path / "models", version=version, report=lines.append)

    assert caught.value.code == "metadata_invalid"
    assert lines == []


def test_data_without_one_of_the_classes_are_refused(data, tmp_path):
    no_nines = data.train.labels != 9
    poorer = replace(data, train=type(data.train)(data.train.images[no_nines], data.train.labels[no_nines]))

    with pytest.raises(TrainingError, match=r"needs \[0, 1, 2, 3, 4, 5, 6, 7, 8, 9\]"):
        build(poorer, tmp_path / "models")


def test_a_blank_training_picture_is_named(data, tmp_path):
    images = data.train.images.copy()
    images[7] = 0

    with pytest.raises(TrainingError, match="training picture 8 cannot be used"):
        build(replace(data, train=replace(data.train, images=images)), tmp_path / "models")


@pytest.mark.parametrize("moment", ["Training on all", "Measuring with"])
def test_an_interrupted_run_leaves_nothing(data, tmp_path, moment):
    def interrupt(line):
        if line.startswith(moment):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(data, tmp_path / "models", report=interrupt)

    assert list(tmp_path.glob("models/*")) == []


def test_the_recipe_gets_pictures_in_the_form_that_the_service_makes(data, tmp_path):
    seen = []

    def spy(inputs, labels, run):
        seen.append(inputs)
        return QUICK.fit(inputs, labels, run)

    build(data, tmp_path / "models", recipe=replace(QUICK, fit=spy))

    assert seen[0].shape == (120, 1, 28, 28)
    assert seen[0].dtype == np.float32
    assert seen[0].max() == 1.0


@pytest.mark.parametrize(
    ("installed", "expected"),
    [([], "1.0.0"), (["1.0.0"], "1.0.1"), (["1.9.3", "1.10.0", "1.2.7"], "1.10.1"), (["notes"], "1.0.0")],
)
def test_the_next_version_follows_the_highest(tmp_path, installed, expected):
    for version in installed:
        (tmp_path / "mnist-sgd" / version).mkdir(parents=True)

    assert next_version(tmp_path, "mnist-sgd") == expected
