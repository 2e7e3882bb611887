"""Requests that are wrong in one thing: a clear message, and no answer."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.inference_protocol.asking import (
    HEADER_LENGTH,
    ask,
    behind_lengths,
    blank,
    in_base64,
    raw_tensor,
    tensor,
)

ZEROS = [0] * 784


def refused(response, status, words):
    assert response.status_code == status, response.content
    assert list(response.json()) == ["error"]
    assert words in response.json()["error"]
    assert len(response.content) < 500


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "picture"}, "'picture' is unknown; its name is 'image'"),
        ({"name": None}, "its name is 'image'"),
        ({"name": "x" * 10_000}, "its name is 'image'"),
        ({"name": "\ud800"}, "its name is 'image'"),
        ({"datatype": "FP16"}, "'FP16' is not taken; send UINT8, FP32, FP64 or BYTES"),
        ({"datatype": "INT64"}, "'INT64' is not taken"),
        ({"datatype": ["UINT8"]}, "is not taken"),
        ({"shape": [1, 785]}, "this model takes [-1, 28, 28] or [-1, 784] or [-1, 1, 28, 28]"),
        ({"shape": [784]}, "the shape [784] does not fit"),
        ({"shape": []}, "the shape [] does not fit"),
        ({"shape": [1] * 10_000}, "does not fit"),
        ({"shape": [0, 784]}, "send at least one picture"),
        ({"shape": [2, 784]}, "the shape [2, 784] has 1568 values, the data 784"),
        ({"shape": [-1, 784]}, "shape must be a list of whole numbers"),
        ({"shape": [True, 784]}, "shape must be a list of whole numbers"),
        ({"shape": [1.0, 784]}, "shape must be a list of whole numbers"),
        ({"shape": [10**30, 784]}, "shape must be a list of whole numbers"),
        ({"shape": "1"}, "shape must be a list of whole numbers"),
        ({"shape": None}, "shape must be a list of whole numbers"),
        ({"data": None}, "data must be a list"),
        ({"data": "0"}, "data must be a list"),
        ({"data": []}, "has 784 values, the data 0"),
        ({"data": ZEROS[1:]}, "has 784 values, the data 783"),
        ({"data": [*ZEROS, 0]}, "has 784 values, the data 785"),
        ({"data": [[ZEROS]]}, "not nested as the shape [1, 784] says"),
        ({"data": [ZEROS, ZEROS]}, "not nested as the shape"),
        ({"data": [ZEROS[1:]]}, "not nested as the shape"),
        ({"data": [[[0] * 28] * 28]}, "not nested as the shape"),
        ({"data": [[*ZEROS[1:], [0]]]}, "must be whole numbers"),
        ({"data": [*ZEROS[1:], [0]]}, "must be whole numbers"),
        ({"data": [*ZEROS[1:], True]}, "must be whole numbers"),
        ({"data": [*ZEROS[1:], None]}, "must be whole numbers"),
        ({"data": [*ZEROS[1:], "0"]}, "must be whole numbers"),
        ({"data": [*ZEROS[1:], 0.5]}, "must be whole numbers"),
        ({"data": [*ZEROS[1:], 256]}, "image[0]: a value of UINT8 does not lie in 0..255"),
        ({"data": [*ZEROS[1:], -1]}, "image[0]: a value of UINT8 does not lie in 0..255"),
        ({"data": [*ZEROS[1:], 2**64]}, "out of range"),
        ({"datatype": "FP32", "data": [*ZEROS[1:], 1.01]}, "image[0]: a value of FP32 does not lie in 0..1"),
        ({"datatype": "FP32", "data": [*ZEROS[1:], -0.1]}, "does not lie in 0..1"),
        ({"datatype": "FP32", "data": [*ZEROS[1:], False]}, "must be numbers"),
        ({"datatype": "FP64", "data": [*ZEROS[1:], 10**400]}, "out of range"),
        ({"datatype": "BYTES", "shape": [1, 2]}, "encoded pictures have the shape [-1], not [1, 2]"),
        ({"datatype": "BYTES", "shape": []}, "encoded pictures have the shape [-1]"),
        ({"datatype": "BYTES", "shape": [0]}, "send at least one picture"),
        ({"datatype": "BYTES", "shape": [1], "data": [7]}, "image[0]: a picture in JSON must be a base64"),
        ({"datatype": "BYTES", "shape": [1], "data": ["no base64!"]}, "image[0]: this is not base64"),
        ({"datatype": "BYTES", "shape": [1], "data": ["ü"]}, "image[0]: this is not base64"),
        ({"datatype": "BYTES", "shape": [2], "data": ["aGk="]}, "has 2 values, the data 1"),
        ({"parameters": []}, "parameters of image must be an object"),
        ({"parameters": {"binary_data_size": 784}}, "both data and binary_data_size"),
        ({"parameters": {"shared_memory_region": "r"}}, "shared memory is not offered"),
        ({"parameters": {"shared_memory_byte_size": 784}}, "shared memory is not offered"),
    ],
)
def test_a_tensor_that_is_wrong_in_one_thing_is_refused(program, changes, words):
    refused(ask(program, blank(**changes)), 400, words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inputs": None}, "exactly one tensor, named 'image'"),
        ({"inputs": []}, "exactly one tensor, named 'image'"),
        ({"inputs": {}}, "exactly one tensor, named 'image'"),
        ({"inputs": [7]}, "exactly one tensor, named 'image'"),
        ({"inputs": blank()["inputs"] * 2}, "exactly one tensor, named 'image'"),
        ({"id": 7}, "id must be a string"),
        ({"parameters": 7}, "parameters of the request must be an object"),
        ({"parameters": {"binary_data_output": 1}}, "binary_data_output must be true or false"),
        ({"outputs": {}}, "outputs must be a list"),
        ({"outputs": [{"name": "predict"}] * 5}, "outputs must be a list"),
        ({"outputs": [{"name": "predict"}] * 2}, "names an output twice"),
        ({"outputs": ["predict"]}, "The output 'predict' is unknown"),
        (
            {"outputs": [{"name": "digit"}]},
            "'digit' is unknown; there are predict, predict_proba, label, acc",
        ),
        ({"outputs": [{"name": ["predict"]}]}, "is unknown"),
        ({"outputs": [{}]}, "is unknown"),
        (
            {"outputs": [{"name": "predict", "parameters": {"binary_data": "yes"}}]},
            "binary_data must be true",
        ),
        ({"outputs": [{"name": "predict", "parameters": {"classification": 3}}]}, "is not offered"),
        ({"outputs": [{"name": "predict", "parameters": {"shared_memory_offset": 0}}]}, "shared memory"),
    ],
)
def test_a_request_that_is_wrong_in_one_thing_is_refused(program, changes, words):
    refused(ask(program, blank() | changes), 400, words)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"inputs": NaN}',
        b'{"inputs": [], "inputs": []}',
        b'{"id": "\xff"}',
        b'{"inputs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"inputs": ' + b"9" * 10_000 + b"}",
        json.dumps(blank()).encode() + bytes(784),
    ],
)
def test_what_is_not_one_json_object_is_refused(program, body):
    refused(ask(program, body), 400, "must begin with one JSON object")


def test_a_crowd_of_lists_is_refused_before_it_is_parsed(program):
    refused(ask(program, b'{"inputs": [' + b"[]," * 500_000 + b"[]]}"), 400, "more than 500000 lists")


def test_a_number_too_large_for_a_float_is_out_of_range(program):
    body = json.dumps(blank(datatype="FP64")).encode().replace(b"[0,", b"[1e999,")

    refused(ask(program, body), 400, "does not lie in 0..1")


@pytest.mark.parametrize("length", ["", "-1", "+5", "1e2", "0x10", "99999", "9" * 30, "5 5", "²"])
def test_a_length_of_the_json_that_is_none_is_refused(program, length):
    response = ask(program, blank(), b"", **{HEADER_LENGTH: length})

    refused(response, 400, "must be the number of bytes of the JSON")


@pytest.mark.parametrize(
    ("size", "raw", "words"),
    [
        (None, bytes(784), "784 bytes follow the JSON, but image has no binary_data_size"),
        (783, bytes(784), "binary_data_size is 783, but 784 bytes follow"),
        (784, bytes(783), "binary_data_size is 784, but 783 bytes follow"),
        (784, b"", "binary_data_size is 784, but 0 bytes follow"),
        (783, bytes(783), "UINT8 of the shape [1, 784] has 784 bytes, not 783"),
        (-1, bytes(784), "binary_data_size is -1"),
        (True, bytes(1), "binary_data_size is True"),
        (784.0, bytes(784), "binary_data_size is ''"),
        ("784", bytes(784), "binary_data_size is '784'"),
    ],
)
def test_raw_data_of_another_size_are_refused(program, size, raw, words):
    refused(ask(program, {"inputs": [raw_tensor(size, shape=[1, 784], datatype="UINT8")]}, raw), 400, words)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.5, 1.5])
@pytest.mark.parametrize(("datatype", "dtype"), [("FP32", "<f4"), ("FP64", "<f8")])
def test_a_raw_value_out_of_range_is_refused_with_its_pictures_index(program, value, datatype, dtype):
    numbers = np.zeros((3, 784), dtype)
    numbers[2, 5] = value
    request = {"inputs": [raw_tensor(numbers.nbytes, shape=[3, 784], datatype=datatype)]}

    refused(ask(program, request, numbers.tobytes()), 400, f"image[2]: a value of {datatype} does not lie")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0",
        behind_lengths(b"one"),
        behind_lengths(b"one", b"two", b"three"),
        behind_lengths(b"one", b"two") + b"x",
        behind_lengths(b"one", b"two")[:-1],
        b"\xff\xff\xff\xff" + bytes(20),
    ],
)
def test_raw_elements_that_do_not_fit_their_lengths_are_refused(program, raw):
    request = {"inputs": [raw_tensor(len(raw), shape=[2], datatype="BYTES")]}

    refused(ask(program, request, raw), 400, "not 2 elements, each behind its length")


@pytest.mark.parametrize(
    ("bad", "status", "words"),
    [(b"", 400, "image[1]: "), (b"GIF89a", 400, "image[1]: "), (b"text", 415, "image[1]: ")],
)
def test_a_bad_picture_is_refused_with_its_index(program, picture, bad, status, words):
    data = [in_base64(picture), in_base64(bad), in_base64(picture)]

    refused(ask(program, {"inputs": [tensor(data, shape=[3], datatype="BYTES")]}), status, words)


def test_too_many_tensors_are_refused_with_the_limit(program, settings):
    settings.MAX_INFERENCE_BATCH = 2

    response = ask(program, {"inputs": [tensor([ZEROS] * 3, shape=[3, 784], datatype="UINT8")]})

    refused(response, 413, "3 pictures are too many; up to 2 are taken at a time")


def test_too_many_picture_files_are_refused_with_the_limit(program, picture):
    data = [in_base64(picture)] * 65

    response = ask(program, {"inputs": [tensor(data, shape=[65], datatype="BYTES")]})

    refused(response, 413, "65 pictures are too many; up to 64 are taken at a time")
