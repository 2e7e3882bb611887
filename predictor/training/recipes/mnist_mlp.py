"""Two hidden layers on the 784 pixels, in scikit-learn alone, trained on pictures that never come twice.

In each epoch every picture is bent, turned and the like anew, so that the model cannot learn them by heart.
docs/training.md tells how the settings were found.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from predictor.recognition.confidence import calibrate
from predictor.recognition.package_metadata import DIGITS, InputForm
from predictor.training import augmentation
from predictor.training.augmentation import Augmentation, augmented
from predictor.training.calibration import choose_min_confidence, choose_temperature
from predictor.training.datasets import MNIST
from predictor.training.joblib_model import FRAMEWORKS, packed
from predictor.training.pictures import Pictures
from predictor.training.progress import Report, stage
from predictor.training.recipe import Recipe, Run, TrainedModel

CLASSES = np.arange(len(DIGITS))
SIDE_PX = 28
WANTED_ACCURACY = 0.999  # Of the answers that the model stands by; of all, more than 0.99 are right.
# What MLPClassifier keeps to train on: twice the weights' size, and nothing that an answer needs.
_TRAINING_STATE = ("_optimizer", "_best_coefs", "_best_intercepts", "_random_state", "loss_curve_")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the training leaves to choose; it is fixed beforehand, as trying takes long.

    Attributes:
        hidden: neurons of each hidden layer.
        epochs: passes over the pictures, each time changed anew.
        learning_rate: of the first epoch; it falls along half a cosine to nearly 0.
        batch: pictures a step.
        alpha: strength of the L2 penalty.
        augmentation: how far the pictures are changed.
    """

    hidden: tuple[int, ...]
    epochs: int
    learning_rate: float
    batch: int
    alpha: float
    augmentation: Augmentation

    def rate_in(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        return self.learning_rate * (1 + math.cos(math.pi * epoch / self.epochs)) / 2


CHOSEN = Settings(
    hidden=(800, 400),
    epochs=40,
    learning_rate=0.1,
    batch=128,
    alpha=1e-5,
    augmentation=augmentation.DIGITS,
)


def fit(
    inputs: NDArray[np.float32],
    labels: NDArray[np.uint8],
    run: Run,
    *,
    settings: Settings = CHOSEN,
) -> TrainedModel:
    """Train once to choose temperature and threshold, once on everything; see `recipe.Fit`."""
    everything = Pictures.from_inputs(inputs, labels)
    training, validation = everything.parted()
    with stage(
        run.report, f"Training on {len(training):,} pictures, to ask about the other {len(validation):,}"
    ):
        model = train(training, settings, run.seed, run.report)
        temperature, min_confidence = _calibrated(model, validation, run.report)
    run.report(f"Chosen: temperature {temperature}, threshold {min_confidence}")
    with stage(run.report, f"Training on all {len(everything):,} pictures"):
        model = train(everything, settings, run.seed, run.report)
    return TrainedModel(packed(model), temperature, min_confidence)


def train(pictures: Pictures, settings: Settings, seed: int, report: Report) -> MLPClassifier:
    """Train from the start; the model carries nothing that only more training would need."""
    model = MLPClassifier(
        settings.hidden,
        solver="sgd",  # In scikit-learn Adam computes in float64, costs more and does not come as far.
        learning_rate_init=settings.learning_rate,
        batch_size=min(settings.batch, len(pictures)),
        alpha=settings.alpha,
        shuffle=False,  # `fresh_pictures` does.
        random_state=seed,
    )
    rng = np.random.default_rng(seed)
    for epoch in range(settings.epochs):
        fresh = fresh_pictures(pictures, settings, rng)
        if epoch > 0:
            # None of scikit-learn's schedules ends at a rate near 0, which is worth as much as more neurons.
            model._optimizer.learning_rate = settings.rate_in(epoch)  # noqa: SLF001
        _learn(model, fresh)
        report(f"  epoch {epoch + 1} of {settings.epochs}: loss {model.loss_:.4f}")
    for name in _TRAINING_STATE:
        delattr(model, name)
    return model


def _learn(model: MLPClassifier, fresh: Pictures) -> None:
    """One pass over the pictures; Ctrl-C ends it, which scikit-learn would make a warning and go on."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Training interrupted by user", UserWarning)
        try:
            model.partial_fit(fresh.pixels, fresh.labels, classes=CLASSES)
        except UserWarning as error:
            raise KeyboardInterrupt from error


def fresh_pictures(pictures: Pictures, settings: Settings, rng: np.random.Generator) -> Pictures:
    """What one epoch learns from: every picture in a new form, in a new order."""
    order = rng.permutation(len(pictures))
    images = pictures.pixels[order].reshape(-1, 1, SIDE_PX, SIDE_PX)
    return Pictures.from_inputs(augmented(images, settings.augmentation, rng), pictures.labels[order])


def _calibrated(model: MLPClassifier, validation: Pictures, report: Report) -> tuple[float, float]:
    """Temperature and threshold by the validation pictures."""
    raw = model.predict_proba(validation.pixels)
    temperature = choose_temperature(raw, validation.labels)
    probabilities = calibrate(raw, temperature)
    right = float((probabilities.argmax(axis=1) == validation.labels).mean())
    report(f"  {right:.2%} of them right")
    return temperature, choose_min_confidence(probabilities, validation.labels, WANTED_ACCURACY)


RECIPE = Recipe(
    name="mnist-mlp",
    title="Handwritten digits, two hidden layers (MLP)",
    description=(
        "scikit-learn's MLPClassifier on the 784 pixels, trained on pictures that are bent, turned and of "
        "another stroke width in every epoch."
    ),
    limits=(
        "It reads one digit at a time and has not learnt what is no digit, so that letters and drawings can "
        "get an answer. MNIST was written by Americans in the 1990s; digits in shapes that it lacks, such as "
        "a slashed zero, are read less well. Not for amounts, addresses or anything else that nobody checks."
    ),
    data_set=MNIST,
    labels=DIGITS,
    format="joblib",
    input=InputForm((784,)),
    preprocessing="mnist-ink",
    frameworks=FRAMEWORKS,
    licence="MIT",
    fit=fit,
)
