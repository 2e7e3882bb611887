"""From a model that was made elsewhere to a signed package, calibrated and measured if there are pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from predictor.recognition.confidence import calibrate
from predictor.recognition.model_package import VerifiedPackage
from predictor.recognition.package_metadata import PackageMetadata, parse_metadata, to_json
from predictor.recognition.recognizer import Recognizer
from predictor.training.calibration import choose_max_outlier, choose_min_confidence, choose_temperature
from predictor.training.errors import TrainingError
from predictor.training.evaluation import Evaluation, evaluate_files, predict_files
from predictor.training.labelled_files import LabelledFiles
from predictor.training.non_digit_samples import non_digit_samples
from predictor.training.own_onnx import has_outlier_output
from predictor.training.package_writer import new_package, refuse_existing, refuse_without_plots
from predictor.training.progress import Report, stage


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When the model shall stand by its answer.

    Attributes:
        min_confidence: None is chosen on the calibration data; without these it is 0.
        max_outlier: None is chosen on the calibration data; without these it is 1.
    """

    min_confidence: float | None = None
    max_outlier: float | None = None


@dataclass(frozen=True, slots=True)
class OwnData:
    """Labelled pictures that the model has not learnt from.

    Attributes:
        calibration: choose temperature and thresholds.
        evaluation: measure, so they are others.

    Raises:
        TrainingError: both are the same.
    """

    calibration: LabelledFiles | None = None
    evaluation: LabelledFiles | None = None

    def __post_init__(self) -> None:
        digests = [data.origin["sha256"] for data in (self.calibration, self.evaluation) if data]
        if len(digests) != len(set(digests)):
            raise TrainingError(
                "calibration and evaluation data are the same pictures; what has chosen the thresholds would "
                "also praise them, so keep some apart"
            )

    def sources(self) -> Iterator[dict[str, str | int]]:
        """What the package's metadata tell of them."""
        if self.calibration:
            yield self.calibration.describe("calibration")
        if self.evaluation:
            yield self.evaluation.describe("test")


def build_own_package(
    draft: PackageMetadata,
    content: bytes,
    *,
    models_dir: Path,
    private_key: EllipticCurvePrivateKey,
    data: OwnData,
    thresholds: Thresholds,
    report: Report,
) -> tuple[Path, Evaluation | None]:
    """Make the package `models_dir/NAME/VERSION`.

    Args:
        draft: what the package says; data, metrics, temperature and thresholds are filled in here.
        content: the model file.
        models_dir: where packages lie.
        private_key: signs the package.
        data: to calibrate and measure with.
        thresholds: those that are not to be chosen.
        report: is told how far it is.

    Returns:
        The package's folder, and how the model did on the evaluation data if there are any.

    Raises:
        TrainingError: the version exists already, or a picture cannot be recognised.
        PackageRejected: a field of the metadata is not valid, or the model does not do what they say.
    """
    target = models_dir / draft.name / draft.version
    metadata = _with_thresholds(replace(draft, data=tuple(data.sources()), metrics={}), thresholds)
    parse_metadata(to_json(metadata))
    refuse_existing(target)
    if data.evaluation:
        refuse_without_plots()
    with new_package(target, private_key) as package:
        package.write_model(metadata, content)
        if data.calibration:
            metadata = _calibrated(package.recognizer(), data.calibration, thresholds, report)
            package.write_model(metadata, content)
        evaluation = _measured(package.recognizer(), data.evaluation, report) if data.evaluation else None
        if evaluation and data.evaluation:
            package.write_card(metadata, evaluation, data.evaluation.describe("test"))
    return target, evaluation


def _with_thresholds(metadata: PackageMetadata, thresholds: Thresholds) -> PackageMetadata:
    return replace(
        metadata,
        temperature=1.0,
        min_confidence=0.0 if thresholds.min_confidence is None else thresholds.min_confidence,
        max_outlier=1.0 if thresholds.max_outlier is None else thresholds.max_outlier,
    )


def _calibrated(
    recognizer: Recognizer, data: LabelledFiles, thresholds: Thresholds, report: Report
) -> PackageMetadata:
    """The package's metadata with a temperature, and with the thresholds that are not given."""
    with stage(report, f"Choosing temperature and thresholds on {len(data):,} pictures"):
        predictions = list(predict_files(recognizer, data.files(), len(data), report))
        raw = np.array([each.shares for each in predictions], np.float32)
        outlier = np.array([each.outlier for each in predictions])
        temperature = choose_temperature(raw, data.truth)
        max_outlier = thresholds.max_outlier
        if max_outlier is None:
            max_outlier = choose_max_outlier(outlier) if _tells_outliers(recognizer.package) else 1.0
        known = outlier <= max_outlier
        min_confidence = thresholds.min_confidence
        if min_confidence is None:
            min_confidence = choose_min_confidence(calibrate(raw, temperature)[known], data.truth[known])
    report(
        f"Chosen: temperature {temperature}, smallest confidence {min_confidence}, "
        f"largest outlier score {max_outlier}"
    )
    return replace(
        recognizer.package.metadata,
        temperature=temperature,
        min_confidence=min_confidence,
        max_outlier=max_outlier,
    )


def _tells_outliers(package: VerifiedPackage) -> bool:
    """Whether the model has that output; one without it says 0 of every picture, as a sure one may too."""
    metadata = package.metadata
    return metadata.format == "onnx" and has_outlier_output(package.files[metadata.model_file])


def _measured(recognizer: Recognizer, data: LabelledFiles, report: Report) -> Evaluation:
    with stage(report, f"Measuring with {len(data):,} pictures, each from the bytes of its file"):
        samples = non_digit_samples(recognizer.package.metadata)
        return evaluate_files(recognizer, data.files(), data.truth, report, samples)
