"""package.json: what is written is read back, and anything else is refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from predictor.recognition.errors import PackageRejected
from predictor.recognition.package_metadata import InputForm, parse_metadata, to_json
from tests.packages import JOBLIB_METADATA, ONNX_METADATA


def refusal(data):
    with pytest.raises(PackageRejected) as caught:
        parse_metadata(data)
    assert caught.value.code == "metadata_invalid"
    return caught.value.message


@pytest.mark.parametrize(
    "metadata",
    [
        JOBLIB_METADATA,
        ONNX_METADATA,
        replace(JOBLIB_METADATA, expires=datetime(2027, 1, 1, tzinfo=UTC)),
        replace(JOBLIB_METADATA, labels=("T-shirt", "pullover"), title="Kleidung für Größe"),
        replace(JOBLIB_METADATA, input=InputForm((64,), 0, 16)),
        replace(ONNX_METADATA, input=InputForm((3, 4, 4), -1, 1), min_confidence=0, max_outlier=0.25),
        replace(ONNX_METADATA, input=InputForm((3, 512, 512), -2.5, -0.5)),
    ],
)
def test_what_is_written_is_read_back(metadata):
    assert parse_metadata(to_json(metadata)) == metadata


def test_the_same_metadata_are_written_as_the_same_bytes():
    shuffled = replace(JOBLIB_METADATA, frameworks={"scikit-learn": "1.9.1", "joblib": "1.6.0"})
    ordered = replace(JOBLIB_METADATA, frameworks={"joblib": "1.6.0", "scikit-learn": "1.9.1"})

    assert to_json(shuffled) == to_json(ordered)


def test_times_are_written_in_utc():
    created = datetime(2026, 11, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))

    fields = json.loads(to_json(replace(JOBLIB_METADATA, created=created)))

    assert fields["created"] == "2026-11-01T12:30:00Z"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [(tuple("0123456789"), True), (("1", "0"), True), (("0", "10"), False), (("7", "coat"), False)],
)
def test_labels_are_digits_if_each_of_them_is_one(labels, expected):
    assert replace(JOBLIB_METADATA, labels=labels).is_digits is expected


@pytest.mark.parametrize("field", sorted(json.loads(to_json(JOBLIB_METADATA)).keys() - {"format_version"}))
def test_no_field_may_be_missing(field):
    fields = json.loads(to_json(JOBLIB_METADATA))
    del fields[field]

    assert refusal(json.dumps(fields).encode()) == f"package.json: field '{field}' is missing"


def test_an_unknown_field_is_refused():
    fields = {**json.loads(to_json(JOBLIB_METADATA)), "trust_me": True}

    assert refusal(json.dumps(fields).encode()) == "package.json: field 'trust_me' is unknown"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format_version", 1),
        ("format_version", 3),
        ("format_version", "2"),
        ("format_version", True),
        ("format_version", None),
        ("name", 7),
        ("name", ""),
        ("name", "Tiny"),
        ("name", "../tiny"),
        ("name", "tiny\n"),
        ("name", "x" * 65),
        ("version", "1.2"),
        ("version", "1.2.3.4"),
        ("version", "01.2.3"),
        ("version", "1.2.3-rc1"),
        ("version", "1.2.٣"),
        ("version", "1.2.9999999"),
        ("title", " "),
        ("title", None),
        ("title", "bell\x07"),
        ("title", "lone surrogate \ud800"),
        ("description", "x" * 10_001),
        ("created", "2026-11-01"),
        ("created", "2026-11-01T12:00:00+01:00"),
        ("created", "2026-11-01T12:00:00.5Z"),
        ("created", "2026-02-30T12:00:00Z"),
        ("created", " 2026-11-01T12:00:00Z"),
        ("created", None),
        ("expires", ""),
        ("expires", 1_800_000_000),
        ("format", "pickle"),
        ("format", ["joblib"]),
        ("model_file", "model.onnx"),
        ("model_file", "../model.pkl.gz"),
        ("labels", []),
        ("labels", ["0"]),
        ("labels", ["0", "0"]),
        ("labels", ["0", 1]),
        ("labels", "0123456789"),
        ("labels", [str(number) for number in range(1001)]),
        ("input", [784]),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [28, 28]}),
        ("input", {"dtype": "float32", "range": [0], "shape": [784]}),
        ("input", {"dtype": "float32", "range": [0, 1, 2], "shape": [784]}),
        ("input", {"dtype": "float32", "range": "01", "shape": [784]}),
        ("input", {"dtype": "float32", "range": [0, "1"], "shape": [784]}),
        ("input", {"dtype": "float32", "range": [False, True], "shape": [784]}),
        ("input", {"dtype": "float32", "range": [1, 0], "shape": [784]}),
        ("input", {"dtype": "float32", "range": [1, 1], "shape": [784]}),
        ("input", {"dtype": "float32", "shape": [784]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": []}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [0]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [1_000_001]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [784.0]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [True]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [2, 28, 28]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [1, 28, 27]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [1, 3, 3]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [3, 513, 513]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": "784"}),
        ("input", {"dtype": "float64", "range": [0, 1], "shape": [784]}),
        ("input", {"dtype": "float32", "range": [0, 1], "shape": [784], "mean": 0.13}),
        ("preprocessing", "os.system"),
        ("frameworks", []),
        ("frameworks", {}),
        ("frameworks", {"scikit-learn": 1.9}),
        ("data", {}),
        ("data", ["mnist"]),
        ("data", [{"name": "mnist", "split": "train"}]),
        ("data", [{"name": "mnist", "split": "train", "sha256": "12"}]),
        ("data", [{"name": "mnist", "split": "train", "sha256": "00" * 32, "count": True}]),
        ("data", [{"name": "mnist", "split": "train", "sha256": "00" * 32, "count": 1.5}]),
        ("metrics", []),
        ("metrics", {"accuracy": "0.9"}),
        ("metrics", {"accuracy": True}),
        ("metrics", {"accuracy": 10**400}),
        ("temperature", 0),
        ("temperature", -1),
        ("temperature", 101),
        ("temperature", None),
        ("min_confidence", 1.01),
        ("min_confidence", -0.01),
        ("min_confidence", False),
        ("max_outlier", 1.01),
        ("max_outlier", -0.01),
        ("max_outlier", None),
        ("licence", ""),
    ],
)
def test_a_field_of_another_form_is_refused_by_name(field, value):
    fields = {**json.loads(to_json(JOBLIB_METADATA)), field: value}

    assert refusal(json.dumps(fields).encode()).startswith(f"package.json: {field}")


def test_a_package_of_the_first_format_is_told_from_a_damaged_one():
    fields = {**json.loads(to_json(JOBLIB_METADATA)), "format_version": 1}

    assert refusal(json.dumps(fields).encode()) == (
        "package.json: format_version must be 2; this package is of another release"
    )


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_is_none_is_refused(number):
    data = to_json(JOBLIB_METADATA).replace(b'"accuracy": 0.5', b'"accuracy": ' + number.encode())

    assert refusal(data).startswith("package.json: ")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"a": 1, "a": 1}',
        to_json(JOBLIB_METADATA) * 2,
    ],
    ids=["empty", "list", "null", "number", "no-text", "deep", "key-twice", "two-objects"],
)
def test_what_is_no_single_json_object_is_refused(data):
    assert refusal(data).startswith("package.json: ")
