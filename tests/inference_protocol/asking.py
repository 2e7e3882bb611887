"""A request for inference as clients send it."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

INFER = "/v2/models/tiny-digits/infer"
HEADER_LENGTH = "Inference-Header-Content-Length"


def tensor(data: Any, *, shape: list[int], datatype: str = "FP32", **more: Any) -> dict[str, Any]:
    return {"name": "image", "shape": shape, "datatype": datatype, "data": data} | more


def raw_tensor(size: int, *, shape: list[int], datatype: str = "FP32") -> dict[str, Any]:
    parameters = {"binary_data_size": size}
    return {"name": "image", "shape": shape, "datatype": datatype, "parameters": parameters}


def blank(**changes: Any) -> dict[str, Any]:
    """A valid request with one picture of blank paper, but for the changes to its tensor."""
    return {"inputs": [tensor([0] * 784, shape=[1, 784], datatype="UINT8") | changes]}


def in_base64(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


def behind_lengths(*elements: bytes) -> bytes:
    """Raw BYTES: each element behind its length."""
    return b"".join(struct.pack("<I", len(element)) + element for element in elements)


def ask(client: Any, fields: Any, binary: bytes | None = None, path: str = INFER, **headers: str) -> Any:
    """POST as tritonclient does, which names no content type."""
    text = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    if binary is not None:
        headers = {HEADER_LENGTH: str(len(text))} | headers
    return client.generic("POST", path, text + (binary or b""), content_type="", headers=headers)


def outputs(response: Any) -> dict[str, Any]:
    """The data of each output of a JSON answer, by name."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    return {output["name"]: output["data"] for output in response.json()["outputs"]}
