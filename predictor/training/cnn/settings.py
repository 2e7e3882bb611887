"""What decides how a network is trained. Free of PyTorch, so that recipes can be listed without it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from predictor.training.augmentation import Augmentation


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a network looks like.

    Attributes:
        channels: of the three stages; between them both sides of the picture are halved.
        depths: convolutions in each stage.
        first_kernel_px: side of the first convolution's kernel, odd; all others have 3.
        dropout: share of the last features that a training step leaves out.
        classes: that are told apart.
        knows_outliers: one more output learns what is none of the classes.
        mirrored: serving averages over the picture and its mirror image; for what has no left and right.
    """

    channels: tuple[int, int, int]
    depths: tuple[int, int, int]
    first_kernel_px: int
    dropout: float
    classes: int
    knows_outliers: bool = False
    mirrored: bool = False

    @property
    def outputs(self) -> int:
        """How many scores the network gives."""
        return self.classes + self.knows_outliers


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast a network learns.

    Attributes:
        epochs: passes over the pictures.
        batch: pictures a step.
        peak_rate: the highest learning rate, reached after the first epoch; it then falls along a cosine.
        weight_decay: AdamW's.
        averaging: how much of the mean weights each step keeps, 0..1.
        label_smoothing: share of certainty that is spread over all classes, 0..1.
    """

    epochs: int
    batch: int = 128
    peak_rate: float = 3e-3
    weight_decay: float = 0.02
    averaging: float = 0.998
    label_smoothing: float = 0.0


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures (n, 1, 28, 28) in 0..1 and the numbers (n,) of their classes."""

    pictures: NDArray[np.float32]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def parted(self, part: int) -> tuple[Self, Self]:
        """Those to learn from, and the last of so many parts, to choose with."""
        split = len(self) - len(self) // part
        return (
            type(self)(self.pictures[:split], self.labels[:split]),
            type(self)(self.pictures[split:], self.labels[split:]),
        )

    def digest(self) -> str:
        """What tells these from others."""
        return hashlib.sha256(self.pictures.tobytes() + self.labels.tobytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a training, with a rate that rises and falls once.

    Attributes:
        supplied: how many pictures of each supply an epoch sees, chosen at random.
    """

    schedule: Schedule
    augmentation: Augmentation
    supplied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Teacher:
    """A larger network, trained first, whose opinions the served one learns from.

    Source: Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network".

    Attributes:
        weight: how much of the loss is distance from the teacher's opinion, 0..1; the rest is the labels'.
        temperature: softens both opinions before they are compared, so that the less probable classes count.
    """

    architecture: Architecture
    phases: tuple[Phase, ...]
    weight: float
    temperature: float


@dataclass(frozen=True, slots=True)
class Training:
    """Everything that decides what a network becomes, but for the data and the seed.

    Attributes:
        phases: one after the other, each from the mean weights of the one before.
        validation_part: the last of so many parts of the pictures is kept to choose with.
        wanted_accuracy: of the answers that the model stands by, 0..1.
        most_unsure: share of the pictures that it may be unsure of to reach that, 0..1.
        supplies: pictures that the training draws itself, beside the data set's own.
        teacher: trained before, with the same pictures; None to learn from labels alone.
        quantised: whether what is served multiplies whole numbers.
    """

    architecture: Architecture
    phases: tuple[Phase, ...]
    validation_part: int
    wanted_accuracy: float
    most_unsure: float = 1.0
    supplies: tuple[Examples, ...] = field(default=(), repr=False)
    teacher: Teacher | None = None
    quantised: bool = False

    @property
    def epochs(self) -> int:
        """Of all phases."""
        return sum(phase.schedule.epochs for phase in self.phases)

    def phase_of(self, epoch: int) -> tuple[Phase, int]:
        """The phase of an epoch of the whole training, and the epoch's number in it; both count from 0."""
        for phase in self.phases:
            if epoch < phase.schedule.epochs:
                return phase, epoch
            epoch -= phase.schedule.epochs
        raise IndexError("the training has fewer epochs")
