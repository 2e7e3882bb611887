"""From a verified package to something that answers: the only module that may unpickle.

scikit-learn and onnxruntime are imported when a package is loaded that needs them: a process that serves one
kind does not carry the other, and numpy alone answers for the estimators of `plain_estimators`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.bounded_gzip import unpack_gzip
from predictor.recognition.confidence import calibrate, softmax
from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_inputs import preprocessing_of
from predictor.recognition.model_package import VerifiedPackage
from predictor.recognition.package_metadata import InputForm, PackageMetadata
from predictor.recognition.plain_estimators import by_numpy, is_plain, stand_in

# How every pickle since protocol 2 starts. joblib unpacks what looks compressed, without bound.
_PICKLE_START = b"\x80"
# Where onnxruntime looks for a model's external data; left alone, it looks in the current folder. Nothing can
# exist below a device.
_NO_FOLDER = "/dev/null/none"
_ROUNDING = 1e-3  # By how much a model's float32 sums may miss; far more than they do.


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What a model thinks of n pictures.

    Attributes:
        probabilities: (n, classes), finite, each row sums to 1; columns in the order of the package's labels.
        outlier: (n,) in 0..1, how likely each picture shows none of the classes; 0 throughout where the model
            has no output for that.
    """

    probabilities: NDArray[np.float32]
    outlier: NDArray[np.float32]


class Classifier(Protocol):
    """A trained model, whatever it was trained with."""

    def classify(self, inputs: NDArray[np.float32], temperature: float = 1) -> Beliefs:
        """Classify pictures.

        Args:
            inputs: (n, channels, side, side) in 0..1, as the package's preprocessing makes them.
            temperature: see `calibrate`.
        """


def load_classifier(package: VerifiedPackage) -> Classifier:
    """Interpret the model of a verified package, from memory.

    Raises:
        PackageRejected: codes "model_damaged", "framework_mismatch", "model_unfit" (it loads, but does not do
            what package.json says), "metadata_invalid" (its preprocessing is unknown or does not fit).
    """
    metadata = package.metadata
    shape = preprocessing_of(metadata).shape
    load = _load_joblib if metadata.format == "joblib" else _load_onnx
    model = load(package.files[metadata.model_file], metadata)
    _check_answers(model, metadata, shape)
    return model


Scores = tuple[NDArray[Any], NDArray[Any] | None]  # Of the classes; of being none of them, or None.


