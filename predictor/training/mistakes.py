"""The mistakes worth looking at: those that a model made most confidently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.training.answers import Answers

MAX_MISTAKES = 16  # A package holds at most 64 files, and each of these is one.


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer.

    Attributes:
        image: (side, side), or (side, side, 3) in colour, what the model saw; 255 is full ink.
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
    labels: Sequence[str], truth: NDArray[np.integer[Any]], answers: Answers
) -> tuple[Mistake, ...]:
    """Up to `MAX_MISTAKES` wrong answers, the most confident one first.

    Args:
        labels: the classes' names.
        truth: (n,), the right classes' numbers.
        answers: what the model said to the n pictures.
    """
    wrong = np.flatnonzero(answers.best != truth)
    # Stable, so that equals stay in the order of the data.
    chosen = wrong[np.argsort(-answers.confidence[wrong], kind="stable")][:MAX_MISTAKES]
    return tuple(
        Mistake(
            image=_as_picture(answers.seen[index]),
            truth=labels[truth[index]],
            answer=labels[answers.best[index]],
            confidence=float(answers.confidence[index]),
            reason=answers.reasons[index],
        )
        for index in chosen.tolist()
    )


def _as_picture(seen: NDArray[np.float32]) -> NDArray[np.uint8]:
    shades = np.rint(seen * 255).astype(np.uint8)
    return shades[0] if len(shades) == 1 else np.moveaxis(shades, 0, 2)
