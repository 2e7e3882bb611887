"""From a verified package to answers: both formats, and models that are damaged or do not fit."""

from __future__ import annotations

import gzip
import io
import pickle
import tracemalloc
import zlib
from dataclasses import replace

import joblib
import numpy as np
import pytest
from onnx import TensorProto, helper
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import SGDClassifier

from predictor.recognition.bounded_gzip import MAX_UNPACKED_BYTES, unpack_gzip
from predictor.recognition.classifier import load_classifier
from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import open_package
from predictor.recognition.package_metadata import InputForm
from tests.packages import (
    JOBLIB_METADATA,
    ONNX_METADATA,
    Marking,
    memorable_pictures,
    onnx_model,
    packed,
    packed_classifier,
    policy,
    tiny_classifier,
    write_package,
)


@pytest.fixture
def load(tmp_path):
    """Load a model out of a package that a trusted key has signed."""

    def load(metadata=JOBLIB_METADATA, model=None):
        return load_classifier(
            open_package(write_package(tmp_path, metadata=metadata, model=model), policy())
        )

    return load


@pytest.fixture
def refusal(load):
    def refusal(metadata=JOBLIB_METADATA, model=None):
        with pytest.raises(PackageRejected) as caught:
            load(metadata, model)
        assert caught.value.message.startswith(f"tiny-digits 1.2.3: {metadata.model_file}: ")
        return caught.value

    return refusal


@pytest.mark.parametrize(
    ("metadata", "model"),
    [
        (JOBLIB_METADATA, packed_classifier()),
        (JOBLIB_METADATA, packed(tiny_classifier("log_loss"))),
        (replace(JOBLIB_METADATA, input=InputForm((1, 28, 28))), packed_classifier()),
        (ONNX_METADATA, onnx_model()),
        (ONNX_METADATA, onnx_model(output="probabilities")),
        (replace(ONNX_METADATA, input=InputForm((784,))), onnx_model(shape=(784,))),
    ],
    ids=["hinge", "log-loss", "joblib-square", "onnx-logits", "onnx-probabilities", "onnx-flat"],
)
def test_a_classifier_answers_what_it_has_learnt(load, metadata, model):
    classifier = load(metadata, model)

    answers = classifier.classify(memorable_pictures()).probabilities

    assert answers.dtype == np.float32
    assert answers.shape == (10, 10)
    assert answers.argmax(axis=1).tolist() == list(range(10))
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


def test_both_formats_of_one_model_agree(load):
    pictures = np.random.default_rng(1).random((50, 1, 28, 28), np.float32)
    tiny_without_intercept = SGDClassifier(fit_intercept=False)
    tiny_without_intercept.__dict__.update(tiny_classifier().__dict__, intercept_=np.zeros(10))

    by_sklearn = load(JOBLIB_METADATA, packed(tiny_without_intercept)).classify(pictures).probabilities
    by_onnx = load(replace(ONNX_METADATA, version="1.2.4"), onnx_model()).classify(pictures).probabilities

    np.testing.assert_allclose(by_onnx, by_sklearn, atol=1e-4)


def test_one_picture_is_answered_as_among_others(load):
    classifier = load()
    pictures = memorable_pictures()

    alone = classifier.classify(pictures[3:4]).probabilities

    np.testing.assert_allclose(alone[0], classifier.classify(pictures).probabilities[3], rtol=1e-5)


def test_two_classes_get_two_columns(load):
    rows = memorable_pictures().reshape(10, 784)
    classifier = SGDClassifier(random_state=0).fit(rows, ["no"] * 5 + ["yes"] * 5)

    loaded = load(replace(JOBLIB_METADATA, labels=("no", "yes")), packed(classifier))

    assert loaded.classify(memorable_pictures()).probabilities.argmax(axis=1).tolist() == [0] * 5 + [1] * 5


def test_classes_may_be_the_numbers_of_the_labels(load):
    rows = memorable_pictures().reshape(10, 784)[:3]
    classifier = SGDClassifier(random_state=0).fit(rows, [0, 1, 2])
    labels = ("shirt", "boot", "bag")

    assert load(replace(JOBLIB_METADATA, labels=labels), packed(classifier))


class Echo:
    """Answers with the first and the last pixel as it gets them."""

    classes_ = ("first", "last")

    def __init__(self, features):
        self.n_features_in_ = features

    def decision_function(self, rows):
        assert rows.ndim == 2
        return rows[:, [0, -1]].astype(np.float64)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, (0.25, 0.75)), (0, 16, (4, 12)), (-1, 1, (-0.5, 0.5)), (0, 255, (63.75, 191.25))],
)
@pytest.mark.parametrize("shape", [(64,), (1, 8, 8)])
def test_a_model_sees_pictures_in_the_range_it_was_trained_with(load, low, high, expected, shape):
    metadata = replace(
        JOBLIB_METADATA,
        labels=("first", "last"),
        input=InputForm(shape, low, high),
        preprocessing="plain-8x8",
    )
    picture = np.full((1, 1, 8, 8), 0.25, np.float32)
    picture[..., -1] = 0.75

    answers = load(metadata, packed(Echo(64))).classify(picture).probabilities

    difference = expected[1] - expected[0]
    assert answers[0, 1] == pytest.approx(1 / (1 + np.exp(-difference)), rel=1e-5)


