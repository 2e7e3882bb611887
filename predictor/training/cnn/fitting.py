"""One run from pictures to a model file: train, choose on validation pictures, export."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from predictor.recognition.confidence import calibrate, softmax
from predictor.training.calibration import choose_max_outlier, choose_min_confidence, choose_temperature
from predictor.training.cnn.distillation import TrainedTeacher
from predictor.training.cnn.export import answers_of, onnx_bytes
from predictor.training.cnn.quantisation import quantised
from predictor.training.cnn.settings import Examples, Training
from predictor.training.cnn.trainer import train_network
from predictor.training.errors import TrainingError
from predictor.training.progress import stage
from predictor.training.recipe import Run, TrainedModel

_COMPARED = 512  # Pictures on which the exported file must answer as the network does.
_RANGED = 1_000  # Pictures whose features tell the range that a quantised model must cover.
_STAYING = 0.995  # Share of the answers that must stay the same when a model is quantised.


def fit_network(training: Training, examples: Examples, run: Run) -> TrainedModel:
    """Train on all but the validation part, which temperature and thresholds are then chosen on."""
    learning, validation = examples.parted(training.validation_part)
    teacher = _trained_teacher(training, learning, validation, run)
    with stage(run.report, f"Training on {len(learning):,} pictures with {torch.get_num_threads()} threads"):
        served = train_network(training, learning, validation, run, teacher=teacher)
    with stage(run.report, "Exporting to ONNX and comparing"):
        content = onnx_bytes(served, validation.pictures[:_COMPARED])
    if training.quantised:
        with stage(run.report, "Quantising"):
            content = _quantised(content, learning, validation, run)
    with stage(run.report, f"Choosing temperature and thresholds on {len(validation):,} pictures"):
        chosen = _choose(content, validation, training)
    run.report(
        f"Chosen: temperature {chosen[0]}, smallest confidence {chosen[1]}, largest outlier score {chosen[2]}"
    )
    return TrainedModel(content, *chosen)


def _quantised(content: bytes, learning: Examples, validation: Examples, run: Run) -> bytes:
    smaller = quantised(content, learning.pictures[:_RANGED])
    before, after = (answers_of(each, validation.pictures)[0].argmax(axis=1) for each in (content, smaller))
    same = float((before == after).mean())
    right_before, right_after = ((answers == validation.labels).mean() for answers in (before, after))
    run.report(
        f"  {same:.2%} of the answers stay; right are {right_after:.2%}, and were {right_before:.2%} before"
    )
    if same < _STAYING:
        raise TrainingError(f"quantised, the model gives the same answer for {same:.2%} of the pictures only")
    return smaller


def _trained_teacher(
    training: Training, learning: Examples, validation: Examples, run: Run
) -> TrainedTeacher | None:
    teacher = training.teacher
    if teacher is None:
        return None
    its_own = replace(training, architecture=teacher.architecture, phases=teacher.phases, teacher=None)
    with stage(run.report, "Training the teacher"):
        served = train_network(its_own, learning, validation, run, name="teacher")
    return TrainedTeacher(teacher, served)


def _choose(content: bytes, validation: Examples, training: Training) -> tuple[float, float, float]:
    logits, *outlier = answers_of(content, validation.pictures)
    raw = softmax(logits)
    temperature = choose_temperature(raw, validation.labels)
    probabilities = calibrate(raw, temperature)
    max_outlier = choose_max_outlier(outlier[0]) if outlier else 1.0
    known: NDArray[np.bool_] = outlier[0] <= max_outlier if outlier else np.ones(len(validation), bool)
    min_confidence = choose_min_confidence(
        probabilities[known], validation.labels[known], training.wanted_accuracy, training.most_unsure
    )
    return temperature, min_confidence, max_outlier
