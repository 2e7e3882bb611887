"""How good a model is, measured the way it is used: from the bytes of a picture to the answer."""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction, Recognizer, doubt
from predictor.training.answers import Answers
from predictor.training.datasets import LabelledImages
from predictor.training.errors import TrainingError
from predictor.training.mistakes import Mistake, most_confident_mistakes
from predictor.training.progress import Report, silent
from predictor.training.reliability import ReliabilityBin, expected_calibration_error, reliability_bins
from predictor.training.trade_off import TradeOffPoint, trade_off

_PROGRESS_STEP = 1000
_NONE_MEASURED: Mapping[str, NDArray[np.float32]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How well one class is found."""

    label: str
    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class KindScore:
    """How surely one kind of what is none of the classes is rejected.

    Attributes:
        kind: its name.
        rejected: the share of its pictures that the model did not stand by its answer for, 0..1.
        count: how many pictures were shown.
    """

    kind: str
    rejected: float
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured.

    Attributes:
        labels: the classes' names.
        confusion: (classes, classes) counts; rows are the truth, columns the answers.
        bins: the answers by confidence.
        reasons: how many pictures the model did not stand by its answer for, by reason.
        accepted_accuracy: how many of the accepted answers are right, 0..1; 0 where none was accepted.
        trade_off: what other thresholds would give, the most generous first.
        mistakes: the most confident ones first.
        non_digits: how surely what is no digit is rejected; empty where that was not measured.
        latency_ms: CPU time of one picture, from its PNG file to the answer: the median in milliseconds; None
            where it was not measured.
        model_bytes: size of the model file; None where it is not known.
    """

    labels: tuple[str, ...]
    confusion: NDArray[np.int64]
    bins: tuple[ReliabilityBin, ...]
    reasons: Mapping[str, int]
    accepted_accuracy: float
    trade_off: tuple[TradeOffPoint, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    non_digits: tuple[KindScore, ...] = ()
    latency_ms: float | None = None
    model_bytes: int | None = None

    @property
    def count(self) -> int:
        """How many pictures were measured."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """How many answers were right, 0..1."""
        return float(np.trace(self.confusion) / self.count)

    @property
    def calibration_error(self) -> float:
        """The expected calibration error, 0..1."""
        return expected_calibration_error(self.bins)

    @property
    def accepted_share(self) -> float:
        """How many answers the model stands by, 0..1."""
        return 1 - sum(self.reasons.values()) / self.count

    @property
    def non_digits_rejected(self) -> float:
        """How many of all pictures that show no digit were rejected, 0..1; 0 where none was shown."""
        shown = sum(each.count for each in self.non_digits)
        return _ratio(sum(each.rejected * each.count for each in self.non_digits), shown)

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


def evaluate(
    recognizer: Recognizer,
    data: LabelledImages,
    report: Report = silent,
    non_digits: Mapping[str, NDArray[np.float32]] = _NONE_MEASURED,
) -> Evaluation:
    """Measure with the pictures of a data set, each encoded as a PNG file; see `evaluate_files`."""
    files = ((f"picture {number}", png_bytes(image)) for number, image in enumerate(data.images, start=1))
    return evaluate_files(recognizer, files, data.labels, report, non_digits)


def evaluate_files(
    recognizer: Recognizer,
    files: Iterable[tuple[str, bytes]],
    truth: NDArray[np.integer[Any]],
    report: Report = silent,
    non_digits: Mapping[str, NDArray[np.float32]] = _NONE_MEASURED,
) -> Evaluation:
    """Measure the whole path from the bytes of picture files.

    Args:
        recognizer: what is measured.
        files: what each is called, and its bytes.
        truth: (n,), the right classes' numbers.
        report: is told how far it is.
        non_digits: model inputs (n, *input_shape) of what the model should reject, by kind.

    Raises:
        TrainingError: a label is none of the model's, or a picture cannot be recognised at all.
    """
    package = recognizer.package
    labels = package.metadata.labels
    if truth.max() >= len(labels):
        raise TrainingError(f"label {truth.max()} is none of the model's {len(labels)}")
    timed = list(_recognize_files(recognizer, files, len(truth), report))
    predictions, latencies_ms = zip(*timed, strict=True)
    return replace(
        measure(labels, truth, Answers.from_predictions(predictions)),
        non_digits=tuple(_kind_score(recognizer, kind, inputs) for kind, inputs in non_digits.items()),
        latency_ms=median(latencies_ms),
        model_bytes=len(package.files[package.metadata.model_file]),
    )


def predict_files(
    recognizer: Recognizer, files: Iterable[tuple[str, bytes]], count: int, report: Report
) -> Iterator[Prediction]:
    """Recognise picture files, of which all must be sound; see `evaluate_files`."""
    for prediction, _latency_ms in _recognize_files(recognizer, files, count, report):
        yield prediction


def measure(labels: Sequence[str], truth: NDArray[np.integer[Any]], answers: Answers) -> Evaluation:
    """Compare answers with the truth.

    Args:
        labels: the classes' names.
        truth: (n,), the right classes' numbers.
        answers: what the model said to the n pictures.
    """
    confidence, right = answers.confidence, answers.best == truth
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(confusion, (truth, answers.best), 1)
    return Evaluation(
        labels=tuple(labels),
        confusion=confusion,
        bins=reliability_bins(confidence, right),
        reasons=dict(sorted(Counter(filter(None, answers.reasons)).items())),
        accepted_accuracy=_ratio(right[answers.accepted].sum(), answers.accepted.sum()),
        trade_off=trade_off(confidence, right, answers.eligible),
        mistakes=most_confident_mistakes(labels, truth, answers),
    )


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """A (height, width) grey or (height, width, 3) coloured picture as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def _recognize_files(
    recognizer: Recognizer, files: Iterable[tuple[str, bytes]], count: int, report: Report
) -> Iterator[tuple[Prediction, float]]:
    """Each prediction, and the CPU time that it took in milliseconds."""
    for number, (name, content) in enumerate(files, start=1):
        started_s = time.process_time()
        try:
            prediction = recognizer.recognize(content)
        except ImageError as error:
            raise TrainingError(f"{name} cannot be recognised: {error}") from error
        yield prediction, (time.process_time() - started_s) * 1000
        if number % _PROGRESS_STEP == 0:
            report(f"  {number:,} of {count:,} pictures")


def _kind_score(recognizer: Recognizer, kind: str, inputs: NDArray[np.float32]) -> KindScore:
    beliefs = recognizer.classify(inputs)
    metadata = recognizer.package.metadata
    rejected = [
        doubt(metadata, float(confidence), float(outlier)) is not None
        for confidence, outlier in zip(beliefs.probabilities.max(axis=1), beliefs.outlier, strict=True)
    ]
    return KindScore(kind, _ratio(sum(rejected), len(rejected)), len(rejected))


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else 0.0
