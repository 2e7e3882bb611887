"""The one straight line from a picture's bytes to an answer; every edge calls it, so none can disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.classifier import Classifier, load_classifier, softmax
from predictor.recognition.errors import PackageRejected
from predictor.recognition.image import ImageLimits, decode_image
from predictor.recognition.model_package import VerifiedPackage
from predictor.recognition.preprocessing import PREPROCESSING

_TINY = float(np.finfo(np.float32).tiny)  # Stands for 0, which has no logarithm.


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one picture.

    Attributes:
        label: the most probable one.
        confidence: its calibrated probability.
        accepted: whether the confidence reaches the package's threshold; if not, the model does not know.
        probabilities: of every label, in the package's order.
        model_input: (28, 28) in 0..1, what the model saw.
    """

    label: str
    confidence: float
    accepted: bool
    probabilities: Mapping[str, float]
    model_name: str
    model_version: str
    model_input: NDArray[np.float32] = field(compare=False)


class Recognizer:
    """A verified model, ready to answer.

    Attributes:
        package: what it was made from.
    """

    def __init__(self, package: VerifiedPackage, classifier: Classifier, limits: ImageLimits) -> None:
        metadata = package.metadata
        if metadata.preprocessing not in PREPROCESSING:
            raise PackageRejected(
                "metadata_invalid",
                f"{metadata.name} {metadata.version}: preprocessing {metadata.preprocessing} is unknown, "
                f"known here: {', '.join(PREPROCESSING)}",
            )
        self.package = package
        self._classifier = classifier
        self._limits = limits
        self._to_model_input = PREPROCESSING[metadata.preprocessing]

    @classmethod
    def from_package(cls, package: VerifiedPackage, limits: ImageLimits | None = None) -> Self:
        """Load the package's model and answer once, so that the first real picture waits for nothing.

        Raises:
            PackageRejected: see `load_classifier`; "metadata_invalid" if its preprocessing is unknown here.
        """
        recognizer = cls(package, load_classifier(package), limits or ImageLimits())
        recognizer.probabilities(np.zeros((1, 1, 28, 28), np.float32))
        return recognizer

    def recognize(self, data: bytes) -> Prediction:
        """Answer for the bytes of one picture.

        Raises:
            ImageError: it cannot be recognised; see `decode_image` and the package's preprocessing.
        """
        model_input = self._to_model_input(decode_image(data, self._limits))
        return self._prediction(model_input, self.probabilities(model_input[np.newaxis])[0])

    def probabilities(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return calibrated probabilities.

        Args:
            inputs: (n, 1, 28, 28) in 0..1, as `to_model_input` makes them.

        Returns:
            (n, classes), each row sums to 1.
        """
        return calibrate(self._classifier.probabilities(inputs), self.package.metadata.temperature)

    def _prediction(self, model_input: NDArray[np.float32], probabilities: NDArray[np.float32]) -> Prediction:
        metadata = self.package.metadata
        best = int(probabilities.argmax())
        confidence = float(probabilities[best])
        return Prediction(
            label=metadata.labels[best],
            confidence=confidence,
            accepted=confidence >= metadata.min_confidence,
            probabilities=dict(zip(metadata.labels, map(float, probabilities), strict=True)),
            model_name=metadata.name,
            model_version=metadata.version,
            model_input=model_input[0],
        )


def calibrate(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Scale confidence by a temperature: above 1 the model becomes less sure, the order of labels stays.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.

    Args:
        probabilities: (n, classes), each row sums to 1.
        temperature: above 0; 1 changes nothing.
    """
    if temperature == 1:
        return probabilities
    return softmax(np.log(np.maximum(probabilities, _TINY)) / temperature).astype(np.float32)
