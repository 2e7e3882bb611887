"""The pictures of a request, out of a tensor in one of its forms, to their predictions."""

from __future__ import annotations

import base64
import struct
from itertools import chain
from math import prod
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from rest_framework.exceptions import ParseError

from predictor.inference_protocol.errors import BadPicture, TooLarge
from predictor.inference_protocol.infer_request import INPUT, ImageTensor
from predictor.models import APIToken
from predictor.predicting import predict_inputs, predict_pictures
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction, Recognizer

_DTYPES = {"UINT8": "<u1", "FP32": "<f4", "FP64": "<f8"}  # Little-endian, as the protocol has it.
_BEYOND_64_BITS = 2.0**63
_TOP = {"UINT8": 255, "FP32": 1, "FP64": 1}  # What stands for full ink; 0 stands for paper.
_LENGTH_BYTES = 4


def predict(recognizer: Recognizer, image: ImageTensor, client: APIToken | None) -> list[Prediction]:
    """Answer for every picture of a tensor, in one forward pass.

    Raises:
        ParseError: the tensor's shape does not fit the model, or its data not its shape or datatype.
        TooLarge: it has more pictures than are taken at once.
        BadPicture: one cannot be recognised.
    """
    if image.datatype != "BYTES":
        return predict_inputs(recognizer, model_inputs(image, recognizer.input_shape), client)
    answers = []
    for index, outcome in enumerate(predict_pictures(recognizer, encoded_pictures(image), client)):
        if isinstance(outcome, ImageError):
            raise BadPicture(index, outcome)
        answers.append(outcome)
    return answers


def shapes(input_shape: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """The shapes in which one picture may come, the plainest first.

    Args:
        input_shape: (channels, side, side) of what the model takes.
    """
    channels, side, _ = input_shape
    flat = (prod(input_shape),)
    return [(side, side), flat, input_shape] if channels == 1 else [input_shape, flat]


def model_inputs(image: ImageTensor, input_shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Bring a tensor of numbers into the model's form.

    Returns:
        (n, *input_shape) in 0..1.

    Raises:
        ParseError, TooLarge: see `predict`.
    """
    allowed = shapes(input_shape)
    if image.shape[1:] not in allowed:
        forms = " or ".join(str([-1, *shape]) for shape in allowed)
        raise ParseError(
            f"{INPUT}: the shape {list(image.shape[:8])} does not fit; this model takes {forms}."
        )
    _check_count(image.shape[0], settings.MAX_INFERENCE_BATCH)
    top = _TOP[image.datatype]
    numbers = _numbers(image)
    if not (numbers.min() >= 0 and numbers.max() <= top):  # Not so what is no number.
        index = int(np.argmin((numbers >= 0) & (numbers <= top))) // prod(input_shape)
        raise ParseError(f"{INPUT}[{index}]: a value of {image.datatype} does not lie in 0..{top}.")
    shares: NDArray[np.float32] = (
        numbers.astype(np.float32, copy=False) if top == 1 else np.divide(numbers, top, dtype=np.float32)
    )
    return shares.reshape(-1, *input_shape)


def encoded_pictures(image: ImageTensor) -> list[bytes]:
    """The picture files in a tensor of BYTES: raw, or in base64 where they came as JSON.

    Raises:
        ParseError, TooLarge: see `predict`.
    """
    if image.shape[1:] not in ((), (1,)) or not image.shape:
        raise ParseError(f"{INPUT}: encoded pictures have the shape [-1], not {list(image.shape[:8])}.")
    _check_count(image.shape[0], min(settings.MAX_UPLOAD_FILES, settings.MAX_INFERENCE_BATCH))
    if isinstance(image.data, memoryview):
        return _elements(image.data, image.shape[0])
    return [_from_base64(index, text) for index, text in enumerate(_flat(image.data, image.shape))]


def _check_count(count: int, limit: int) -> None:
    if count == 0:
        raise ParseError(f"{INPUT}: send at least one picture.")
    if count > limit:
        raise TooLarge(f"{INPUT}: {count} pictures are too many; up to {limit} are taken at a time.")


def _numbers(image: ImageTensor) -> NDArray[Any]:
    """The values of a tensor, flat; not yet held against their range."""
    if isinstance(image.data, memoryview):
        dtype = np.dtype(_DTYPES[image.datatype])
        expected = prod(image.shape) * dtype.itemsize
        if len(image.data) != expected:
            raise ParseError(
                f"{INPUT}: {image.datatype} of the shape {list(image.shape)} has {expected} bytes, "
                f"not {len(image.data)}."
            )
        # Behind a head of any length the bytes may lie where numpy is slow and onnxruntime need not read.
        return np.frombuffer(image.data, dtype).copy()
    values = _flat(image.data, image.shape)
    whole = image.datatype == "UINT8"
    # Not isinstance: JSON's true is an int to Python.
    if not set(map(type, values)) <= ({int} if whole else {int, float}):
        # Whole numbers beyond 64 bits come as floats, see `load_quickly`.
        if any(type(value) is float and abs(value) >= _BEYOND_64_BITS for value in values):
            raise ParseError(f"{INPUT}: a value of {image.datatype} is out of range.")
        raise ParseError(f"{INPUT}: data of {image.datatype} must be {'whole ' if whole else ''}numbers.")
    try:
        code = "q" if whole else "d"  # The same to both: 64 bits, as this machine has them.
        return np.frombuffer(
            struct.pack(f"{len(values)}{code}", *values), code
        )  # numpy would ask each value.
    except (OverflowError, struct.error) as error:
        raise ParseError(f"{INPUT}: a value of {image.datatype} is out of range.") from error


def _flat(data: list[Any], shape: tuple[int, ...]) -> list[Any]:
    """The values of a list that is flat, or nested as the shape says."""
    if data and isinstance(data[0], list):
        lists = [data]
        for size in shape:
            if not all(isinstance(one, list) and len(one) == size for one in lists):
                raise ParseError(f"{INPUT}: the data are not nested as the shape {list(shape)} says.")
            lists = list(chain.from_iterable(lists))
        data = lists
    if len(data) != prod(shape):
        raise ParseError(f"{INPUT}: the shape {list(shape)} has {prod(shape)} values, the data {len(data)}.")
    return data


def _elements(raw: memoryview, count: int) -> list[bytes]:
    """The elements of raw BYTES, each behind its length."""
    elements: list[bytes] = []
    position = 0
    while position + _LENGTH_BYTES <= len(raw) and len(elements) < count:
        (size,) = struct.unpack_from("<I", raw, position)
        position += _LENGTH_BYTES
        if position + size > len(raw):
            break
        elements.append(bytes(raw[position : position + size]))
        position += size
    if len(elements) != count or position != len(raw):
        raise ParseError(
            f"{INPUT}: the raw bytes are not {count} elements, each behind its length "
            "in 4 bytes, little-endian."
        )
    return elements


def _from_base64(index: int, text: Any) -> bytes:
    if not isinstance(text, str):
        raise ParseError(f"{INPUT}[{index}]: a picture in JSON must be a base64 string.")
    try:
        return base64.b64decode("".join(text.split()), validate=True)  # MIME breaks base64 into lines.
    except ValueError as error:
        raise ParseError(f"{INPUT}[{index}]: this is not base64.") from error
