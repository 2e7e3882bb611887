"""What the `mlserver infer` command and kserve's REST client send, and how they read the answer.

The command is tritonclient with headers of its own. kserve's client needs libraries that are not worth their
weight here, so its rules are written down: python/kserve/kserve/inference_client.py of kserve 0.16.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import requests
from tritonclient.http import InferenceServerClient, InferInput

from tests.inference_protocol.asking import HEADER_LENGTH, in_base64, tensor
from tests.packages import memorable_pictures

KSERVE_DTYPES = {"INT64": "<i8", "FP32": "<f4", "BOOL": "?"}


@pytest.fixture
def token(alice_key):
    return {"Authorization": f"Token {alice_key}"}


def url(live_server, path):
    return f"{live_server.url}/v2/{path}"


def kserve_error(response):
    """The words of the exception that kserve's client raises: it compares the whole content type."""
    if response.headers["content-type"] == "application/json":
        return response.json().get("error", "")
    return ""


def kserve_infer(live_server, body, json_length, headers):
    """The outputs as kserve's client reads them: from the JSON, or the next `binary_data_size` bytes."""
    if json_length:
        headers = headers | {HEADER_LENGTH: str(json_length), "content-type": "application/octet-stream"}
    response = requests.post(
        url(live_server, "models/tiny-digits/infer"), data=body, headers=headers, timeout=60
    )
    assert response.ok, kserve_error(response)
    length = int(response.headers.get(HEADER_LENGTH, len(response.content)))
    fields, raw = json.loads(response.content[:length]), response.content[length:]
    assert isinstance(fields["id"], str)
    assert fields["model_name"] == "tiny-digits"
    answer = {}
    for output in fields["outputs"]:
        size = output.get("parameters", {}).get("binary_data_size")
        values = output["data"] if size is None else raw[:size]
        raw = raw[size or 0 :]
        if size is not None and output["datatype"] != "BYTES":
            values = (
                np.frombuffer(values, KSERVE_DTYPES[output["datatype"]]).reshape(output["shape"]).tolist()
            )
        answer[output["name"]] = values
    return answer


def mlserver_request(pictures, *, binary):
    image = InferInput("image", list(pictures.shape), "FP32")
    image.set_data_from_numpy(pictures, binary_data=binary)
    return InferenceServerClient.generate_request_body([image], request_id="batch-3")


@pytest.mark.parametrize("binary", [True, False])
def test_the_mlserver_command_is_answered_though_it_calls_raw_bodies_json(live_server, token, binary):
    body, json_length = mlserver_request(memorable_pictures().reshape(10, 784), binary=binary)
    headers = token | {
        "content-type": "application/json",
        "seldon-puid": "batch-3",
        "x-request-id": "batch-3",
    }
    if json_length is not None:
        headers[HEADER_LENGTH] = str(json_length)

    response = requests.post(
        url(live_server, "models/tiny-digits/infer"), data=body, headers=headers, timeout=60
    )
    result = InferenceServerClient.parse_response_body(
        response.content, header_length=response.headers[HEADER_LENGTH]
    )

    assert result.as_numpy("predict").tolist() == list(range(10))
    assert result.get_response()["id"] == response.headers["X-Request-ID"] == "batch-3"


def test_kserves_client_reads_health(live_server):
    assert requests.get(url(live_server, "health/ready"), timeout=60).json()["ready"] is True
    assert requests.get(url(live_server, "health/live"), timeout=60).json()["live"] is True
    assert requests.get(url(live_server, "models/tiny-digits/ready"), timeout=60).ok


def test_kserves_client_is_answered_in_json(live_server, token, picture):
    image = tensor([in_base64(picture)], shape=[1], datatype="BYTES")
    body = json.dumps({"id": "a-1", "model_name": "tiny-digits", "inputs": [image]}).encode()

    answer = kserve_infer(live_server, body, None, token | {"content-type": "application/json"})

    assert answer["label"] == [str(answer["predict"][0])]


def test_kserves_client_is_answered_raw(live_server, token):
    pictures = memorable_pictures().reshape(10, 784)
    image = {
        "name": "image",
        "shape": [10, 784],
        "datatype": "FP32",
        "parameters": {"binary_data_size": pictures.nbytes},
    }
    request = {"id": "a-2", "inputs": [image], "parameters": {"binary_data_output": True}}
    head = json.dumps(request).encode()

    answer = kserve_infer(live_server, head + pictures.tobytes(), len(head), token)

    assert answer["predict"] == list(range(10))
    assert np.array(answer["predict_proba"]).shape == (10, 10)


def test_kserves_client_finds_the_words_of_an_error(live_server):
    response = requests.post(url(live_server, "models/tiny-digits/infer"), data=b"{}", timeout=60)

    assert kserve_error(response).startswith("Send a token in the header")
