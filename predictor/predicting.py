"""Where every answer of the service passes: pages, REST API and inference protocol all ask here."""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from predictor.access import usage
from predictor.access.model_limits import check_model
from predictor.models import APIToken
from predictor.recognition.errors import ImageError, NotLookedAt
from predictor.recognition.recognizer import Prediction, Recognizer
from predictor.serving import served_models

# A picture of 20 megapixels takes up to a second; nobody waits for 64 of them, and others wait meanwhile.
MAX_LOOKING_SECONDS = 10.0


def choose_recognizer(selector: str | None = None, client: APIToken | None = None) -> Recognizer:
    """The model that answers a request which names it as `NAME` or `NAME@VERSION`, or none.

    Args:
        selector: what the request names; None is the default model.
        client: the token that asks; None for a page.

    Raises:
        ModelNotAllowed: the token is limited to other models.
        UnknownModel: it is not installed.
        ModelUnavailable: its package was refused, or no model is named and the default one is missing.
    """
    check_model(client, selector)
    return served_models().recognizer(selector)


def predict_picture(recognizer: Recognizer, picture: bytes, client: APIToken | None = None) -> Prediction:
    """Answer for the bytes of one picture.

    Args:
        recognizer: from `choose_recognizer`.
        picture: the file's bytes.
        client: the token that asks; None for a page.

    Raises:
        ImageError: the picture cannot be recognised.
    """
    (outcome,) = predict_pictures(recognizer, [picture], client)
    if isinstance(outcome, ImageError):
        raise outcome
    return outcome


def predict_pictures(
    recognizer: Recognizer, pictures: Iterable[bytes], client: APIToken | None = None
) -> list[Prediction | ImageError]:
    """Answer for several pictures in one forward pass, in their order; one that is bad spoils no other.

    Those whose turn does not come within `MAX_LOOKING_SECONDS` are `NotLookedAt`.
    """
    deadline_s = time.monotonic() + MAX_LOOKING_SECONDS
    seen = [_model_input(recognizer, picture, deadline_s) for picture in pictures]
    inputs = [one for one in seen if not isinstance(one, ImageError)]
    shape = (len(inputs), *recognizer.input_shape)
    usage.count_answers(client, [one for one in seen if isinstance(one, ImageError)])
    answers = iter(predict_inputs(recognizer, np.array(inputs, np.float32).reshape(shape), client))
    return [one if isinstance(one, ImageError) else next(answers) for one in seen]


def predict_inputs(
    recognizer: Recognizer, inputs: NDArray[np.float32], client: APIToken | None = None
) -> list[Prediction]:
    """Answer for pictures that are in the model's form already, in one forward pass.

    Args:
        recognizer: from `choose_recognizer`.
        inputs: (n, *recognizer.input_shape) in 0..1.
        client: the token that asks; None for a page.
    """
    answers = recognizer.predict(inputs)
    usage.count_answers(client, answers)
    return answers


def _model_input(
    recognizer: Recognizer, picture: bytes, deadline_s: float
) -> NDArray[np.float32] | ImageError:
    if time.monotonic() >= deadline_s:
        return NotLookedAt(
            "not_looked_at", "Not looked at: the pictures before took too long. Send fewer at a time."
        )
    try:
        return recognizer.model_input(picture)
    except ImageError as error:
        return error
