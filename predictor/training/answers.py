"""What a model said to many pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.recognizer import UNSURE, Prediction


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model said to n pictures.

    Attributes:
        probabilities: (n, classes), calibrated, rows sum to 1.
        reasons: why it does not stand by each answer, None where it does; see `Prediction.reason`.
        seen: (n, channels, side, side) in 0..1, what it saw of each picture.
    """

    probabilities: NDArray[np.floating[Any]]
    reasons: tuple[str | None, ...]
    seen: NDArray[np.float32]

    @classmethod
    def from_predictions(cls, predictions: Sequence[Prediction]) -> Self:
        """Gather single predictions, of which there must be one at least."""
        rows = [prediction.shares for prediction in predictions]
        return cls(
            np.array(rows),
            tuple(prediction.reason for prediction in predictions),
            np.stack([prediction.model_input for prediction in predictions]),
        )

    @property
    def best(self) -> NDArray[np.intp]:
        """(n,), the numbers of the most probable classes."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def confidence(self) -> NDArray[np.floating[Any]]:
        """(n,) in 0..1, their probabilities."""
        return np.asarray(self.probabilities.max(axis=1))

    @property
    def accepted(self) -> NDArray[np.bool_]:
        """(n,), whether the model stands by the answer."""
        return np.array([reason is None for reason in self.reasons])

    @property
    def eligible(self) -> NDArray[np.bool_]:
        """(n,), whether it would stand by the answer if it were sure enough."""
        return np.array([reason in (None, UNSURE) for reason in self.reasons])
