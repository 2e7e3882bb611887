"""The classic: one linear model on the 784 pixels, fitted by stochastic gradient descent.

Logistic loss gives probabilities; averaging the weights over all steps makes the result nearly independent
of the order of the pictures. docs/training.md tells what else was tried and why it is not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

from predictor.recognition.confidence import calibrate
from predictor.recognition.package_metadata import DIGITS, InputForm
from predictor.training.calibration import (
    choose_min_confidence,
    choose_temperature,
    negative_log_likelihood,
)
from predictor.training.datasets import MNIST
from predictor.training.joblib_model import FRAMEWORKS, packed
from predictor.training.pictures import Pictures
from predictor.training.progress import Report, stage
from predictor.training.recipe import Recipe, Run, TrainedModel

CLASSES = np.arange(len(DIGITS))


@dataclass(frozen=True, slots=True)
class Settings:
    """What the training leaves to choose.

    Attributes:
        alpha: strength of the L2 penalty.
        eta0: the constant learning rate.
        epochs: passes over the pictures.
    """

    alpha: float
    eta0: float
    epochs: int

    def __str__(self) -> str:
        return f"alpha {self.alpha:g}, eta0 {self.eta0:g}, {self.epochs} epochs"


CANDIDATES = tuple(
    Settings(alpha, eta0, epochs)
    for alpha, eta0, epochs in product((1e-5, 1e-4), (0.005, 0.01, 0.02), (5, 10, 15, 20))
)


@dataclass(frozen=True, slots=True)
class Trial:
    """How one candidate did on the validation pictures.

    Attributes:
        probabilities: its answers, calibrated with the temperature.
        loss: their negative log-likelihood: smoother than accuracy, and it asks for honest confidence.
    """

    settings: Settings
    temperature: float
    probabilities: NDArray[np.float32]
    loss: float


def fit(
    inputs: NDArray[np.float32],
    labels: NDArray[np.uint8],
    run: Run,
    *,
    candidates: Sequence[Settings] = CANDIDATES,
) -> TrainedModel:
    """Choose on a validation part, then train on everything with what was chosen; see `recipe.Fit`."""
    everything = Pictures.from_inputs(inputs, labels)
    training, validation = everything.parted()
    with stage(run.report, f"Choosing among {len(candidates)} settings on {len(validation):,} pictures"):
        best = choose(training, validation, candidates, run.seed, run.report)
    min_confidence = choose_min_confidence(best.probabilities, validation.labels)
    run.report(f"Chosen: {best.settings}, temperature {best.temperature}, threshold {min_confidence}")
    with stage(run.report, f"Training on all {len(labels):,} pictures"):
        epochs = train(everything, best.settings, run.seed)
        for epoch in range(1, best.settings.epochs + 1):
            model = next(epochs)
            run.report(f"  epoch {epoch} of {best.settings.epochs}")
    return TrainedModel(packed(model), best.temperature, min_confidence)


def choose(
    training: Pictures, validation: Pictures, candidates: Sequence[Settings], seed: int, report: Report
) -> Trial:
    """Train every candidate; return the one that does best on the validation pictures."""
    trials = []
    # Candidates that differ in epochs alone share one run.
    for alpha, eta0 in sorted({(each.alpha, each.eta0) for each in candidates}):
        wanted = {each.epochs for each in candidates if (each.alpha, each.eta0) == (alpha, eta0)}
        for epoch, model in enumerate(train(training, Settings(alpha, eta0, max(wanted)), seed), start=1):
            if epoch in wanted:
                trials.append(_try(model, Settings(alpha, eta0, epoch), validation, report))
    return min(trials, key=lambda trial: trial.loss)


def train(pictures: Pictures, settings: Settings, seed: int) -> Iterator[SGDClassifier]:
    """Train, and yield the model after each epoch; it is the same object, further on."""
    model = SGDClassifier(
        loss="log_loss",
        alpha=settings.alpha,
        learning_rate="constant",
        eta0=settings.eta0,
        average=True,
        n_jobs=-1,  # The classes are fitted side by side; the result does not depend on it.
    )
    for epoch in range(1, settings.epochs + 1):
        model.set_params(random_state=seed + epoch)  # Another order of the pictures in each epoch.
        model.partial_fit(pictures.pixels, pictures.labels, classes=CLASSES)
        yield model


def _try(model: SGDClassifier, settings: Settings, validation: Pictures, report: Report) -> Trial:
    raw = model.predict_proba(validation.pixels)
    temperature = choose_temperature(raw, validation.labels)
    probabilities = calibrate(raw, temperature)
    loss = negative_log_likelihood(probabilities, validation.labels)
    right = float((probabilities.argmax(axis=1) == validation.labels).mean())
    report(f"  {settings}: {right:.2%} right, loss {loss:.4f}")
    return Trial(settings, temperature, probabilities, loss)


RECIPE = Recipe(
    name="mnist-sgd",
    title="Handwritten digits, linear (SGD)",
    description=(
        "The classic: scikit-learn's SGDClassifier, a linear model on the 784 pixels with logistic loss and "
        "averaged weights."
    ),
    limits=(
        "It reads one digit at a time, and is the plain beginning that better models are compared with: it "
        "takes similar digits for each other, and it has not learnt what is no digit, so that letters and "
        "drawings can get an answer. MNIST was written by Americans in the 1990s; other hands are read less "
        "well. Not for amounts, addresses or anything else that nobody checks."
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
