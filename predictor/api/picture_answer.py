"""The answer to one picture, for whoever reads the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from predictor.answers import explanation_answer, prediction_answer
from predictor.api.uploads import Upload, requested_model, wants_explanation
from predictor.models import APIToken
from predictor.predicting import choose_recognizer, predict_picture
from predictor.recognition.recognizer import Prediction, Recognizer
from predictor.request_id import current_request_id

Predict = Callable[[Recognizer, bytes, APIToken | None], Prediction]


def picture_answer(
    picture: bytes,
    request: Upload,
    client: APIToken | None,
    name: str = "",
    version: str = "",
    *,
    predict: Predict = predict_picture,
) -> dict[str, Any]:
    """The prediction, JSON-ready.

    Args:
        picture: the file's bytes.
        request: says what is wanted of it.
        client: the token that asks; None for a person who is logged in.
        name: of the model, where the address names one; then the body need not.
        version: of that model.
        predict: how the picture is answered for.

    Raises:
        ParseError: see `uploads`.
        ModelNotAllowed, UnknownModel, ModelUnavailable: see `choose_recognizer`.
        ImageError: the picture cannot be recognised.
    """
    explain = wants_explanation(request)
    recognizer = choose_recognizer(f"{name}@{version}" if name else requested_model(request), client)
    prediction = predict(recognizer, picture, client)
    answer = prediction_answer(prediction, current_request_id())
    if explain:
        answer |= explanation_answer(prediction.label, recognizer.explain(prediction))
    return answer
