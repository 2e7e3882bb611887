"""The API's answers as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one picture.

    Attributes:
        label: the most probable one.
        confidence: its calibrated probability, 0..1.
        accepted: whether the model stands by its answer.
        reason: why it does not; None where it does.
        probabilities: of every label.
        digit: the label as a number, of models whose labels are digits.
        model: name of the model that answered.
        version: its version.
        explanation: rows in -1..1 of what spoke for the label, where it was asked for.
    """

    label: str
    confidence: float
    accepted: bool
    reason: str | None
    probabilities: Mapping[str, float]
    digit: int | None
    model: str
    version: str
    explanation: Sequence[Sequence[float]] | None = None

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        """Read one answer.

        Raises:
            KeyError, TypeError: it is not of the API's form.
        """
        return cls(
            label=answer["label"],
            confidence=answer["confidence"],
            accepted=answer["accepted"],
            reason=answer["reason"],
            probabilities=answer["probabilities"],
            digit=answer.get("digit"),
            model=answer["model"]["name"],
            version=answer["model"]["version"],
            explanation=answer["explanation"]["map"] if "explanation" in answer else None,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one picture of several has no answer.

    Attributes:
        code: the API's, or `unreadable_file` and `file_too_large` for what was not sent at all.
        message: for people.
    """

    code: str
    message: str


def read_item(item: Mapping[str, Any]) -> Prediction | Refusal:
    """One item of a batch.

    Raises:
        KeyError, TypeError: it is not of the API's form.
    """
    if "error" in item:
        return Refusal(item["error"]["code"], item["error"]["message"])
    return Prediction.from_answer(item)
