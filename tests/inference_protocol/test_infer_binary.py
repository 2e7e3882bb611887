"""Inference with raw tensors behind the JSON, compressed requests, and raw answers."""

from __future__ import annotations

import gzip
import json
import struct
import zlib

import numpy as np
import pytest

from tests.inference_protocol.asking import (
    HEADER_LENGTH,
    ask,
    behind_lengths,
    blank,
    in_base64,
    outputs,
    raw_tensor,
    tensor,
)
from tests.packages import memorable_pictures


def raw_outputs(response):
    """The JSON and the raw bytes of each output of a binary answer, by name."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/octet-stream"
    length = int(response[HEADER_LENGTH])
    fields, rest = json.loads(response.content[:length]), response.content[length:]
    raw = {}
    for output in fields["outputs"]:
        if "parameters" in output:
            assert "data" not in output
            size = output["parameters"]["binary_data_size"]
            raw[output["name"]], rest = rest[:size], rest[size:]
    assert rest == b""
    return fields, raw


@pytest.mark.parametrize(("datatype", "dtype"), [("FP32", "<f4"), ("FP64", "<f8")])
def test_raw_pictures_are_answered_as_the_same_ones_in_json(program, datatype, dtype):
    pictures = memorable_pictures().reshape(10, 784)
    raw = pictures.astype(dtype).tobytes()
    as_json = tensor(pictures.tolist(), shape=[10, 784])

    answer = ask(program, {"inputs": [raw_tensor(len(raw), shape=[10, 784], datatype=datatype)]}, raw)

    assert outputs(answer) == outputs(ask(program, {"inputs": [as_json]}))


def test_the_same_head_is_read_anew_for_other_bytes(program):
    pictures = memorable_pictures().reshape(10, 784).astype("<f4")
    fields = {"inputs": [raw_tensor(3136, shape=[1, 784])]}

    answers = [ask(program, fields, picture.tobytes()) for picture in pictures]

    assert [outputs(answer)["predict"] for answer in answers] == [[digit] for digit in range(10)]
    assert len({answer.json()["id"] for answer in answers}) == 10
    short = ask(program, fields, pictures[0].tobytes()[:-4])
    assert short.status_code == 400
    assert "binary_data_size is 3136, but 3132 bytes" in short.json()["error"]


def test_raw_bytes_of_grey_are_answered(program):
    grey = np.round(memorable_pictures() * 255).astype(np.uint8).tobytes()

    answer = ask(program, {"inputs": [raw_tensor(7840, shape=[10, 28, 28], datatype="UINT8")]}, grey)

    assert outputs(answer)["predict"] == list(range(10))


def test_raw_picture_files_are_answered_as_base64_is(program, picture):
    raw = behind_lengths(picture, picture)
    as_json = tensor([in_base64(picture)] * 2, shape=[2], datatype="BYTES")

    answer = ask(program, {"inputs": [raw_tensor(len(raw), shape=[2], datatype="BYTES")]}, raw)

    assert outputs(answer) == outputs(ask(program, {"inputs": [as_json]}))


def test_a_raw_answer_holds_what_the_json_one_does(program):
    request = {"inputs": [tensor(memorable_pictures().ravel().tolist(), shape=[10, 784])]}
    expected = outputs(ask(program, request))

    fields, raw = raw_outputs(ask(program, request | {"parameters": {"binary_data_output": True}}))

    assert [output["shape"] for output in fields["outputs"]] == [[10], [10, 10], [10], [10]]
    assert raw["predict"] == struct.pack("<10q", *range(10))
    assert raw["predict_proba"] == np.array(expected["predict_proba"], "<f4").tobytes()
    assert raw["label"] == behind_lengths(*(b"%d" % digit for digit in range(10)))
    assert raw["accepted"] == bytes(expected["accepted"])


def test_what_an_output_says_of_itself_wins_over_the_request(program):
    wanted = [{"name": "predict", "parameters": {"binary_data": False}}, {"name": "accepted"}]

    fields, raw = raw_outputs(
        ask(program, blank() | {"outputs": wanted, "parameters": {"binary_data_output": True}})
    )

    assert list(raw) == ["accepted"]
    assert fields["outputs"][0]["data"] == [int(value) for value in fields["outputs"][0]["data"]]


def test_one_raw_output_among_others_is_enough_for_a_raw_answer(program):
    wanted = [{"name": "predict"}, {"name": "label", "parameters": {"binary_data": True}}]

    fields, raw = raw_outputs(ask(program, blank() | {"outputs": wanted}))

    assert list(raw) == ["label"]
    assert raw["label"][4:].decode() == str(fields["outputs"][0]["data"][0])


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_compressed_request_is_unpacked_before_its_json_is_measured(program, encoding, pack):
    head = json.dumps({"inputs": [raw_tensor(784, shape=[1, 784], datatype="UINT8")]}).encode()
    body = pack(head + bytes(784))

    response = ask(program, body, **{HEADER_LENGTH: str(len(head)), "Content-Encoding": encoding})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("encoding", "body", "status", "words"),
    [
        ("br", b"{}", 415, "gzip, deflate or none"),
        ("gzip, gzip", b"{}", 415, "gzip, deflate or none"),
        ("gzip", b"{}", 400, "not valid gzip"),
        ("deflate", b"{}", 400, "not valid deflate"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4], 400, "not one whole gzip"),
        ("gzip", gzip.compress(b"{}", mtime=0) * 2, 400, "not one whole gzip"),
        ("deflate", b"", 400, "not one whole deflate"),
        ("gzip", gzip.compress(bytes(1_000_001), mtime=0), 413, "unpacks to more than 976.6"),
    ],
)
def test_what_does_not_unpack_is_refused(program, settings, encoding, body, status, words):
    settings.MAX_INFERENCE_BYTES = 1_000_000

    response = ask(program, body, **{"Content-Encoding": encoding})

    assert response.status_code == status
    assert words in response.json()["error"]
