"""What a client asks: one tensor of pictures, and which outputs in which form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rest_framework.exceptions import ParseError

from predictor.inference_protocol.body import parse_object
from predictor.inference_protocol.outputs import OUTPUTS, WantedOutput
from predictor.request_id import current_request_id

INPUT = "image"
DATATYPES = ("UINT8", "FP32", "FP64", "BYTES")

_MAX_DIMENSION = 2**31
_MAX_REMEMBERED = 256
_MAX_REMEMBERED_BYTES = 1024
_ALL_OUTPUTS = {binary: tuple(WantedOutput(name, binary) for name in OUTPUTS) for binary in (False, True)}


@dataclass(frozen=True, slots=True)
class ImageTensor:
    """The one input, as it came.

    Attributes:
        datatype: one of `DATATYPES`.
        shape: of the whole batch.
        data: JSON's values, flat or nested, or the raw bytes.
    """

    datatype: str
    shape: tuple[int, ...]
    data: list[Any] | memoryview

    @property
    def count(self) -> int:
        """How many pictures the shape speaks of; no shape speaks of one less."""
        return max(self.shape[0], 1) if self.shape else 1


@dataclass(frozen=True, slots=True)
class InferRequest:
    """One request for inference.

    Attributes:
        id: the client's own, or the id of the HTTP request.
        image: the pictures.
        outputs: what is wanted, in this order.
    """

    id: str
    image: ImageTensor
    outputs: tuple[WantedOutput, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the JSON says.

    Attributes:
        data: of the tensor, whatever that is; None where it is raw.
        raw_bytes: how much of the tensor should be behind the JSON; None where the data are in it.
    """

    id: str
    datatype: str
    shape: tuple[int, ...]
    data: Any
    raw_bytes: Any
    outputs: tuple[WantedOutput, ...]


def parse_request(text: bytes, binary: memoryview) -> InferRequest:
    """Read a request; keys that the protocol does not know are passed over, as clients send some.

    Args:
        text: the JSON.
        binary: the bytes behind it.

    Raises:
        ParseError: the message names what is wrong.
    """
    asked = _remembered(text) if binary and len(text) <= _MAX_REMEMBERED_BYTES else _asked(text)
    image = ImageTensor(asked.datatype, asked.shape, _data(asked, binary))
    return InferRequest(asked.id or current_request_id(), image, asked.outputs)


def _asked(text: bytes) -> _Asked:
    fields = parse_object(text)
    request_id = fields.get("id")
    if request_id is not None and not isinstance(request_id, str):
        raise ParseError("id must be a string.")
    all_binary = _flag(_parameters(fields, "the request"), "binary_data_output", default=False)
    tensor = _tensor(fields.get("inputs"))
    return _Asked(
        request_id or "",
        tensor["datatype"],
        _shape(tensor.get("shape")),
        tensor.get("data"),
        _parameters(tensor, INPUT).get("binary_data_size"),
        _outputs(fields.get("outputs"), all_binary),
    )


# A client writes the same before each raw tensor; to read it takes longer than a linear model's answer.
_remembered = lru_cache(_MAX_REMEMBERED)(_asked)


def _tensor(inputs: Any) -> dict[str, Any]:
    tensor: dict[str, Any]
    if not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(inputs[0], dict):
        raise ParseError(f"inputs must be a list of exactly one tensor, named {INPUT!r}.")
    (tensor,) = inputs
    if tensor.get("name") != INPUT:
        raise ParseError(f"The input {_quoted(tensor.get('name'))} is unknown; its name is {INPUT!r}.")
    if tensor.get("datatype") not in DATATYPES:
        raise ParseError(
            f"{INPUT}: the datatype {_quoted(tensor.get('datatype'))} is not taken; "
            f"send {', '.join(DATATYPES[:-1])} or {DATATYPES[-1]}."
        )
    return tensor


def _shape(shape: Any) -> tuple[int, ...]:
    if not isinstance(shape, list) or not all(
        type(size) is int and 0 <= size < _MAX_DIMENSION for size in shape
    ):
        raise ParseError(f"{INPUT}: shape must be a list of whole numbers, the number of pictures first.")
    return tuple(shape)


def _data(asked: _Asked, binary: memoryview) -> list[Any] | memoryview:
    size, data = asked.raw_bytes, asked.data
    if size is None and binary:
        raise ParseError(f"{len(binary)} bytes follow the JSON, but {INPUT} has no binary_data_size.")
    if size is None and isinstance(data, list):
        return data
    if size is None:
        raise ParseError(f"{INPUT}: data must be a list, unless the parameter binary_data_size is given.")
    if data is not None:
        raise ParseError(f"{INPUT} has both data and binary_data_size; send one.")
    if type(size) is not int or size != len(binary):
        raise ParseError(
            f"{INPUT}: binary_data_size is {_quoted(size)}, but {len(binary)} bytes follow the JSON."
        )
    return binary


def _outputs(outputs: Any, all_binary: bool) -> tuple[WantedOutput, ...]:  # noqa: FBT001 - private, one caller
    if outputs is None or outputs == []:
        return _ALL_OUTPUTS[all_binary]
    if not isinstance(outputs, list) or len(outputs) > len(OUTPUTS):
        raise ParseError(f"outputs must be a list of some of {', '.join(OUTPUTS)}, each once.")
    wanted = tuple(_output(output, all_binary) for output in outputs)
    if len({output.name for output in wanted}) != len(wanted):
        raise ParseError("outputs names an output twice.")
    return wanted


def _output(output: Any, all_binary: bool) -> WantedOutput:  # noqa: FBT001 - private, one caller
    name = output.get("name") if isinstance(output, dict) else output
    if not isinstance(output, dict) or not isinstance(name, str) or name not in OUTPUTS:
        raise ParseError(f"The output {_quoted(name)} is unknown; there are {', '.join(OUTPUTS)}.")
    parameters = _parameters(output, name)
    if parameters.get("classification"):
        raise ParseError(f"{name}: classification is not offered; 'predict_proba' has every class.")
    return WantedOutput(name, _flag(parameters, "binary_data", default=all_binary))


def _parameters(owner: dict[str, Any], name: str) -> dict[str, Any]:
    parameters = owner.get("parameters")
    if parameters is None:
        return {}
    if not isinstance(parameters, dict):
        raise ParseError(f"parameters of {name} must be an object.")
    if any(key.startswith("shared_memory_") for key in parameters):
        raise ParseError(f"{name}: shared memory is not offered; send the data in the request.")
    return parameters


def _flag(parameters: dict[str, Any], key: str, *, default: bool) -> bool:
    value = parameters.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise ParseError(f"{key} must be true or false.")
    return value


def _quoted(value: Any) -> str:
    """What a client sent, short enough for a message."""
    return repr(value[:80] if isinstance(value, str) else value if isinstance(value, int) else "")[:90]