def test_colours_reach_a_model_plane_by_plane(load):
    metadata = replace(
        JOBLIB_METADATA, labels=("first", "last"), input=InputForm((48,)), preprocessing="plain-4x4-rgb"
    )
    picture = np.zeros((1, 3, 4, 4), np.float32)
    picture[:, 2] = 1

    answers = load(metadata, packed(Echo(48))).classify(picture).probabilities

    assert answers[0, 1] == pytest.approx(1 / (1 + np.exp(-1)), rel=1e-5)


def test_a_picture_that_leaves_every_class_impossible_is_answered_evenly(load):
    classifier = SGDClassifier()
    classifier.__dict__.update(tiny_classifier("log_loss").__dict__)
    classifier.loss = "log_loss"
    classifier.coef_ = np.full((10, 784), -10.0)
    classifier.intercept_ = np.full(10, 7750.0)
    loaded = load(JOBLIB_METADATA, packed(classifier))

    answers = loaded.classify(np.full((1, 1, 28, 28), 2, np.float32)).probabilities

    np.testing.assert_allclose(answers, np.full((1, 10), 0.1), rtol=1e-6)


# Damaged


def dumped(model):
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()


def endless(start):
    """A gzip that starts with these bytes, goes on with 10 GB of zeros and has no end."""
    stream = zlib.compressobj(wbits=31)
    head = stream.compress(start) + stream.flush(zlib.Z_FULL_FLUSH)
    zeros = stream.compress(bytes(2**20)) + stream.flush(zlib.Z_FULL_FLUSH)
    return head + zeros * 10_000


def oversized(start):
    return gzip.compress(start + bytes(MAX_UNPACKED_BYTES), compresslevel=1)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda pickled: b"", "its gzip is cut short"),
        (lambda pickled: pickled, "its gzip is damaged"),
        (lambda pickled: gzip.compress(pickled)[:-1], "its gzip is cut short"),
        (lambda pickled: gzip.compress(pickled)[:-8] + bytes(8), "its gzip is damaged"),
        (lambda pickled: gzip.compress(pickled) + b"\0", "more follows after its gzip"),
        (lambda pickled: gzip.compress(pickled) + b"\0" * 100_000, "more follows after its gzip"),
        (lambda pickled: gzip.compress(pickled) * 2, "more follows after its gzip"),
        (zlib.compress, "its gzip is damaged"),
        (lambda pickled: gzip.compress(gzip.compress(pickled)), "it is no pickle"),
        (lambda pickled: gzip.compress(zlib.compress(pickled)), "it is no pickle"),
        (lambda pickled: gzip.compress(b""), "it is no pickle"),
        (oversized, "it unpacks to more than 268435456 bytes"),
        (endless, "it unpacks to more than 268435456 bytes"),
    ],
    ids=[
        *("empty", "unpacked", "cut", "checksum", "byte-more", "much-more", "two-members", "zlib"),
        *("gzip-in-gzip", "zlib-in-gzip", "nothing-in-gzip", "oversized", "endless"),
    ],
)
def test_a_damaged_gzip_is_refused_before_a_byte_is_unpickled(refusal, tmp_path, damage, reason):
    mark = tmp_path / "mark"

    rejected = refusal(JOBLIB_METADATA, damage(dumped(Marking(mark))))

    assert rejected.code == "model_damaged"
    assert reason in rejected.message
    assert not mark.exists()


def test_an_endless_gzip_takes_little_memory():
    bomb = endless(b"")
    tracemalloc.start()

    try:
        with pytest.raises(ValueError, match="more than 268435456 bytes"):
            unpack_gzip(bomb)
        _current, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < 64 * 2**20


@pytest.mark.parametrize("size", [0, 1, 16_384, 1_000_000])
def test_gzip_is_unpacked_up_to_the_limit(size):
    content = np.random.default_rng(size).bytes(size)

    assert unpack_gzip(gzip.compress(content), limit_bytes=size) == content


@pytest.mark.parametrize(
    "pickled",
    [
        b"\x80garbage",
        b"\x80\x04.",
        pickle.dumps(tiny_classifier())[:-100],
        b"\x80\x04cno_such_module\nName\n.",
        b"\x80\x04cos\nno_such_name\n.",
    ],
)
def test_what_cannot_be_unpickled_is_refused(refusal, pickled):
    assert refusal(JOBLIB_METADATA, gzip.compress(pickled)).code == "model_damaged"


