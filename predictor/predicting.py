"""Where every answer of the service passes: pages, REST API and inference protocol all ask here."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from predictor.access import usage
from predictor.access.model_limits import check_model
from predictor.metrics.instruments import count_input_error, count_predictions
from predictor.models import APIToken
from predictor.recognition.errors import ImageError, NotLookedAt
from predictor.recognition.recognizer import Prediction, Recognizer
from predictor.recognition.several.reading import ReadDigit, read_digits
from predictor.serving import served_models
from predictor.tracing.spans import step
from predictor.versions.shadow import ask_shadow

_CHANCE = random.Random()  # noqa: S311 - it shares traffic out and guards nothing

# A picture of 20 megapixels takes up to a second; nobody waits for 64 of them, and others wait meanwhile.
MAX_LOOKING_SECONDS = 10.0


def choose_recognizer(
    selector: str | None = None, client: APIToken | None = None, *, chance: random.Random = _CHANCE
) -> Recognizer:
    """The model that answers a request which names it as `NAME` or `NAME@VERSION`, or none.

    Of the requests that name no version, the model's canary takes its share, each by chance.

    Args:
        selector: what the request names; None is the default model.
        client: the token that asks; None for a page.
        chance: decides about the canary.

    Raises:
        ModelNotAllowed: the token is limited to other models.
        UnknownModel: it is not installed.
        ModelUnavailable: its package was refused, it is switched off, or no model is named and the default
            one is missing.
    """
    check_model(client, selector)
    models = served_models()
    recognizer = models.recognizer(selector)
    if selector and selector.partition("@")[2]:
        return recognizer
    canary, percent = models.canary(recognizer.package.metadata.name)
    return canary if canary and chance.random() * 100 < percent else recognizer


def predict_picture(recognizer: Recognizer, picture: bytes, client: APIToken | None = None) -> Prediction:
    """Answer for the bytes of one picture.

    Args:
        recognizer: from `choose_recognizer`.
        picture: the file's bytes.
        client: the token that asks; None for a page.

    Raises:
        ImageError: the picture cannot be recognised, which was counted.
    """
    try:
        return predict_sound_picture(recognizer, picture, client)
    except ImageError as error:
        _count_errors([error], client)
        raise


def predict_sound_picture(
    recognizer: Recognizer, picture: bytes, client: APIToken | None = None
) -> Prediction:
    """The same for whoever hands a picture that is none on to somebody else.

    Raises:
        ImageError: the picture cannot be recognised; nothing was counted.
    """
    with step("read pictures"):
        model_input = recognizer.model_input(picture)
    (prediction,) = predict_inputs(recognizer, model_input[np.newaxis], client, [picture])
    return prediction


def predict_pictures(
    recognizer: Recognizer, pictures: Iterable[bytes], client: APIToken | None = None
) -> list[Prediction | ImageError]:
    """Answer for several pictures in one forward pass, in their order; one that is bad spoils no other.

    Those whose turn does not come within `MAX_LOOKING_SECONDS` are `NotLookedAt`.
    """
    deadline_s = time.monotonic() + MAX_LOOKING_SECONDS
    with step("read pictures"):
        seen = [(picture, _model_input(recognizer, picture, deadline_s)) for picture in pictures]
    readable = [(picture, one) for picture, one in seen if not isinstance(one, ImageError)]
    if len(readable) < len(seen):
        _count_errors([one for _, one in seen if isinstance(one, ImageError)], client)
    shape = (len(readable), *recognizer.input_shape)
    inputs = np.array([one for _, one in readable], np.float32).reshape(shape)
    answers = iter(predict_inputs(recognizer, inputs, client, [picture for picture, _ in readable]))
    return [one if isinstance(one, ImageError) else next(answers) for _, one in seen]


def read_picture(recognizer: Recognizer, picture: bytes, client: APIToken | None = None) -> list[ReadDigit]:
    """Answer for every digit of one picture, line by line and from left to right.

    Args:
        recognizer: from `choose_recognizer`.
        picture: the file's bytes.
        client: the token that asks; None for a page.

    Raises:
        ImageError: the picture cannot be read.
    """
    try:
        read = read_digits(recognizer, picture)
    except ImageError as error:
        _count_errors([error], client)
        raise
    _note_answers([one.prediction for one in read], client)
    return read


def read_pictures(
    recognizer: Recognizer, pictures: Iterable[bytes], client: APIToken | None = None
) -> list[list[ReadDigit] | ImageError]:
    """Answer for every digit of several pictures, in their order; one that is bad spoils no other.

    Those whose turn does not come within `MAX_LOOKING_SECONDS` are `NotLookedAt`.
    """
    deadline_s = time.monotonic() + MAX_LOOKING_SECONDS
    outcomes: list[list[ReadDigit] | ImageError] = []
    for picture in pictures:
        try:
            _check_deadline(deadline_s)
            outcomes.append(read_picture(recognizer, picture, client))
        except ImageError as error:
            outcomes.append(error)
    return outcomes


def predict_inputs(
    recognizer: Recognizer,
    inputs: NDArray[np.float32],
    client: APIToken | None = None,
    pictures: Sequence[bytes] | None = None,
) -> list[Prediction]:
    """Answer for pictures that are in the model's form already, in one forward pass.

    Args:
        recognizer: from `choose_recognizer`.
        inputs: (n, *recognizer.input_shape) in 0..1.
        client: the token that asks; None for a page.
        pictures: the files that the inputs were made of, for a shadow version that sees them otherwise.
    """
    metadata = recognizer.package.metadata
    with step("predict", model=metadata.name, version=metadata.version, pictures=len(inputs)):
        answers = recognizer.predict(inputs)
    _note_answers(answers, client)
    ask_shadow(recognizer, answers, inputs, pictures)
    return answers


def _note_answers(answers: Sequence[Prediction], client: APIToken | None) -> None:
    usage.count_answers(client, answers)
    count_predictions(answers)


def _check_deadline(deadline_s: float) -> None:
    if time.monotonic() >= deadline_s:
        raise NotLookedAt(
            "not_looked_at", "Not looked at: the pictures before took too long. Send fewer at a time."
        )


def _model_input(
    recognizer: Recognizer, picture: bytes, deadline_s: float
) -> NDArray[np.float32] | ImageError:
    try:
        _check_deadline(deadline_s)
        return recognizer.model_input(picture)
    except ImageError as error:
        return error


def _count_errors(errors: Sequence[ImageError], client: APIToken | None) -> None:
    usage.count_answers(client, errors)
    for error in errors:
        count_input_error(error.code)
