"""Answers made by hand, where it does not matter what a model would say."""

from __future__ import annotations

import numpy as np

from predictor.recognition.recognizer import Prediction


def prediction(*, reason: str | None = None, **probabilities: float) -> Prediction:
    """The answer with these probabilities, which the model stands by unless there is a reason."""
    label = max(probabilities, key=probabilities.get)
    return Prediction(
        label=label,
        confidence=probabilities[label],
        reason=reason,
        labels=tuple(probabilities),
        shares=list(probabilities.values()),
        outlier=0.0,
        model_name="m",
        model_version="1.0.0",
        model_input=np.zeros((1, 28, 28), np.float32),
    )
