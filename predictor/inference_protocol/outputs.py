"""Predictions as tensors, in JSON or raw."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from predictor.inference_protocol.body import HEADER_LENGTH
from predictor.json_answers import dump_json
from predictor.recognition.package_metadata import are_digits
from predictor.recognition.recognizer import Prediction

# Name -> datatype. The first two have the names that MLServer's scikit-learn runtime gives them.
PROBABILITIES = "predict_proba"
OUTPUTS = {"predict": "INT64", PROBABILITIES: "FP32", "label": "BYTES", "accepted": "BOOL"}

_DTYPES = {"INT64": "<i8", "FP32": "<f4", "BOOL": "?"}  # Little-endian, as the protocol has it.


@dataclass(frozen=True, slots=True)
class WantedOutput:
    """One output that a client asks for, raw or as JSON."""

    name: str
    binary: bool


# A body and its headers.
Content = tuple[bytes, dict[str, str]]


def outputs_content(
    request_id: str, predictions: Sequence[Prediction], wanted: Sequence[WantedOutput]
) -> Content:
    """The wanted outputs as a body, which is more than JSON only if one of them is wanted raw.

    Args:
        request_id: the client's id of the request.
        predictions: at least one, of one model.
        wanted: in the order of the answer.
    """
    entries: list[dict[str, Any]] = []
    raw: list[bytes] = []
    for output in wanted:
        values, shape = _values(output.name, predictions), [len(predictions)]
        if output.name == PROBABILITIES:
            shape.append(len(predictions[0].labels))
        entry: dict[str, Any] = {"name": output.name, "datatype": OUTPUTS[output.name], "shape": shape}
        if output.binary:
            raw.append(_raw(values, OUTPUTS[output.name]))
            entry["parameters"] = {"binary_data_size": len(raw[-1])}
        else:
            entry["data"] = values
        entries.append(entry)
    fields = {
        "model_name": predictions[0].model_name,
        "model_version": predictions[0].model_version,
        "id": request_id,
        "outputs": entries,
    }
    head = dump_json(fields)
    if not raw:
        return head, {"Content-Type": "application/json"}
    headers = {"Content-Type": "application/octet-stream", HEADER_LENGTH: str(len(head))}
    return b"".join([head, *raw]), headers


def class_numbers(predictions: Sequence[Prediction]) -> list[int]:
    """What `predict` says: the digits where all labels are digits, else the indices of the labels."""
    labels = predictions[0].labels
    if are_digits(labels):
        return [int(one.label) for one in predictions]
    return [labels.index(one.label) for one in predictions]


def _values(name: str, predictions: Sequence[Prediction]) -> list[Any]:
    """Flat, one prediction after the other."""
    if name == "predict":
        return class_numbers(predictions)
    if name == PROBABILITIES:
        return list(chain.from_iterable(one.shares for one in predictions))
    if name == "label":
        return [one.label for one in predictions]
    return [one.accepted for one in predictions]


def _raw(values: list[Any], datatype: str) -> bytes:
    if datatype != "BYTES":
        return np.array(values, _DTYPES[datatype]).tobytes()
    texts = [text.encode() for text in values]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)
