"""The mistakes worth looking at: those that a model made most confidently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from predictor.training.answers import Answers
from predictor.training.datasets import LabelledImages

MAX_MISTAKES = 16  # A package holds at most 64 files, and each of these is one.


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer.

    Attributes:
        image: (height, width) as in the data set: what was shown.
        truth: the right label.
        answer: the label that was given.
        confidence: how sure the model was, 0..1.
        reason: why it did not stand by the answer, or None; see `Prediction.reason`.
    """

    image: NDArray[np.uint8] = field(repr=False, compare=False)
    truth: str
    answer: str
    confidence: float
    reason: str | None


def most_confident_mistakes(
    labels: Sequence[str], data: LabelledImages, answers: Answers
) -> tuple[Mistake, ...]:
    """Up to `MAX_MISTAKES` wrong answers, the most confident one first.

    Args:
        labels: the classes' names.
        data: n pictures and the right classes' numbers.
        answers: what the model said to them.
    """
    wrong = np.flatnonzero(answers.best != data.labels)
    # Stable, so that equals stay in the order of the data.
    chosen = wrong[np.argsort(-answers.confidence[wrong], kind="stable")][:MAX_MISTAKES]
    return tuple(
        Mistake(
            image=data.images[index],
            truth=labels[data.labels[index]],
            answer=labels[answers.best[index]],
            confidence=float(answers.confidence[index]),
            reason=answers.reasons[index],
        )
        for index in chosen.tolist()
    )