@dataclass(frozen=True, slots=True)
class _Model:
    """A model behind a plain function.

    Attributes:
        scores: (n, ...) in the package's form -> (n, classes), and (n,) if it has an outlier output.
        kind: of the classes' scores. Shares are probabilities to some scale for each row.
        form: what the model takes.
    """

    scores: Callable[[NDArray[np.float32]], Scores]
    kind: Literal["logits", "shares", "probabilities"]
    form: InputForm

    def classify(self, inputs: NDArray[np.float32], temperature: float = 1) -> Beliefs:
        """See `Classifier`."""
        with np.errstate(all="ignore"):
            scores, outlier = self.scores(self.in_form(inputs))
            probabilities = (softmax if self.kind == "logits" else calibrate)(scores, temperature)
        if outlier is None:
            return Beliefs(probabilities, np.zeros(len(inputs), np.float32))
        # What is no number is no reason to trust the picture: `fmin` takes the 1 instead.
        return Beliefs(probabilities, np.maximum(np.fmin(outlier, 1), 0, dtype=np.float32))

    def in_form(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """The pictures in the shape and range that the model was trained with."""
        shaped = inputs.reshape(-1, *self.form.shape)
        low, high = self.form.low, self.form.high
        return shaped if low == 0 and high == 1 else shaped * np.float32(high - low) + np.float32(low)


def _load_joblib(packed: bytes, metadata: PackageMetadata) -> _Model:
    try:
        pickled = unpack_gzip(packed)
    except ValueError as error:
        raise _rejected("model_damaged", metadata, str(error)) from error
    if not pickled.startswith(_PICKLE_START):
        raise _rejected("model_damaged", metadata, "it is no pickle")
    estimator = _unpickle_plain(pickled)
    return _sklearn_model(_unpickle(pickled, metadata) if estimator is None else estimator, metadata)


def _unpickle_plain(pickled: bytes) -> Any:
    """The attributes of an estimator that numpy can answer for, without scikit-learn; None for any other."""
    from joblib.numpy_pickle import NumpyUnpickler  # noqa: PLC0415 - see the module's docstring

    class Unpickler(NumpyUnpickler):  # type: ignore[misc] # joblib has no types.
        def find_class(self, module: str, name: str) -> Any:
            return stand_in(module, name) or super().find_class(module, name)

    try:
        estimator = Unpickler("", io.BytesIO(pickled), ensure_native_byte_order=True).load()
        return estimator if is_plain(estimator) else None
    except Exception:  # noqa: BLE001 - whatever it is, `_unpickle` finds it again, and names it.
        return None


def _unpickle(pickled: bytes, metadata: PackageMetadata) -> Any:
    """Unpickle bytes that a trusted key has signed; whatever they do, its holder has answered for."""
    import joblib  # noqa: PLC0415 - see the module's docstring
    from sklearn.exceptions import InconsistentVersionWarning  # noqa: PLC0415

    # `open_package` has compared the version that package.json names; this catches one that is not true.
    # The filter stays: `catch_warnings` would undo what other threads do to the filters meanwhile.
    warnings.simplefilter("error", InconsistentVersionWarning)
    try:
        return joblib.load(io.BytesIO(pickled))  # noqa: TID251 - the one place; bytes of a VerifiedPackage
    except InconsistentVersionWarning as error:
        raise _rejected("framework_mismatch", metadata, str(error).split(". ")[0]) from error
    except Exception as error:
        # Unpickling can raise anything: what is missing or wrong decides the class.
        raise _rejected("model_damaged", metadata, f"it cannot be unpickled: {error!r}") from error


def _sklearn_model(estimator: Any, metadata: PackageMetadata) -> _Model:
    features = int(np.prod(metadata.input.shape))
    if getattr(estimator, "n_features_in_", None) != features:
        found = getattr(estimator, "n_features_in_", "no n_features_in_")
        raise _rejected("model_unfit", metadata, f"it takes {found!r}, package.json says {features} features")
    classes = [str(value) for value in getattr(estimator, "classes_", ())]
    if classes not in (list(metadata.labels), [str(index) for index in range(len(metadata.labels))]):
        raise _rejected("model_unfit", metadata, f"its classes are {classes}, package.json has other labels")
    if shares := by_numpy(estimator):
        return _Model(lambda inputs: (shares(_flat(inputs)), None), "shares", metadata.input)
    if hasattr(estimator, "predict_proba"):
        return _Model(
            lambda inputs: (estimator.predict_proba(_flat(inputs)), None), "probabilities", metadata.input
        )
    if hasattr(estimator, "decision_function"):
        return _Model(
            lambda inputs: (_logits(estimator.decision_function(_flat(inputs))), None),
            "logits",
            metadata.input,
        )
    raise _rejected("model_unfit", metadata, "it has neither predict_proba nor decision_function")


def _flat(inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    return inputs.reshape(len(inputs), -1)


def _logits(decisions: NDArray[Any]) -> NDArray[Any]:
    """Give two classes two columns; scikit-learn answers the second one's only."""
    return decisions if decisions.ndim > 1 else np.stack([np.zeros_like(decisions), decisions], axis=1)


def open_onnx(content: bytes) -> Any:
    """Open an ONNX model from memory alone, as onnxruntime's session; it raises what it likes.

    Args:
        content: of the file; data outside it are not found.
    """
    import onnxruntime  # noqa: PLC0415 - see the module's docstring

    options = onnxruntime.SessionOptions()
    # Several processes serve; threads inside each would fight for the same cores.
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", _NO_FOLDER)
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _load_onnx(content: bytes, metadata: PackageMetadata) -> _Model:
    try:
        session = open_onnx(content)
    except Exception as error:
        # onnxruntime's exceptions share no class of their own.
        raise _rejected("model_damaged", metadata, f"onnxruntime refuses it: {error}") from error
    return _onnx_model(session, metadata)


def _onnx_model(session: Any, metadata: PackageMetadata) -> _Model:
    shape = metadata.input.shape
    inputs = session.get_inputs()
    forms = [
        (each.type, tuple(each.shape[1:]), isinstance(each.shape[0], int)) for each in inputs if each.shape
    ]
    if len(inputs) != 1 or forms != [("tensor(float)", shape, False)]:
        raise _rejected(
            "model_unfit", metadata, f"its input must be one float32 tensor of n and {shape}, n left free"
        )
    names = {output.name for output in session.get_outputs()}
    of_classes = names & {"probabilities", "logits"}
    if len(of_classes) != 1:
        raise _rejected("model_unfit", metadata, 'it must have one output named "probabilities" or "logits"')
    (output,) = of_classes
    wanted = [output, "outlier"] if "outlier" in names else [output]
    name = inputs[0].name

    def scores(pictures: NDArray[np.float32]) -> Scores:
        classes, *outlier = session.run(wanted, {name: pictures})
        return classes, outlier[0] if outlier else None

    return _Model(scores, "probabilities" if output == "probabilities" else "logits", metadata.input)


def _check_answers(model: _Model, metadata: PackageMetadata, shape: tuple[int, int, int]) -> None:
    """Ask about blank paper and one stroke: a model that cannot answer these cannot answer anything."""
    side = shape[-1]
    pictures = np.zeros((2, *shape), np.float32)
    pictures[1, :, side // 7 : side - side // 7, side // 2 - 1 : side // 2 + 1] = 1
    try:
        answers = model.scores(model.in_form(pictures))
        scores, *outliers = (np.asarray(answer) for answer in answers if answer is not None)
    except Exception as error:
        # Both libraries raise what they like.
        raise _rejected("model_unfit", metadata, f"it fails on a test picture: {error!r}") from error
    _check_floats("it answers", scores, (len(pictures), len(metadata.labels)), metadata)
    if model.kind == "probabilities" and not (
        (scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, atol=_ROUNDING)
    ):
        raise _rejected("model_unfit", metadata, "its probabilities do not sum to 1")
    for outlier in outliers:
        _check_floats("its outlier output gives", outlier, (len(pictures),), metadata)
        if not ((outlier >= -_ROUNDING) & (outlier <= 1 + _ROUNDING)).all():
            raise _rejected("model_unfit", metadata, "its outlier output does not lie in 0..1")


def _check_floats(what: str, found: Any, expected: tuple[int, ...], metadata: PackageMetadata) -> None:
    if found.shape != expected or not np.issubdtype(found.dtype, np.floating):
        raise _rejected("model_unfit", metadata, f"{what} {found.dtype}{found.shape}, not floats{expected}")
    if not np.isfinite(found).all():
        raise _rejected("model_unfit", metadata, "its answer is not finite")


def _rejected(code: str, metadata: PackageMetadata, what: str) -> PackageRejected:
    return PackageRejected(code, f"{metadata.name} {metadata.version}: {metadata.model_file}: {what}")
