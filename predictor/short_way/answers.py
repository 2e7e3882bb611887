"""The answers that need no Django: the same functions as behind its views, with what fits around them."""

from __future__ import annotations

from predictor.api.picture_answer import picture_answer
from predictor.inference_protocol.infer_answer import infer_answer
from predictor.inference_protocol.infer_request import ImageTensor
from predictor.inference_protocol.outputs import Content
from predictor.inference_protocol.pictures import predict as predict_tensor
from predictor.json_answers import dump_json
from predictor.models import APIToken
from predictor.predicting import predict_sound_picture
from predictor.recognition.recognizer import Prediction, Recognizer
from predictor.short_way.asked import Asked, Unusual


def predict(asked: Asked, name: str = "", version: str = "") -> Content:
    """Answer for one picture; see `picture_answer`."""
    answer = picture_answer(
        asked.read_picture(), asked, asked.client, name, version, predict=predict_sound_picture
    )
    return dump_json(answer), {"Content-Type": "application/json"}


def infer(asked: Asked, name: str, version: str = "") -> Content:
    """Answer for tensors of numbers; see `infer_answer`."""
    return infer_answer(
        asked.body,
        asked.meta,
        asked.client,
        asked.allowance.spend,
        name=name,
        version=version,
        predict=_predict_numbers,
    )


def _predict_numbers(recognizer: Recognizer, image: ImageTensor, client: APIToken | None) -> list[Prediction]:
    if image.datatype == "BYTES":
        raise Unusual  # Pictures may be bad, and `predict_tensor` counts those.
    return predict_tensor(recognizer, image, client)
