"""One run from pictures to a model file: train, choose on validation pictures, export."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from predictor.recognition.confidence import calibrate, softmax
from predictor.training.calibration import choose_max_outlier, choose_min_confidence, choose_temperature
from predictor.training.cnn.export import onnx_bytes
from predictor.training.cnn.network import ServedNetwork
from predictor.training.cnn.settings import Examples, Training
from predictor.training.cnn.trainer import scores_of, train_network
from predictor.training.progress import stage
from predictor.training.recipe import Run, TrainedModel

_COMPARED = 512  # Pictures on which the exported file must answer as the network does.


def fit_network(training: Training, examples: Examples, run: Run) -> TrainedModel:
    """Train on all but the validation part, which temperature and thresholds are then chosen on."""
    learning, validation = examples.parted(training.validation_part)
    with stage(run.report, f"Training on {len(learning):,} pictures with {torch.get_num_threads()} threads"):
        served = train_network(training, learning, validation, run)
    with stage(run.report, f"Choosing temperature and thresholds on {len(validation):,} pictures"):
        chosen = _choose(served, validation, training)
    run.report(
        f"Chosen: temperature {chosen[0]}, smallest confidence {chosen[1]}, largest outlier score {chosen[2]}"
    )
    with stage(run.report, "Exporting to ONNX and comparing"):
        content = onnx_bytes(served, validation.pictures[:_COMPARED])
    return TrainedModel(content, *chosen)


def _choose(served: ServedNetwork, validation: Examples, training: Training) -> tuple[float, float, float]:
    logits, *outlier = scores_of(served, validation.pictures)
    raw = softmax(logits)
    temperature = choose_temperature(raw, validation.labels)
    probabilities = calibrate(raw, temperature)
    max_outlier = choose_max_outlier(outlier[0]) if outlier else 1.0
    known: NDArray[np.bool_] = outlier[0] <= max_outlier if outlier else np.ones(len(validation), bool)
    min_confidence = choose_min_confidence(
        probabilities[known], validation.labels[known], training.wanted_accuracy, training.most_unsure
    )
    return temperature, min_confidence, max_outlier
