"""Fashion-MNIST by the same kind of network: proof that nothing in the service assumes digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.package_metadata import InputForm
from predictor.training.augmentation import CLOTHING, CLOTHING_GENTLY
from predictor.training.cnn.settings import Architecture, Examples, Phase, Schedule, Training
from predictor.training.datasets import FASHION_MNIST
from predictor.training.onnx_model import FRAMEWORKS
from predictor.training.recipe import Recipe, Run, TrainedModel

LABELS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

TRAINING = Training(
    Architecture(
        channels=(32, 64, 192),
        depths=(2, 2, 2),
        first_kernel_px=3,
        dropout=0.3,
        classes=len(LABELS),
        mirrored=True,
    ),
    (
        Phase(Schedule(epochs=20, weight_decay=0.05, averaging=0.999), CLOTHING),
        Phase(Schedule(epochs=8, peak_rate=1e-3, weight_decay=0.05), CLOTHING_GENTLY),
    ),
    validation_part=12,  # The last 5 000: clothing is hard, and every picture to learn from counts.
    wanted_accuracy=0.98,
)


def fit(
    inputs: NDArray[np.float32], labels: NDArray[np.uint8], run: Run, *, training: Training = TRAINING
) -> TrainedModel:
    """Train with the pictures of the data set; see `recipe.Fit`."""
    from predictor.training.cnn.fitting import fit_network  # noqa: PLC0415 - needs PyTorch, which only this does.

    return fit_network(training, Examples(inputs, labels), run)


RECIPE = Recipe(
    name="fashion-cnn",
    title="Clothing, convolutional network",
    description=(
        "A convolutional network that tells ten kinds of clothing apart, each seen from the front on a plain "
        "ground. It looks at every picture and at its mirror image."
    ),
    limits=(
        "It knows ten kinds of clothing as a catalogue shows them: one piece, from the front, on a plain "
        "ground, without a person. Shirts, T-shirts, pullovers and coats are often taken for each other. It "
        "has not learnt what is no clothing, so that anything else can get an answer."
    ),
    data_set=FASHION_MNIST,
    labels=LABELS,
    format="onnx",
    input=InputForm((1, 28, 28)),
    preprocessing="plain-28x28-on-dark",
    frameworks=FRAMEWORKS,
    licence="MIT",
    fit=fit,
)
