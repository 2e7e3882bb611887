"""The default: a small convolutional network that also learns what is no digit.

Beside MNIST's pictures it sees them rewritten with other pens, digits in shapes that MNIST lacks, clothing,
and drawings of anything but a digit; the training draws these itself (`training.drawing`). docs/training.md
tells what each is worth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.package_metadata import DIGITS, InputForm
from predictor.training import augmentation
from predictor.training.cnn.settings import Architecture, Examples, Phase, Schedule, Teacher, Training
from predictor.training.datasets import FASHION_MNIST, MNIST
from predictor.training.drawing.drawn_digits import drawn_digits
from predictor.training.drawing.non_digits import non_digits, sent_pictures
from predictor.training.drawing.rewritten_digits import rewritten_digits
from predictor.training.errors import TrainingError
from predictor.training.onnx_model import FRAMEWORKS
from predictor.training.progress import stage
from predictor.training.recipe import Recipe, Run, TrainedModel

OUTLIER = len(DIGITS)  # The number of the class "no digit".


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many pictures of each supply there are; an epoch sees a part of each."""

    drawn: int = 40_000
    rewritten: int = 50_000
    no_digits: int = 60_000
    clothes: int = 25_000


AMOUNTS = Amounts()


def _phases(strong: int, gentle: int) -> tuple[Phase, ...]:
    """So many epochs of pictures that are changed much, then of such that are changed half as much."""
    return (
        Phase(Schedule(epochs=strong), augmentation.DIGITS, (8_000, 12_000, 10_000, 4_000)),
        Phase(
            Schedule(epochs=gentle, peak_rate=1e-3), augmentation.DIGITS_GENTLY, (4_000, 10_000, 8_000, 3_000)
        ),
    )


ARCHITECTURE = Architecture(
    channels=(16, 32, 80),
    depths=(1, 2, 2),
    first_kernel_px=5,
    dropout=0.2,
    classes=len(DIGITS),
    knows_outliers=True,
)
TRAINING = Training(
    ARCHITECTURE,
    _phases(10, 18),
    validation_part=12,  # MNIST's last 5 000 training pictures.
    wanted_accuracy=0.999,
    most_unsure=0.007,  # With the outlier rule's 0.003 that makes 1 % of the digits at most.
    quantised=True,
    teacher=Teacher(
        replace(ARCHITECTURE, channels=(32, 96, 192), dropout=0.3),
        _phases(9, 9),
        weight=0.7,
        temperature=2,
    ),
)


def fit(
    inputs: NDArray[np.float32],
    labels: NDArray[np.uint8],
    run: Run,
    *,
    training: Training = TRAINING,
    amounts: Amounts = AMOUNTS,
) -> TrainedModel:
    """Train with pictures of the data set and such as are drawn here; see `recipe.Fit`.

    Raises:
        TrainingError: the run brings no clothing to reject.
    """
    from predictor.training.cnn.fitting import fit_network  # noqa: PLC0415 - needs PyTorch, which only this does.

    examples = Examples(inputs, labels)
    learning = examples.parted(training.validation_part)[0]
    with stage(run.report, "Drawing digits and other things"):
        supplies = _supplies(learning, training.validation_part, amounts, run)
    return fit_network(replace(training, supplies=supplies), examples, run)


def _supplies(learning: Examples, part: int, amounts: Amounts, run: Run) -> tuple[Examples, ...]:
    """In the order of each phase's `supplied`; what is kept to choose with is in none."""
    if run.others is None:
        raise TrainingError("mnist-cnn also learns from pictures of clothing, and got none")
    rewritten, of = rewritten_digits(learning.pictures, amounts.rewritten, run.seed, run.report)
    others = run.others[: len(run.others) - len(run.others) // part]
    return (
        Examples(*drawn_digits(amounts.drawn, run.seed, run.report)),
        Examples(rewritten, learning.labels[of]),
        _outliers(non_digits(amounts.no_digits, run.seed, run.report)),
        _outliers(sent_pictures(others, amounts.clothes, run.seed)),
    )


def _outliers(pictures: NDArray[np.float32]) -> Examples:
    return Examples(pictures, np.full(len(pictures), OUTLIER, np.uint8))


RECIPE = Recipe(
    name="mnist-cnn",
    title="Handwritten digits, convolutional network",
    description=(
        "A convolutional network of 96,000 weights that tells the ten digits apart and knows what is none: "
        "it learnt from a larger network, from digits rewritten with other pens and in shapes that MNIST "
        "lacks, and from letters, scribbles, clothing and other things that are no digit."
    ),
    limits=(
        "It reads one digit at a time; several side by side are no digit to it. A sign that many hands write "
        "like a digit, such as O, l, Z or S, can be read as that digit. What it learnt to reject was drawn "
        "by a program or is clothing, so that other things can still pass. Not for amounts, addresses or "
        "anything else that nobody checks."
    ),
    data_set=MNIST,
    others=FASHION_MNIST,
    labels=DIGITS,
    format="onnx",
    input=InputForm((1, 28, 28)),
    preprocessing="mnist-ink",
    frameworks=FRAMEWORKS,
    licence="MIT",
    fit=fit,
)
