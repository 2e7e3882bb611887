"""Read all digits of one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.errors import NothingDrawn, TooManyDigits
from predictor.recognition.recognizer import UNSURE, Prediction, Recognizer
from predictor.recognition.several.digit_boxes import FoundDigit, find_digits
from predictor.recognition.several.page_ink import ink_of_page
from predictor.recognition.several.touching import cut_up, may_be_several

# So many digits are read at most: a page of them, and a bounded time.
MAX_DIGITS = 64
# Of so many that are doubtful and wide it is tried whether they are several.
MAX_CUT_UP = 16
# A picture that is one digit beyond doubt is one, though its strokes lie apart.
ONE_DIGIT_CONFIDENCE = 0.9
# What is wider than that in heights is never one digit.
WIDEST_DIGIT = 1.2
# The paper around a digit that is looked at by itself, in shares of its longer side.
MARGIN = 0.2

# Only these ways of preprocessing look for ink; to others a picture is one thing.
FINDS_INK = ("mnist-ink",)

WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class ReadDigit:
    """One digit of a picture.

    Attributes:
        prediction: the answer for it alone.
        box: (left, top, width, height) in shares of the upright picture, 0..1.
        line: 0 for the top line, 1 for the next.
    """

    prediction: Prediction
    box: tuple[float, float, float, float]
    line: int


def read_digits(recognizer: Recognizer, data: bytes) -> list[ReadDigit]:
    """Find the digits of a picture and answer for each, line by line and from left to right.

    A picture of one digit has the answer that `Recognizer.recognize` gives.

    Args:
        recognizer: of a model that finds ink; to any other the whole picture is one thing.
        data: the file's bytes.

    Raises:
        ImageError: it cannot be recognised, or holds more than `MAX_DIGITS`.
    """
    picture = recognizer.decode(data)
    if recognizer.package.metadata.preprocessing not in FINDS_INK:
        return [_alone(recognizer, picture, WHOLE)]
    found = find_digits(ink_of_page(picture))
    if len(found) > MAX_DIGITS:
        raise TooManyDigits(
            "too_many_digits",
            f"The picture shows {len(found)} things that may be digits, {MAX_DIGITS} at most are read. "
            "Send a part of it.",
        )
    if len(found) <= 1 and not any(map(may_be_several, found)):
        return [_alone(recognizer, picture, _shares(found[0].box, picture.shape) if found else WHOLE)]
    read = _divided(recognizer, _each(recognizer, found))
    if not read:
        return [_alone(recognizer, picture, WHOLE)]
    whole = _beyond_doubt(recognizer, picture, [one for one, _ in read])
    if whole is not None:
        return [whole]
    return [ReadDigit(answer, _shares(one.box, picture.shape), one.line) for one, answer in read]


_Read = tuple[FoundDigit, Prediction]


def _alone(
    recognizer: Recognizer, picture: NDArray[np.uint8], box: tuple[float, float, float, float]
) -> ReadDigit:
    (prediction,) = recognizer.predict(recognizer.to_model_input(picture)[np.newaxis])
    return ReadDigit(prediction, box, line=0)


def _each(recognizer: Recognizer, found: Sequence[FoundDigit]) -> list[_Read]:
    """Answer for each in one forward pass; what has nothing to look at is left out."""
    seen = [(one, _model_input(recognizer, one)) for one in found]
    visible = [(one, inputs) for one, inputs in seen if inputs is not None]
    answers = recognizer.predict(
        np.array([inputs for _, inputs in visible], np.float32).reshape(-1, *recognizer.input_shape)
    )
    return [(one, answer) for (one, _), answer in zip(visible, answers, strict=True)]


def _model_input(recognizer: Recognizer, found: FoundDigit) -> NDArray[np.float32] | None:
    paper = np.pad(255 - found.ink, max(2, round(MARGIN * max(found.ink.shape))), constant_values=255)
    try:
        return recognizer.to_model_input(paper)
    except NothingDrawn:
        return None


def _divided(recognizer: Recognizer, read: Sequence[_Read]) -> list[_Read]:
    """Cut up what is wide and no digit, where its pieces are more likely ones."""
    doubtful = [
        number for number, (one, answer) in enumerate(read) if _doubtful(answer) and may_be_several(one)
    ]
    ways = [(number, way) for number in doubtful[:MAX_CUT_UP] for way in cut_up(read[number][0])]
    answered = {id(one): answer for one, answer in _each(recognizer, [one for _, way in ways for one in way])}
    best: dict[int, list[_Read]] = {}
    for number, way in ways:
        pieces = [(one, answered[id(one)]) for one in way if id(one) in answered]
        if len(pieces) == len(way) and _worth(pieces) > _worth(best.get(number, [read[number]])):
            best[number] = pieces
    return [piece for number, one in enumerate(read) for piece in best.get(number, [one])]


def _doubtful(answer: Prediction) -> bool:
    return not answer.accepted


def _worth(pieces: Sequence[_Read]) -> float:
    """How sure the least sure piece is; what shows no digit is worth nothing."""
    return min(answer.confidence * (1.0 if answer.reason in (None, UNSURE) else 0.0) for _, answer in pieces)


def _beyond_doubt(
    recognizer: Recognizer, picture: NDArray[np.uint8], found: Sequence[FoundDigit]
) -> ReadDigit | None:
    """The whole picture as one digit, if it is that beyond doubt; None if it is not."""
    box = _box_around(found)
    top, left, bottom, right = box
    if len(found) > 1 and right - left > WIDEST_DIGIT * (bottom - top):
        return None
    whole = _alone(recognizer, picture, _shares(box, picture.shape))
    if len(found) == 1 or (whole.prediction.accepted and whole.prediction.confidence >= ONE_DIGIT_CONFIDENCE):
        return whole
    return None


def _box_around(found: Sequence[FoundDigit]) -> tuple[int, int, int, int]:
    tops, lefts, bottoms, rights = zip(*(one.box for one in found), strict=True)
    return min(tops), min(lefts), max(bottoms), max(rights)


def _shares(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    top, left, bottom, right = box
    height, width = shape[:2]
    return left / width, top / height, (right - left) / width, (bottom - top) / height
