"""The default: a small convolutional network that also learns what is no digit.

Beside MNIST's pictures it sees digits in shapes that MNIST lacks, and pictures of anything but a digit; the
training draws both itself (`training.drawing`). docs/training.md tells what each is worth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.package_metadata import DIGITS, InputForm
from predictor.training import augmentation
from predictor.training.cnn.settings import Architecture, Examples, Phase, Schedule, Training
from predictor.training.datasets import MNIST
from predictor.training.drawing.drawn_digits import drawn_digits
from predictor.training.drawing.non_digits import non_digits
from predictor.training.onnx_model import FRAMEWORKS
from predictor.training.progress import stage
from predictor.training.recipe import Recipe, Run, TrainedModel

DRAWN = 40_000  # Digits, and as many others; an epoch sees a part of each.

TRAINING = Training(
    Architecture(
        channels=(16, 48, 112),
        depths=(1, 2, 2),
        first_kernel_px=5,
        dropout=0.2,
        classes=len(DIGITS),
        knows_outliers=True,
    ),
    (
        Phase(Schedule(epochs=20), augmentation.DIGITS, (DRAWN // 4, DRAWN // 4)),
        Phase(Schedule(epochs=4, peak_rate=1e-3), augmentation.DIGITS_GENTLY, (DRAWN // 10, DRAWN // 7)),
    ),
    validation_part=6,  # MNIST's last 10 000 training pictures.
    wanted_accuracy=0.999,
)


def fit(
    inputs: NDArray[np.float32],
    labels: NDArray[np.uint8],
    run: Run,
    *,
    training: Training = TRAINING,
    drawn: int = DRAWN,
) -> TrainedModel:
    """Train with pictures of the data set and such as are drawn here; see `recipe.Fit`."""
    from predictor.training.cnn.fitting import fit_network  # noqa: PLC0415 - needs PyTorch, which only this does.

    with stage(run.report, f"Drawing {drawn:,} digits and {drawn:,} other things"):
        supplies = _supplies(drawn, run)
    return fit_network(replace(training, supplies=supplies), Examples(inputs, labels), run)


def _supplies(count: int, run: Run) -> tuple[Examples, Examples]:
    digits = Examples(*drawn_digits(count, run.seed, run.report))
    others = non_digits(count, run.seed, run.report)
    return digits, Examples(others, np.full(count, len(DIGITS), np.uint8))


RECIPE = Recipe(
    name="mnist-cnn",
    title="Handwritten digits, convolutional network",
    description=(
        "A convolutional network of 191,000 weights that tells the ten digits apart and knows what is none: "
        "it also learnt from digits in shapes that people draw and MNIST lacks, and from letters, scribbles "
        "and other things that are no digit, all drawn by the training itself."
    ),
    limits=(
        "It reads one digit at a time; several side by side are no digit to it. A sign that many hands write "
        "like a digit, such as O, l, Z or S, can be read as that digit. What it learnt to reject was drawn "
        "by a program, so that other things can still pass. Not for amounts, addresses or anything else that "
        "nobody checks."
    ),
    data_set=MNIST,
    labels=DIGITS,
    format="onnx",
    input=InputForm((1, 28, 28)),
    preprocessing="mnist-ink",
    frameworks=FRAMEWORKS,
    licence="MIT",
    fit=fit,
)
