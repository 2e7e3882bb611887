"""ONNX models that tell how likely a picture shows none of their classes."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from onnx import TensorProto, helper
from PIL import Image

from predictor.recognition.classifier import load_classifier
from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import open_package
from predictor.recognition.package_metadata import InputForm
from predictor.recognition.recognizer import NONE_OF_THE_LABELS, NOT_A_DIGIT, UNSURE, Recognizer, doubt
from tests.packages import ONNX_METADATA, policy, write_package

METADATA = replace(
    ONNX_METADATA,
    labels=("dark", "light"),
    input=InputForm((1, 4, 4)),
    preprocessing="plain-4x4",
    min_confidence=0.8,
    max_outlier=0.5,
)


def model(*after, outlier=TensorProto.FLOAT, shape=("n",)):
    """Logits (n, 2) are zero and the sum of a picture's pixels, the outlier score is its largest pixel.

    Args:
        after: nodes that make "outlier" of "largest", (n,); without any, it is the same.
    """
    nodes = [
        helper.make_node("ReduceSum", ["pictures", "rows"], ["summed"], keepdims=0),
        helper.make_node("Unsqueeze", ["summed", "second"], ["sums"]),
        helper.make_node("Pad", ["sums", "left"], ["logits"]),
        helper.make_node("ReduceMax", ["pictures"], ["largest"], axes=[1, 2, 3], keepdims=0),
        *(after or [helper.make_node("Identity", ["largest"], ["outlier"])]),
    ]
    graph = helper.make_graph(
        nodes,
        "light",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 1, 4, 4])],
        [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 2]),
            helper.make_tensor_value_info("outlier", outlier, list(shape)),
        ],
        [
            helper.make_tensor("rows", TensorProto.INT64, [3], [1, 2, 3]),
            helper.make_tensor("second", TensorProto.INT64, [1], [1]),
            helper.make_tensor("left", TensorProto.INT64, [4], [0, 1, 0, 0]),
            helper.make_tensor("two", TensorProto.FLOAT, [], [2]),
            helper.make_tensor("zero", TensorProto.FLOAT, [], [0]),
        ],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    proto.ir_version = 8  # Of opset 17's time.
    return proto.SerializeToString()


def node(operator, *inputs, **attributes):
    return helper.make_node(operator, list(inputs), ["outlier"], **attributes)


@pytest.fixture
def package(tmp_path):
    def package(content, metadata=METADATA):
        return open_package(write_package(tmp_path, metadata=metadata, model=content), policy())

    return package


def shade(grey):
    file = io.BytesIO()
    Image.fromarray(np.full((4, 4), grey, np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_the_outlier_score_comes_with_the_probabilities(package):
    pictures = np.full((3, 1, 4, 4), 0, np.float32)
    pictures[1:] = [[[[0.25]]], [[[1]]]]

    beliefs = load_classifier(package(model())).classify(pictures)

    assert beliefs.outlier.dtype == np.float32
    assert beliefs.outlier.tolist() == [0, 0.25, 1]
    assert beliefs.probabilities[0].tolist() == [0.5, 0.5]
    assert beliefs.probabilities[2, 1] > 0.999


def test_a_score_that_is_no_number_or_lies_outside_later_on_is_brought_inside(package):
    """The pictures that a model is checked with prove nothing of all others."""
    twice = load_classifier(package(model()))
    pictures = np.full((3, 1, 4, 4), [[[[2]]], [[[-1]]], [[[np.nan]]]], np.float32)

    assert twice.classify(pictures).outlier.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            model(node("Unsqueeze", "largest", "second"), shape=("n", 1)),
            "gives float32(2, 1), not floats(2,)",
        ),
        (model(node("Unsqueeze", "largest", "second"), shape=("n", "m")), "gives float32(2, 1)"),
        (model(node("ReduceMax", "largest", keepdims=0), shape=()), "gives float32(), not floats(2,)"),
        (model(node("Cast", "largest", to=TensorProto.INT64), outlier=TensorProto.INT64), "gives int64(2,)"),
        (model(node("Div", "zero", "largest")), "is not finite"),
        (model(node("Mul", "largest", "two")), "does not lie in 0..1"),
        (model(node("Neg", "largest")), "does not lie in 0..1"),
    ],
    ids=["column", "open-column", "one-for-all", "whole-numbers", "nan", "above-one", "below-zero"],
)
def test_an_outlier_output_of_another_form_is_refused(package, content, reason):
    with pytest.raises(PackageRejected) as caught:
        load_classifier(package(content))

    assert caught.value.code == "model_unfit"
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("grey", "reason", "outlier"),
    [(0, UNSURE, 0), (102, None, 0.4), (255, NONE_OF_THE_LABELS, 1)],
    ids=["unsure", "sure", "none-of-the-labels"],
)
def test_an_answer_carries_its_reason(package, grey, reason, outlier):
    recognizer = Recognizer.from_package(package(model()))

    prediction = recognizer.recognize(shade(grey))

    assert prediction.reason == reason
    assert prediction.accepted is (reason is None)
    assert prediction.outlier == pytest.approx(outlier)


@pytest.mark.parametrize(
    ("labels", "confidence", "outlier", "reason"),
    [
        (("0", "1"), 0.8, 0.5, None),
        (("0", "1"), 0.79, 0.5, UNSURE),
        (("0", "1"), 0.8, 0.51, NOT_A_DIGIT),
        (("0", "1"), 0.1, 0.51, NOT_A_DIGIT),
        (("boot", "bag"), 0.8, 0.51, NONE_OF_THE_LABELS),
        (("boot", "bag"), 0.79, 0, UNSURE),
    ],
)
def test_what_is_none_of_the_labels_counts_more_than_doubt_between_them(labels, confidence, outlier, reason):
    assert doubt(replace(METADATA, labels=labels), confidence, outlier) == reason


def test_a_model_without_that_output_takes_every_picture_for_one_of_its_classes(tmp_path):
    recognizer = Recognizer.from_package(open_package(write_package(tmp_path), policy()))
    picture = io.BytesIO()
    Image.fromarray(np.pad(np.zeros((20, 4), np.uint8), 10, constant_values=255)).save(picture, "PNG")

    prediction = recognizer.recognize(picture.getvalue())

    assert prediction.outlier == 0
    assert prediction.reason in {None, UNSURE}
