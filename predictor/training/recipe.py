"""What every recipe for a model has in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.package_metadata import InputForm
from predictor.training.progress import Report


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What a recipe yields.

    Attributes:
        content: the model file's bytes.
        temperature: scales the model's confidence so that it is honest; chosen on validation data.
        min_confidence: from which confidence on an answer is accepted; chosen on validation data.
        max_outlier: up to which outlier score; chosen on validation data. 1 if the model gives none.
    """

    content: bytes
    temperature: float
    min_confidence: float
    max_outlier: float = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a recipe.

    Attributes:
        seed: of everything random: the same seed and data give the same model.
        report: is told how far it is.
        checkpoints: the folder where a long run keeps its state, and finds it again after an interruption.
        others: (n, height, width) uint8 pictures of what the model shall reject, for a recipe that names
            such a data set.
    """

    seed: int
    report: Report
    checkpoints: Path
    others: NDArray[np.uint8] | None = None


class Fit(Protocol):
    """The function that makes a model."""

    def __call__(self, inputs: NDArray[np.float32], labels: NDArray[np.uint8], run: Run) -> TrainedModel:
        """Make a model of the training pictures.

        Args:
            inputs: (n, channels, side, side) in 0..1, as the recipe's preprocessing makes them.
            labels: (n,), the classes' numbers.
            run: seed, progress and checkpoints.
        """


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one of the project's models is made, and what its package says of it.

    Attributes:
        limits: what the model must not be used for, and where it is weak.
        data_set: the name of what it is trained with where no other data are given.
        frameworks: versions of the libraries that the model file depends on.
        others: the name of a data set whose pictures it learns to reject; None for a recipe that needs none.
    """

    name: str
    title: str
    description: str
    limits: str
    data_set: str
    labels: tuple[str, ...]
    format: str
    input: InputForm
    preprocessing: str
    frameworks: Mapping[str, str]
    licence: str
    fit: Fit
    others: str | None = None
