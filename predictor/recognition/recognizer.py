"""The one straight line from a picture's bytes to an answer; every edge calls it, so none can disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.classifier import Beliefs, Classifier, load_classifier
from predictor.recognition.explanation import explain_by_occlusion
from predictor.recognition.image import ImageLimits, decode_image
from predictor.recognition.model_inputs import preprocessing_of
from predictor.recognition.model_package import VerifiedPackage
from predictor.recognition.package_metadata import PackageMetadata

UNSURE = "unsure"
NOT_A_DIGIT = "not_a_digit"
NONE_OF_THE_LABELS = "none_of_the_labels"


@dataclass(slots=True)  # Not frozen: that takes four times as long to make, and a batch has 64.
class Prediction:
    """The answer for one picture. Nobody changes it.

    Attributes:
        label: the most probable one.
        confidence: its calibrated probability.
        reason: why the model does not stand by its answer; None where it does. `UNSURE`, or that the picture
            shows none of the labels: `NOT_A_DIGIT`, or `NONE_OF_THE_LABELS` for a model of other things.
        labels: of the package, in its order.
        shares: the probability of each, in the same order.
        outlier: how likely the picture shows none of the labels, 0..1; 0 if the model cannot tell.
        model_input: (channels, side, side) in 0..1, what the model saw.
    """

    label: str
    confidence: float
    reason: str | None
    labels: tuple[str, ...]
    shares: Sequence[float]
    outlier: float
    model_name: str
    model_version: str
    model_input: NDArray[np.float32] = field(compare=False)

    @property
    def probabilities(self) -> dict[str, float]:
        """Of every label, in the package's order."""
        return dict(zip(self.labels, self.shares, strict=True))

    @property
    def accepted(self) -> bool:
        """Whether the model stands by its answer."""
        return self.reason is None


class Recognizer:
    """A verified model, ready to answer.

    Attributes:
        package: what it was made from.
    """

    def __init__(self, package: VerifiedPackage, classifier: Classifier, limits: ImageLimits) -> None:
        self.package = package
        self._classifier = classifier
        self._limits = limits
        self._preprocessing = preprocessing_of(package.metadata)

    @classmethod
    def from_package(cls, package: VerifiedPackage, limits: ImageLimits | None = None) -> Self:
        """Load the package's model and answer once, so that the first real picture waits for nothing.

        Raises:
            PackageRejected: see `load_classifier`.
        """
        recognizer = cls(package, load_classifier(package), limits or ImageLimits())
        recognizer.classify(np.zeros((1, *recognizer.input_shape), np.float32))
        return recognizer

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(channels, side, side) of what `model_input` makes."""
        return self._preprocessing.shape

    def recognize(self, data: bytes) -> Prediction:
        """Answer for the bytes of one picture.

        Raises:
            ImageError: it cannot be recognised; see `decode_image` and the package's preprocessing.
        """
        return self.predict(self.model_input(data)[np.newaxis])[0]

    def predict(self, inputs: NDArray[np.float32]) -> list[Prediction]:
        """Answer for pictures in the model's own form, all in one forward pass.

        Args:
            inputs: (n, *input_shape) in 0..1, as `model_input` makes them; n may be 0.
        """
        if len(inputs) == 0:
            return []
        beliefs = self.classify(inputs)
        rows, outliers = beliefs.probabilities.tolist(), beliefs.outlier.tolist()
        metadata = self.package.metadata
        labels, name, version = metadata.labels, metadata.name, metadata.version
        return [
            Prediction(
                labels[shares.index(confidence := max(shares))],
                confidence,
                doubt(metadata, confidence, outlier),
                labels,
                shares,
                outlier,
                name,
                version,
                model_input,
            )
            for model_input, shares, outlier in zip(inputs, rows, outliers, strict=True)
        ]

    def model_input(self, data: bytes) -> NDArray[np.float32]:
        """What the model sees of a picture file, `input_shape` in 0..1.

        Raises:
            ImageError: see `recognize`.
        """
        return self.to_model_input(self.decode(data))

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """The pixels of a picture file, (height, width), or (height, width, 3) for a model that sees colour.

        Raises:
            ImageError: see `decode_image`.
        """
        return decode_image(data, self._limits, colour=self._preprocessing.in_colour)

    def to_model_input(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What the model sees of decoded pixels, `input_shape` in 0..1.

        Args:
            picture: as `decode` makes it.

        Raises:
            ImageError: see the package's preprocessing.
        """
        return self._preprocessing.to_model_input(picture)

    def classify(self, inputs: NDArray[np.float32]) -> Beliefs:
        """Return calibrated beliefs.

        Args:
            inputs: (n, *input_shape) in 0..1, as `model_input` makes them.
        """
        return self._classifier.classify(inputs, self.package.metadata.temperature)

    def explain(self, prediction: Prediction) -> NDArray[np.float32]:
        """Weigh what each part of the picture says for or against the answer; see `explain_by_occlusion`.

        Args:
            prediction: one of this recogniser's own.

        Returns:
            (side, side) in -1..1.
        """
        label = self.package.metadata.labels.index(prediction.label)
        return explain_by_occlusion(
            lambda inputs: self.classify(inputs).probabilities, prediction.model_input, label
        )


def doubt(metadata: PackageMetadata, confidence: float, outlier: float) -> str | None:
    """Why a package's model does not stand by an answer; None where it does. See `Prediction.reason`."""
    if outlier > metadata.max_outlier:
        return NOT_A_DIGIT if metadata.is_digits else NONE_OF_THE_LABELS
    return UNSURE if confidence < metadata.min_confidence else None
