"""tritonclient as it is, but for the header with the token, against a server."""

from __future__ import annotations

import io

import numpy as np
import pytest
import requests
from PIL import Image, ImageDraw
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from tests.inference_protocol.asking import in_base64
from tests.packages import memorable_pictures


@pytest.fixture
def triton(live_server):
    with InferenceServerClient(live_server.url.removeprefix("http://")) as client:
        yield client


@pytest.fixture
def token(alice_key):
    return {"Authorization": f"Token {alice_key}"}


@pytest.fixture(scope="module")
def drawings():
    """64 different picture files."""
    return [drawing(number) for number in range(64)]


def drawing(number):
    image = Image.new("L", (60, 60), 255)
    end = (20 + number // 2, 50)
    ImageDraw.Draw(image).line([(15, 10), (45, 10), end], fill=0, width=3 + number % 5)
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


def bytes_input(values, *, binary):
    tensor = InferInput("image", [len(values)], "BYTES")
    return tensor.set_data_from_numpy(np.array(values, np.object_), binary_data=binary)


def float_input(pictures, *, binary=True, name="image", datatype="FP32", dtype=np.float32):
    tensor = InferInput(name, list(pictures.shape), datatype)
    return tensor.set_data_from_numpy(pictures.astype(dtype), binary_data=binary)


def rest_answers(live_server, token, pictures):
    """What the REST API says of the pictures."""
    url = f"{live_server.url}/api/v1/predict"
    return [
        requests.post(url, data=each, headers=token | {"Content-Type": "image/png"}, timeout=60).json()
        for each in pictures
    ]


def test_health_and_metadata_need_no_token(triton):
    assert triton.is_server_live()
    assert triton.is_server_ready()
    assert triton.is_model_ready("tiny-digits")
    assert triton.is_model_ready("tiny-digits", "1.2.3")
    assert not triton.is_model_ready("tiny-digits", "9.9.9")
    assert triton.get_server_metadata()["name"] == "mnistsite"
    assert triton.get_model_metadata("tiny-digits")["inputs"][0]["shape"] == [-1, 28, 28]
    assert triton.get_model_metadata("tiny-digits", "1.2.3")["versions"] == ["1.2.3"]


@pytest.mark.parametrize("count", [1, 64])
@pytest.mark.parametrize("binary", [True, False])
def test_picture_files_get_the_answers_of_the_rest_api(triton, live_server, token, drawings, count, binary):
    pictures = drawings[:count]
    values = pictures if binary else [in_base64(each).encode() for each in pictures]
    wanted = ("predict", "predict_proba", "label", "accepted")

    result = triton.infer(
        "tiny-digits",
        [bytes_input(values, binary=binary)],
        outputs=[InferRequestedOutput(name, binary_data=binary) for name in wanted],
        request_id="job-1",
        headers=dict(token),  # It writes its own into them.
    )

    expected = rest_answers(live_server, token, pictures)
    assert result.get_response()["id"] == "job-1"
    assert result.as_numpy("predict").tolist() == [answer["digit"] for answer in expected]
    labels = [each.decode() if binary else each for each in result.as_numpy("label")]
    assert labels == [answer["label"] for answer in expected]
    assert result.as_numpy("accepted").tolist() == [answer["accepted"] for answer in expected]
    shares = [list(answer["probabilities"].values()) for answer in expected]
    assert result.as_numpy("predict_proba") == pytest.approx(np.array(shares), abs=2e-6)


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("compression", [None, "gzip", "deflate"])
def test_64_tensors_are_answered_compressed_or_not(triton, token, binary, compression):
    pictures = np.resize(memorable_pictures(), (64, 28, 28))

    result = triton.infer(
        "tiny-digits",
        [float_input(pictures, binary=binary)],
        model_version="1.2.3",
        headers=dict(token),  # It writes its own into them.
        request_compression_algorithm=compression,
        response_compression_algorithm=compression,
    )

    assert result.as_numpy("predict").tolist() == [number % 10 for number in range(64)]
    assert result.as_numpy("predict_proba").shape == (64, 10)


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (float_input(np.zeros((1, 784)), name="pixels"), r"'pixels' is unknown; its name is 'image'"),
        (
            float_input(np.zeros((1, 785))),
            r"the shape \[1, 785\] does not fit; this model takes \[-1, 28, 28",
        ),
        (
            float_input(np.zeros((1, 784)), datatype="INT64", dtype=np.int64),
            "'INT64' is not taken; send UINT8",
        ),
        (
            float_input(np.zeros((1, 784))).set_shape([2, 784]),
            "FP32 of the shape .* has 6272 bytes, not 3136",
        ),
        (float_input(np.full((1, 784), 1.5)), r"image\[0\]: a value of FP32 does not lie in 0..1"),
        (float_input(np.zeros((257, 784))), "257 pictures are too many; up to 256"),
        (bytes_input([b"no picture"], binary=True), r"image\[0\]: "),
    ],
)
def test_a_refusal_reaches_the_program_as_an_exception_with_our_words(triton, token, tensor, words):
    with pytest.raises(InferenceServerException, match=words) as caught:
        triton.infer("tiny-digits", [tensor], headers=token)

    assert caught.value.status() in {"400", "413", "415"}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "Send a token in the header"),
        ({"Authorization": "Token x"}, "malformed, unknown, expired or revoked"),
    ],
)
def test_a_missing_token_does_too(triton, headers, words):
    with pytest.raises(InferenceServerException, match=words) as caught:
        triton.infer("tiny-digits", [float_input(np.zeros((1, 784)))], headers=headers)

    assert caught.value.status() == "401"


def test_so_do_an_unknown_model_and_a_missing_scope(triton, token):
    with pytest.raises(InferenceServerException, match="There is no model 'nobody'"):
        triton.infer("nobody", [float_input(np.zeros((1, 784)))], headers=token)
    with pytest.raises(InferenceServerException, match="This needs the scope 'admin:models'"):
        triton.get_model_repository_index(headers=token)
