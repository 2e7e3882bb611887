"""Inference with everything in JSON."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.inference_protocol.infer_request import ImageTensor
from predictor.inference_protocol.pictures import model_inputs
from tests.api.uploads import as_file
from tests.inference_protocol.asking import ask, blank, in_base64, outputs, raw_tensor, tensor
from tests.packages import memorable_pictures


def test_a_whole_answer_has_the_protocols_form(program, picture):
    request = {"id": "job-7", "inputs": [tensor([in_base64(picture)], shape=[1], datatype="BYTES")]}

    answer = ask(program, request).json()

    assert list(answer) == ["model_name", "model_version", "id", "outputs"]
    assert (answer["model_name"], answer["model_version"], answer["id"]) == ("tiny-digits", "1.2.3", "job-7")
    assert [(each["name"], each["datatype"], each["shape"]) for each in answer["outputs"]] == [
        ("predict", "INT64", [1]),
        ("predict_proba", "FP32", [1, 10]),
        ("label", "BYTES", [1]),
        ("accepted", "BOOL", [1]),
    ]


@pytest.mark.parametrize("shape", [[2], [2, 1]])
def test_encoded_pictures_get_the_answer_of_the_rest_api(program, picture, shape):
    data = [in_base64(picture), in_base64(picture)]
    request = {"inputs": [tensor(data, shape=shape, datatype="BYTES")]}
    expected = program.post("/api/v1/predict", {"file": as_file(picture)}).json()

    answer = outputs(ask(program, request))

    assert answer["predict"] == [expected["digit"]] * 2
    assert answer["label"] == [expected["label"]] * 2
    assert answer["accepted"] == [expected["accepted"]] * 2
    assert answer["predict_proba"][:10] == pytest.approx(list(expected["probabilities"].values()), abs=2e-6)


@pytest.mark.parametrize("datatype", ["FP32", "FP64"])
@pytest.mark.parametrize("shape", [[10, 784], [10, 28, 28], [10, 1, 28, 28]])
@pytest.mark.parametrize("nested", [True, False])
def test_pictures_in_the_models_form_are_answered_in_every_shape(program, datatype, shape, nested):
    pictures = memorable_pictures().reshape(shape)
    data = (pictures if nested else pictures.ravel()).tolist()

    answer = outputs(ask(program, {"inputs": [tensor(data, shape=shape, datatype=datatype)]}))

    assert answer["predict"] == list(range(10))
    assert answer["label"] == list("0123456789")
    assert len(answer["predict_proba"]) == 100


def test_bytes_of_grey_are_the_same_as_their_255th_parts(program):
    grey = np.round(memorable_pictures() * 255).reshape(10, 784)
    as_bytes = tensor(grey.astype(int).tolist(), shape=[10, 784], datatype="UINT8")
    as_parts = tensor((grey.astype(np.float32) / np.float32(255)).tolist(), shape=[10, 784])

    answers = [outputs(ask(program, {"inputs": [each]})) for each in (as_bytes, as_parts)]

    assert answers[0] == answers[1]
    assert answers[0]["predict"] == list(range(10))


def test_one_picture_gets_the_same_answer_alone_and_among_others(program):
    pictures = memorable_pictures().reshape(10, 784)

    together = outputs(ask(program, {"inputs": [tensor(pictures.tolist(), shape=[10, 784])]}))
    alone = outputs(ask(program, {"inputs": [tensor(pictures[3].tolist(), shape=[1, 784])]}))

    assert alone["predict_proba"] == pytest.approx(together["predict_proba"][30:40], abs=1e-6)
    assert alone["label"] == together["label"][3:4]


def test_only_the_outputs_that_are_asked_for_come_in_that_order(program):
    wanted = [{"name": "accepted"}, {"name": "predict"}]
    request = {"inputs": [tensor([0] * 784, shape=[1, 784], datatype="UINT8")], "outputs": wanted}

    assert list(outputs(ask(program, request))) == ["accepted", "predict"]


def test_a_request_without_an_id_is_given_one(program):
    request = {"inputs": [tensor([0] * 784, shape=[1, 784], datatype="UINT8")]}

    response = ask(program, request, **{"X-Request-ID": "run-3"})

    assert response.json()["id"] == "run-3"


@pytest.mark.parametrize("given", ["7", "é \u2028", "\ud800", "\0"])
def test_an_id_comes_back_as_it_was_given(program, given):
    as_json = ask(program, blank() | {"id": given})
    raw = ask(
        program, {"id": given, "inputs": [raw_tensor(784, shape=[1, 784], datatype="UINT8")]}, bytes(784)
    )

    assert as_json.status_code == raw.status_code == 200
    assert as_json.json()["id"] == raw.json()["id"] == given


def test_a_version_can_be_named_and_another_is_not_found(program):
    request = {"inputs": [tensor([0] * 784, shape=[1, 784], datatype="UINT8")]}

    installed = ask(program, request, path="/v2/models/tiny-digits/versions/1.2.3/infer")
    other = ask(program, request, path="/v2/models/tiny-digits/versions/9.9.9/infer")

    assert installed.json()["model_version"] == "1.2.3"
    assert other.status_code == 404
    assert "tiny-digits@9.9.9" in other.json()["error"]


def test_what_the_protocol_does_not_know_is_passed_over(program):
    known = tensor([0] * 784, shape=[1, 784], datatype="UINT8", parameters={"content_type": "np"})
    parameters = {"priority": 3, "timeout": 10, "sequence_id": 7, "sequence_start": True}
    request = {"model_name": "x", "inputs": [known], "parameters": parameters, "outputs": None, "id": None}

    assert ask(program, request).status_code == 200


@pytest.mark.parametrize("shape", [(2, 3, 4, 4), (2, 48)])
def test_pictures_in_colour_come_flat_or_by_channel(shape):
    values = list(range(96))

    inputs = model_inputs(ImageTensor("UINT8", shape, values), (3, 4, 4))

    assert inputs.shape == (2, 3, 4, 4)
    assert inputs.dtype == np.float32
    assert inputs[1, 2, 3, 3] == np.float32(95) / np.float32(255)
