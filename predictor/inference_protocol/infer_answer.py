"""The answer to a request for inference, for whoever reads the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from predictor.inference_protocol.body import part_body
from predictor.inference_protocol.infer_request import ImageTensor, parse_request
from predictor.inference_protocol.outputs import Content, outputs_content
from predictor.inference_protocol.pictures import predict
from predictor.models import APIToken
from predictor.predicting import choose_recognizer
from predictor.recognition.recognizer import Prediction, Recognizer

Predict = Callable[[Recognizer, ImageTensor, APIToken | None], list[Prediction]]


def infer_answer(
    body: bytes,
    meta: Mapping[str, Any],
    client: APIToken | None,
    spend: Callable[[int], None],
    *,
    name: str,
    version: str = "",
    predict: Predict = predict,
) -> Content:
    """The wanted outputs.

    Args:
        body: of the request, as it came.
        meta: its headers, named as CGI names them.
        client: the token that asks.
        spend: lets the request cost so many pictures in all.
        name: of the model.
        version: of that model; empty is whichever answers.
        predict: how a tensor is answered for.

    Raises:
        ParseError, TooLarge, UnknownEncoding, BadPicture: see `part_body`, `parse_request` and `predict`.
        ModelNotAllowed, UnknownModel, ModelUnavailable: see `choose_recognizer`.
    """
    recognizer = choose_recognizer(selector_of(name, version), client)
    asked = parse_request(*part_body(body, meta))
    spend(asked.image.count)
    return outputs_content(asked.id, predict(recognizer, asked.image, client), asked.outputs)


def selector_of(name: str, version: str) -> str:
    """A model as the service names it."""
    return f"{name}@{version}" if version else name
