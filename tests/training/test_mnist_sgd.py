from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from predictor.training.pictures import Pictures
from predictor.training.progress import silent
from predictor.training.recipe import Run
from predictor.training.recipes.mnist_sgd import Settings, choose, fit
from tests.training.idx_folders import bars

FEW = (Settings(alpha=1e-5, eta0=0.01, epochs=2), Settings(alpha=1e-5, eta0=0.01, epochs=4))


def run(seed, report=silent):
    return Run(seed, report, checkpoints=Path("never-written"))


@pytest.fixture(scope="module")
def inputs_and_labels():
    images, labels = bars(12, seed=6)
    return (images[:, np.newaxis] / np.float32(255)).astype(np.float32), labels


def test_the_same_seed_gives_the_same_bytes(inputs_and_labels):
    first = fit(*inputs_and_labels, run(3), candidates=FEW)
    second = fit(*inputs_and_labels, run(3), candidates=FEW)

    assert first == second


def test_another_seed_gives_another_model(inputs_and_labels):
    first = fit(*inputs_and_labels, run(3), candidates=FEW)
    second = fit(*inputs_and_labels, run(4), candidates=FEW)

    assert first.content != second.content


def test_progress_names_stages_candidates_and_epochs(inputs_and_labels):
    lines = []

    fit(*inputs_and_labels, run(3, lines.append), candidates=FEW)

    assert lines[0] == "Choosing among 2 settings on 20 pictures ..."
    assert lines[1].startswith("  alpha 1e-05, eta0 0.01, 2 epochs: ")
    assert lines[5] == "Training on all 120 pictures ..."
    assert lines[6].startswith("  epoch 1 of ")


def test_the_candidate_with_the_smallest_validation_loss_is_chosen(inputs_and_labels):
    training, validation = Pictures.from_inputs(*inputs_and_labels).parted()
    hopeless = Settings(alpha=1e-5, eta0=1e-7, epochs=1)

    best = choose(training, validation, (hopeless, *FEW), 0, silent)

    assert best.settings in FEW


def test_the_choice_does_not_look_at_the_validation_pictures_while_training(inputs_and_labels):
    training, validation = Pictures.from_inputs(*inputs_and_labels).parted()
    shuffled = Pictures(validation.pixels, validation.labels[::-1])

    honest = choose(training, validation, FEW[:1], 0, silent)
    misled = choose(training, shuffled, FEW[:1], 0, silent)

    assert honest.probabilities.argmax(axis=1).tolist() == misled.probabilities.argmax(axis=1).tolist()
