"""What a package says of itself: package.json, read and written side by side so that the two cannot drift."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from predictor.recognition.errors import PackageRejected
from predictor.recognition.strict_json import load_object

METADATA_FILE = "package.json"
FORMAT_VERSION = 2  # Of package.json; a reader refuses one that it does not know instead of guessing.
MODEL_FILES = {"joblib": "model.pkl.gz", "onnx": "model.onnx"}  # Format -> name of its file.
FRAMEWORKS = {"joblib": "scikit-learn", "onnx": "onnxruntime"}  # Format -> the library that runs its models.
DIGITS = tuple("0123456789")
_DIGITS = frozenset(DIGITS)

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}")  # MAJOR.MINOR.PATCH
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_LABEL_COUNTS = range(2, 1001)
_MAX_TEXT = 10_000
_FEATURE_COUNTS = range(1, 1_000_001)
_CHANNELS = (1, 3)
_SIDES_PX = range(4, 513)


def are_digits(labels: Iterable[str]) -> bool:
    """Whether every label is a digit, so that an answer can carry a number."""
    return _DIGITS.issuperset(labels)


def version_order(version: str) -> tuple[int, ...] | None:
    """What versions are sorted by; None for a text that is no version."""
    return tuple(map(int, version.split("."))) if _VERSION.fullmatch(version) else None


def is_name(text: str) -> bool:
    """Whether a model may be called so."""
    return bool(_NAME.fullmatch(text))


@dataclass(frozen=True, slots=True)
class InputForm:
    """The float32 array that the model takes.

    Attributes:
        shape: of one picture, without the batch dimension: (features,) or (channels, side, side).
        low: what stands for 0 of the preprocessing, usually paper.
        high: what stands for 1, usually full ink; above `low`.
    """

    shape: tuple[int, ...]
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class PackageMetadata:
    """The content of package.json; docs/model-packages.md explains each field."""

    name: str
    version: str
    title: str
    description: str
    limits: str
    created: datetime
    expires: datetime | None
    format: str
    model_file: str
    labels: tuple[str, ...]
    input: InputForm
    preprocessing: str
    frameworks: Mapping[str, str]
    data: tuple[Mapping[str, str | int], ...]
    metrics: Mapping[str, float]
    temperature: float
    min_confidence: float
    max_outlier: float
    licence: str

    @property
    def is_digits(self) -> bool:
        """Whether the model tells digits."""
        return are_digits(self.labels)


def parse_metadata(data: bytes) -> PackageMetadata:
    """Read package.json.

    Raises:
        PackageRejected: code "metadata_invalid", the message names the field.
    """
    try:
        return _parse(load_object(data))
    except ValueError as error:
        raise PackageRejected("metadata_invalid", f"{METADATA_FILE}: {error}") from error


def to_json(metadata: PackageMetadata) -> bytes:
    """Write package.json: the same metadata give the same bytes."""
    fields: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "name": metadata.name,
        "version": metadata.version,
        "title": metadata.title,
        "description": metadata.description,
        "limits": metadata.limits,
        "created": _format_time(metadata.created),
        "expires": _format_time(metadata.expires) if metadata.expires else None,
        "format": metadata.format,
        "model_file": metadata.model_file,
        "labels": list(metadata.labels),
        "input": _input_fields(metadata.input),
        "preprocessing": metadata.preprocessing,
        "frameworks": dict(sorted(metadata.frameworks.items())),
        "data": [dict(source) for source in metadata.data],
        "metrics": dict(sorted(metadata.metrics.items())),
        "temperature": metadata.temperature,
        "min_confidence": metadata.min_confidence,
        "max_outlier": metadata.max_outlier,
        "licence": metadata.licence,
    }
    return (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode()


def _parse(fields: dict[str, Any]) -> PackageMetadata:
    format_version = fields.pop("format_version", None)
    if type(format_version) is not int or format_version != FORMAT_VERSION:
        raise ValueError(f"format_version must be {FORMAT_VERSION}; this package is of another release")
    expected = set(PackageMetadata.__dataclass_fields__)
    if odd := sorted(fields.keys() ^ expected):
        state = "is missing" if odd[0] in expected else "is unknown"
        raise ValueError(f"field {odd[0]!a} {state}")
    model_format = _one_of("format", fields["format"], *MODEL_FILES)
    return PackageMetadata(
        name=_matching("name", fields["name"], _NAME),
        version=_matching("version", fields["version"], _VERSION),
        title=_text("title", fields["title"]),
        description=_text("description", fields["description"]),
        limits=_text("limits", fields["limits"]),
        created=_time("created", fields["created"]),
        expires=None if fields["expires"] is None else _time("expires", fields["expires"]),
        format=model_format,
        model_file=_one_of("model_file", fields["model_file"], MODEL_FILES[model_format]),
        labels=_labels(fields["labels"]),
        input=_input(fields["input"]),
        preprocessing=_matching("preprocessing", fields["preprocessing"], _NAME),
        frameworks=_frameworks(fields["frameworks"], model_format),
        data=_data(fields["data"]),
        metrics=_metrics(fields["metrics"]),
        temperature=_number("temperature", fields["temperature"], 0.01, 100),
        min_confidence=_number("min_confidence", fields["min_confidence"], 0, 1),
        max_outlier=_number("max_outlier", fields["max_outlier"], 0, 1),
        licence=_text("licence", fields["licence"]),
    )


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_TEXT:
        raise ValueError(f"{field} must be a text of 1 to {_MAX_TEXT} characters")
    if not all(character.isprintable() or character == "\n" for character in value):
        raise ValueError(f"{field} has characters that cannot be printed")
    return value


def _matching(field: str, value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{field} must match {pattern.pattern}")
    return value


def _one_of(field: str, value: Any, *choices: str) -> str:
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{field} must be {' or '.join(choices)}")
    return value


def _time(field: str, value: Any) -> datetime:
    try:
        time = datetime.strptime(value, _TIME).replace(tzinfo=UTC)
    except (TypeError, ValueError):
        time = None
    if time is None or _format_time(time) != value:
        raise ValueError(f"{field} must be a time in UTC, such as 2026-01-31T12:00:00Z")
    return time


def _format_time(time: datetime) -> str:
    return time.astimezone(UTC).strftime(_TIME)


def _labels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) not in _LABEL_COUNTS:
        raise ValueError(f"labels must be a list of {_LABEL_COUNTS[0]} to {_LABEL_COUNTS[-1]} texts")
    labels = tuple(_text("labels", label) for label in value)
    if len(set(labels)) != len(labels):
        raise ValueError("labels has a label twice")
    return labels


def _input(value: Any) -> InputForm:
    fields = _object("input", value)
    if fields.keys() != {"dtype", "range", "shape"} or fields["dtype"] != "float32":
        raise ValueError('input must have dtype "float32", range and shape')
    ends = fields["range"]
    if not isinstance(ends, list) or len(ends) != 2:  # noqa: PLR2004 - a range has two ends
        raise ValueError("input: range must be a list of two numbers")
    low, high = (_number("input: range", end) for end in ends)
    if low >= high:
        raise ValueError("input: range must begin below its end")
    return InputForm(_shape(fields["shape"]), low, high)


def _shape(value: Any) -> tuple[int, ...]:
    numbers = value if isinstance(value, list) and all(type(number) is int for number in value) else []
    match numbers:
        case [features] if features in _FEATURE_COUNTS:
            return (features,)
        case [channels, height, width] if channels in _CHANNELS and height == width and height in _SIDES_PX:
            return (channels, height, width)
    raise ValueError(
        f"input: shape must be [features] or [channels, side, side], with {_CHANNELS[0]} or {_CHANNELS[1]} "
        f"channels and a side of {_SIDES_PX[0]} to {_SIDES_PX[-1]} pixels"
    )


def _input_fields(form: InputForm) -> dict[str, Any]:
    return {"dtype": "float32", "range": [form.low, form.high], "shape": list(form.shape)}


def _frameworks(value: Any, model_format: str) -> dict[str, str]:
    versions = _object("frameworks", value)
    needed = FRAMEWORKS[model_format]
    if needed not in versions:
        raise ValueError(f"frameworks must name the version of {needed} that the model was made with")
    return {_text("frameworks", name): _text(f"frameworks {name!a}", versions[name]) for name in versions}


def _data(value: Any) -> tuple[dict[str, str | int], ...]:
    if not isinstance(value, list):
        raise ValueError("data must be a list of sources")  # noqa: TRY004 - the file is wrong, not the caller
    return tuple(_source(_object("data", source)) for source in value)


def _source(fields: dict[str, Any]) -> dict[str, str | int]:
    if not {"name", "split", "sha256"} <= fields.keys():
        raise ValueError("data: each source needs name, split and sha256")
    _matching("data: sha256", fields["sha256"], _DIGEST)
    return {
        _text("data", key): entry if type(entry) is int else _text(f"data: {key!a}", entry)
        for key, entry in fields.items()
    }


def _metrics(value: Any) -> dict[str, float]:
    metrics = _object("metrics", value)
    return {_text("metrics", name): _number(f"metrics {name!a}", metrics[name]) for name in metrics}


def _object(field: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{field} must hold an object")  # noqa: TRY004 - the file is wrong, not the caller
    return value


def _number(field: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """Return a finite number; JSON's true is 1 in Python, and a huge whole number has no float."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 2**63:
        raise ValueError(f"{field} must be a number")
    if not low <= value <= high:
        raise ValueError(f"{field} must lie between {low} and {high}")
    return float(value)
