from __future__ import annotations

import gzip
import io
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from predictor.training.augmentation import Augmentation
from predictor.training.pictures import Pictures
from predictor.training.progress import silent
from predictor.training.recipe import Run
from predictor.training.recipes.mnist_mlp import Settings, fit, fresh_pictures

NO_CHECKPOINT = Path("never-written")
SMALL = Settings(
    hidden=(20, 10),
    epochs=4,
    learning_rate=0.1,
    batch=20,
    alpha=1e-5,
    augmentation=Augmentation(shift_px=0.5, rotation_deg=2),
)


@pytest.fixture(scope="module")
def inputs_and_labels():
    """120 pictures: digit n is a spot whose place is n's, on faint noise."""
    rng = np.random.default_rng(6)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 12)
    rng.shuffle(labels)
    inputs = rng.random((120, 1, 28, 28), np.float32) * np.float32(0.1)
    for image, label in zip(inputs[:, 0], labels, strict=True):
        row, column = divmod(int(label), 4)
        image[4 + row * 7 : 9 + row * 7, 2 + column * 6 : 7 + column * 6] = 0.9
    return inputs, labels


@pytest.fixture
def unpacked():
    def unpack(content):
        return joblib.load(io.BytesIO(gzip.decompress(content)))  # noqa: TID251 - made by this very test

    return unpack


def test_the_same_seed_gives_the_same_bytes(inputs_and_labels):
    first = fit(*inputs_and_labels, Run(3, silent, NO_CHECKPOINT), settings=SMALL)
    second = fit(*inputs_and_labels, Run(3, silent, NO_CHECKPOINT), settings=SMALL)

    assert first == second


def test_another_seed_gives_another_model(inputs_and_labels):
    first = fit(*inputs_and_labels, Run(3, silent, NO_CHECKPOINT), settings=SMALL)
    second = fit(*inputs_and_labels, Run(4, silent, NO_CHECKPOINT), settings=SMALL)

    assert first.content != second.content


def test_it_learns_what_it_is_shown(inputs_and_labels, unpacked):
    inputs, labels = inputs_and_labels

    trained = fit(inputs, labels, Run(3, silent, NO_CHECKPOINT), settings=replace(SMALL, epochs=20))

    answers = unpacked(trained.content).predict(inputs.reshape(-1, 784))
    assert (answers == labels).mean() > 0.95
    assert 0.05 <= trained.temperature <= 20
    assert 0 <= trained.min_confidence <= 1


def test_the_packed_model_holds_little_but_its_weights(inputs_and_labels, unpacked):
    trained = fit(
        *inputs_and_labels, Run(3, silent, NO_CHECKPOINT), settings=replace(SMALL, hidden=(200, 100))
    )

    model = unpacked(trained.content)
    weights = [*model.coefs_, *model.intercepts_]
    assert {weight.dtype for weight in weights} == {np.dtype(np.float32)}
    assert len(gzip.decompress(trained.content)) < sum(weight.nbytes for weight in weights) + 10_000


def test_the_packed_model_answers_probabilities_for_float32_pictures(inputs_and_labels, unpacked):
    inputs, _labels = inputs_and_labels
    trained = fit(*inputs_and_labels, Run(3, silent, NO_CHECKPOINT), settings=SMALL)

    probabilities = unpacked(trained.content).predict_proba(inputs.reshape(-1, 784))

    assert probabilities.shape == (120, 10)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(120), abs=1e-5)


def test_progress_names_stages_epochs_and_what_was_chosen(inputs_and_labels):
    lines = []

    fit(*inputs_and_labels, Run(3, lines.append, NO_CHECKPOINT), settings=replace(SMALL, epochs=2))

    assert lines[0] == "Training on 100 pictures, to ask about the other 20 ..."
    assert lines[1].startswith("  epoch 1 of 2: loss ")
    assert lines[2].startswith("  epoch 2 of 2: loss ")
    assert lines[3].endswith("% of them right")
    assert lines[5].startswith("Chosen: temperature ")
    assert lines[6] == "Training on all 120 pictures ..."
    assert lines[8].startswith("  epoch 2 of 2: loss ")


def test_an_interrupt_ends_the_training_and_not_one_epoch_alone(inputs_and_labels, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    lines = []
    monkeypatch.setattr(MLPClassifier, "_backprop", interrupt)

    with pytest.raises(KeyboardInterrupt):
        fit(*inputs_and_labels, Run(3, lines.append, NO_CHECKPOINT), settings=SMALL)

    assert len(lines) == 1


def test_no_two_epochs_see_the_same_pictures(inputs_and_labels):
    pictures = Pictures.from_inputs(*inputs_and_labels)
    rng = np.random.default_rng(0)

    first, second = (fresh_pictures(pictures, SMALL, rng) for _ in range(2))

    assert first.pixels.shape == pictures.pixels.shape
    assert sorted(first.labels) == sorted(second.labels) == sorted(pictures.labels)
    assert not np.array_equal(first.pixels, second.pixels)


def test_pictures_keep_their_labels_in_the_new_order(inputs_and_labels):
    pictures = Pictures.from_inputs(*inputs_and_labels)
    unchanged = replace(SMALL, augmentation=Augmentation())

    fresh = fresh_pictures(pictures, unchanged, np.random.default_rng(0))

    known = {
        pixels.round(2).tobytes(): label
        for pixels, label in zip(pictures.pixels, pictures.labels, strict=True)
    }
    assert [known[pixels.round(2).tobytes()] for pixels in fresh.pixels] == fresh.labels.tolist()


def test_the_learning_rate_falls_from_epoch_to_epoch():
    rates = [replace(SMALL, epochs=4, learning_rate=0.1).rate_in(epoch) for epoch in range(4)]

    assert rates == pytest.approx([0.1, 0.08535534, 0.05, 0.01464466])