def test_a_pickle_of_another_scikit_learn_is_refused_although_package_json_denies_it(refusal):
    version = JOBLIB_METADATA.frameworks["scikit-learn"].encode()
    pickled = pickle.dumps(tiny_classifier(), protocol=4)
    assert pickled.count(version) == 1

    rejected = refusal(JOBLIB_METADATA, gzip.compress(pickled.replace(version, b"0" * len(version))))

    assert rejected.code == "framework_mismatch"


@pytest.mark.parametrize("model", [b"", b"garbage", onnx_model()[:-100], b"\x80" + onnx_model()])
def test_a_damaged_onnx_model_is_refused(refusal, model):
    assert refusal(ONNX_METADATA, model).code == "model_damaged"


@pytest.mark.parametrize(
    "location", ["weights.bin", "card/weights.bin", "../weights.bin", "*/_ORT_MEM_ADDR_/*"]
)
def test_an_onnx_model_with_data_outside_is_refused(refusal, tmp_path, monkeypatch, location):
    """Left alone, onnxruntime would read the file from the current folder, unverified."""
    here = tmp_path / "here"
    (here / "card").mkdir(parents=True)
    monkeypatch.chdir(here)
    for place in (here, here / "card", tmp_path):
        (place / "weights.bin").write_bytes(bytes(784 * 10 * 4))
    weights = TensorProto(name="weights", data_type=TensorProto.FLOAT, dims=[784, 10])
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": str(784 * 10 * 4)}.items():
        weights.external_data.add(key=key, value=value)

    rejected = refusal(ONNX_METADATA, onnx_model(weights=weights))

    assert rejected.code == "model_damaged"


# Unfit


class Silent:
    """Looks like a classifier and cannot answer."""

    n_features_in_ = 784
    classes_ = tuple("0123456789")


class Failing(Silent):
    def predict_proba(self, rows):
        raise OSError("no")


class Hesitant(Silent):
    def predict_proba(self, rows):
        return np.full((len(rows), 10), 0.05)


class Lost(Silent):
    def decision_function(self, rows):
        return np.full((len(rows), 10), np.nan)


class Short(Silent):
    def predict_proba(self, rows):
        return np.full((len(rows), 9), 1 / 9)


class Wordy(Silent):
    def predict_proba(self, rows):
        return np.full((len(rows), 10), "0.1")


ROWS = memorable_pictures().reshape(10, 784)


@pytest.mark.parametrize(
    "model",
    [
        {"no": "model"},
        DummyRegressor().fit(ROWS, range(10)),
        DummyClassifier().fit(ROWS, list("abcdefghij")),
        DummyClassifier().fit(ROWS, list("0012345678")),
        SGDClassifier(random_state=0).fit(ROWS[:, :100], list("0123456789")),
        Silent(),
        Failing(),
        Hesitant(),
        Lost(),
        Short(),
        Wordy(),
    ],
    ids=[
        *("no-model", "regressor", "other-labels", "class-missing", "other-width", "silent"),
        *("failing", "hesitant", "lost", "short", "wordy"),
    ],
)
def test_a_model_that_does_not_fit_its_description_is_refused(refusal, model):
    assert refusal(JOBLIB_METADATA, packed(model)).code == "model_unfit"


def endpoints(**changes):
    """An ONNX model that answers zeros, with one of its endpoints changed."""
    given = {"input": TensorProto.FLOAT, "inputs": 1, "classes": 10, "output": TensorProto.FLOAT} | changes
    inputs = [
        helper.make_tensor_value_info(f"pictures{number}", given["input"], ["n", 1, 28, 28])
        for number in range(given["inputs"])
    ]
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [2, given["classes"]])
    zero = helper.make_tensor("zero", given["output"], [1], [0])
    nodes = [helper.make_node("ConstantOfShape", ["shape"], ["logits"], value=zero)]
    outputs = [helper.make_tensor_value_info("logits", given["output"], [2, given["classes"]])]
    graph = helper.make_graph(nodes, "zeros", inputs, outputs, [shape])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


@pytest.mark.parametrize(
    "model",
    [
        onnx_model(shape=(784,)),
        onnx_model(batch=1),
        onnx_model(output="scores_of_all"),
        endpoints(input=TensorProto.DOUBLE),
        endpoints(inputs=2),
        endpoints(inputs=0),
        endpoints(classes=9),
        endpoints(output=TensorProto.INT64),
    ],
    ids=[
        "flat",
        "fixed-batch",
        "other-output",
        "double",
        "two-inputs",
        "no-input",
        "nine-classes",
        "whole-numbers",
    ],
)
def test_an_onnx_model_that_does_not_fit_its_description_is_refused(refusal, model):
    assert refusal(ONNX_METADATA, model).code == "model_unfit"


def test_the_models_of_the_last_test_differ_in_one_thing_from_one_that_fits(load):
    assert load(ONNX_METADATA, endpoints())
