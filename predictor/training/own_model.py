"""A model that was made elsewhere, read from its owner's file into the form that packages hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from predictor.recognition.model_inputs import find_preprocessing
from predictor.training import joblib_model, onnx_model
from predictor.training.errors import TrainingError
from predictor.training.own_estimator import labels_of, read_own_estimator
from predictor.training.own_onnx import input_shape

PICKLE_ENDINGS = (".joblib", ".pkl", ".pickle", ".joblib.gz", ".pkl.gz", ".pickle.gz")
ONNX_ENDING = ".onnx"


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model in the form that packages hold, and what its file tells of it.

    Attributes:
        kind: what it is, for people.
        content: the bytes of the package's model file.
        format: "joblib" or "onnx".
        labels: in the order of its outputs.
        shape: of its input for one picture.
        frameworks: versions of the libraries that it depends on here.
    """

    kind: str
    content: bytes
    format: str
    labels: tuple[str, ...]
    shape: tuple[int, ...]
    frameworks: Mapping[str, str]


def read_own_model(
    path: Path, preprocessing: str, labels: Sequence[str] | None, *, trust_pickle: bool
) -> OwnModel:
    """Read a model file.

    Args:
        path: a pickle of scikit-learn or an ONNX file, by its ending.
        preprocessing: makes the pictures that it was trained with.
        labels: of its outputs; an estimator knows its own.
        trust_pickle: whether the owner said that a pickle may be read, which runs its code.

    Raises:
        TrainingError: it cannot be served, or is not trusted.
        OSError: it cannot be read.
    """
    try:
        find_preprocessing(preprocessing)
    except ValueError as error:
        raise TrainingError(str(error)) from error
    if path.name.endswith(PICKLE_ENDINGS):
        return _read_pickle(path, preprocessing, labels, trust_pickle=trust_pickle)
    if path.name.endswith(ONNX_ENDING):
        return _read_onnx(path, preprocessing, labels)
    raise TrainingError(f"{path}: the ending must be {', '.join(PICKLE_ENDINGS)} or {ONNX_ENDING}")


def _read_pickle(
    path: Path, preprocessing: str, labels: Sequence[str] | None, *, trust_pickle: bool
) -> OwnModel:
    if not trust_pickle:
        raise TrainingError(
            f"{path} is a pickle, and reading one runs whatever code it holds; "
            "if you made it yourself, say so with --trust-pickle"
        )
    estimator = read_own_estimator(path)
    found = labels_of(estimator, path, preprocessing, labels)
    shape = (int(estimator.n_features_in_),)
    kind = f"{type(estimator).__name__} of scikit-learn"
    return OwnModel(kind, joblib_model.packed(estimator), "joblib", found, shape, joblib_model.FRAMEWORKS)


def _read_onnx(path: Path, preprocessing: str, labels: Sequence[str] | None) -> OwnModel:
    if labels is None:
        raise TrainingError(f"{path} does not say what its outputs mean; name the labels in their order")
    content = path.read_bytes()
    shape = input_shape(content, path, preprocessing)
    return OwnModel("ONNX model", content, "onnx", tuple(labels), shape, onnx_model.FRAMEWORKS)
