"""How good a model is, measured the way it is used: from the bytes of a picture to the answer."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction, Recognizer
from predictor.training.datasets import LabelledImages
from predictor.training.errors import TrainingError
from predictor.training.progress import Report, silent

CONFIDENCE_BINS = 15  # As is usual for the expected calibration error.
_PROGRESS_STEP = 1000


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How well one class is found."""

    label: str
    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured.

    Attributes:
        labels: the classes' names.
        confusion: (classes, classes) counts; rows are the truth, columns the answers.
        calibration_error: the expected calibration error, 0..1.
        accepted_share: how many answers reached the model's own threshold, 0..1.
        accepted_accuracy: how many of those were right, 0..1; 0 where none was accepted.
    """

    labels: tuple[str, ...]
    confusion: NDArray[np.int64]
    calibration_error: float
    accepted_share: float
    accepted_accuracy: float

    @property
    def count(self) -> int:
        """How many pictures were measured."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """How many answers were right, 0..1."""
        return float(np.trace(self.confusion) / self.count)

    def class_scores(self) -> list[ClassScore]:
        """One score a class, in label order; a ratio without any case is 0."""
        found = self.confusion.diagonal()
        answered, present = self.confusion.sum(axis=0), self.confusion.sum(axis=1)
        return [
            ClassScore(
                label,
                precision=_ratio(found[i], answered[i]),
                recall=_ratio(found[i], present[i]),
                f1=_ratio(2 * found[i], answered[i] + present[i]),
                count=int(present[i]),
            )
            for i, label in enumerate(self.labels)
        ]


def evaluate(recognizer: Recognizer, data: LabelledImages, report: Report = silent) -> Evaluation:
    """Measure the whole path: each picture is encoded as a PNG file and recognised from its bytes.

    Raises:
        TrainingError: a label is none of the model's, or a picture cannot be recognised at all.
    """
    files = ((f"picture {number}", png_bytes(image)) for number, image in enumerate(data.images, start=1))
    return evaluate_files(recognizer, files, data.labels, report)


def evaluate_files(
    recognizer: Recognizer,
    files: Iterable[tuple[str, bytes]],
    truth: NDArray[np.integer[Any]],
    report: Report = silent,
) -> Evaluation:
    """Measure the whole path from the bytes of picture files.

    Args:
        recognizer: what is measured.
        files: what each is called, and its bytes.
        truth: (n,), the right classes' numbers.
        report: is told how far it is.

    Raises:
        TrainingError: a label is none of the model's, or a picture cannot be recognised at all.
    """
    labels = recognizer.package.metadata.labels
    if truth.max() >= len(labels):
        raise TrainingError(f"label {truth.max()} is none of the model's {len(labels)}")
    predictions = list(predict_files(recognizer, files, len(truth), report))
    probabilities = np.array([list(prediction.probabilities.values()) for prediction in predictions])
    accepted = np.array([prediction.accepted for prediction in predictions])
    return measure(labels, truth, probabilities, accepted)


def predict_files(
    recognizer: Recognizer, files: Iterable[tuple[str, bytes]], count: int, report: Report
) -> Iterator[Prediction]:
    """Recognise picture files, of which all must be sound; see `evaluate_files`."""
    for number, (name, content) in enumerate(files, start=1):
        try:
            yield recognizer.recognize(content)
        except ImageError as error:
            raise TrainingError(f"{name} cannot be recognised: {error}") from error
        if number % _PROGRESS_STEP == 0:
            report(f"  {number:,} of {count:,} pictures")


def measure(
    labels: Sequence[str],
    truth: NDArray[np.integer[Any]],
    probabilities: NDArray[np.floating[Any]],
    accepted: NDArray[np.bool_],
) -> Evaluation:
    """Compare answers with the truth.

    Args:
        labels: the classes' names.
        truth: (n,), the right classes' numbers.
        probabilities: (n, classes), rows sum to 1.
        accepted: (n,), whether the model stood by its answer.
    """
    answers = probabilities.argmax(axis=1)
    right = answers == truth
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(confusion, (truth, answers), 1)
    return Evaluation(
        labels=tuple(labels),
        confusion=confusion,
        calibration_error=_calibration_error(probabilities.max(axis=1), right),
        accepted_share=float(accepted.mean()),
        accepted_accuracy=_ratio(right[accepted].sum(), accepted.sum()),
    )


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """A picture, (height, width) in grey or (height, width, 3) in colour, as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def _calibration_error(confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_]) -> float:
    """By how much confidence and accuracy differ in bins of equal width, weighted by their answers."""
    bins = np.minimum((confidence * CONFIDENCE_BINS).astype(int), CONFIDENCE_BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=CONFIDENCE_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else 0.0
