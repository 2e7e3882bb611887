"""A fitted scikit-learn classifier from a file of its owner's making.

Reading it runs whatever code it holds, as the owner's own program did. Nothing that serves reads such a file:
it is packed anew here and signed, and `recognition.classifier` unpickles what a trusted key has signed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
from sklearn.exceptions import InconsistentVersionWarning

from predictor.recognition.model_inputs import find_preprocessing
from predictor.training.errors import TrainingError


def read_own_estimator(path: Path) -> Any:
    """Unpickle a file that its owner trusts; the caller has asked.

    Args:
        path: written by `joblib.dump` or `pickle.dump`, packed or not.

    Raises:
        TrainingError: it cannot be read here.
        OSError: there is no such file.
    """
    content = path.open("rb")
    with content, warnings.catch_warnings():
        warnings.simplefilter("error", InconsistentVersionWarning)
        try:
            return joblib.load(content)  # noqa: TID251 - the owner's own file, by an explicit option
        except InconsistentVersionWarning as error:
            raise TrainingError(
                f"{path} was fitted with scikit-learn {error.original_sklearn_version}, here is "
                f"{error.current_sklearn_version}; fit it again here, or install that version"
            ) from error
        except Exception as error:
            # Unpickling can raise anything: what is missing or wrong decides the class.
            raise TrainingError(
                f"{path} cannot be unpickled: {error!r}; every class that it uses must be importable, "
                "here and where it is served"
            ) from error


def labels_of(estimator: Any, path: Path, preprocessing: str, given: Sequence[str] | None) -> tuple[str, ...]:
    """Find the labels of a classifier, after it has been looked at whether it is one for these pictures.

    Args:
        estimator: fitted; a pipeline too.
        path: its file, for messages.
        preprocessing: makes the pictures that it was fitted with.
        given: the labels that it shall have; without them, its own classes.

    Raises:
        TrainingError: it cannot be served so.
    """
    problem = _no_classifier(estimator) or _other_pictures(estimator, preprocessing)
    if problem is None and given is not None:
        problem = _other_classes(_classes(estimator), given)
    if problem is not None:
        raise TrainingError(f"{path}: {problem}")
    return tuple(given or _classes(estimator))


def _classes(estimator: Any) -> list[str]:
    return [str(value) for value in estimator.classes_]


def _no_classifier(estimator: Any) -> str | None:
    kind = type(estimator).__name__
    if not hasattr(estimator, "n_features_in_"):
        return f"{kind} has no n_features_in_; expected a classifier of scikit-learn that has been fitted"
    if not hasattr(estimator, "classes_"):
        return f"{kind} has no classes_; expected a classifier, and it tells no classes"
    if not hasattr(estimator, "predict_proba") and not hasattr(estimator, "decision_function"):
        return (
            f"{kind} has neither predict_proba nor decision_function, so it cannot say how sure it is; "
            "fit it inside a CalibratedClassifierCV, or choose another"
        )
    return None


def _other_pictures(estimator: Any, preprocessing: str) -> str | None:
    shape = find_preprocessing(preprocessing).shape
    if shape[0] != 1:
        return (
            f"{preprocessing} makes pictures in colour, which reach a model plane by plane, not as rows of "
            "scikit-learn usually hold them; convert the model to ONNX, or fit it to pictures in grey"
        )
    found = int(estimator.n_features_in_)
    if found == math.prod(shape):
        return None
    side_px = math.isqrt(found)
    way_out = f"choose plain-{side_px}x{side_px}" if side_px**2 == found else "fit it to square pictures"
    return (
        f"it takes {found} features, {preprocessing} makes {shape[1]} x {shape[2]} = {math.prod(shape)}; "
        f"{way_out}, if it was fitted to all pixels of a picture"
    )


def _other_classes(classes: list[str], labels: Sequence[str]) -> str | None:
    if classes in (list(labels), [str(number) for number in range(len(labels))]):
        return None
    way_out = (
        "give them in this order"
        if sorted(classes) == sorted(labels)
        else "name these, or where they are the numbers from 0 on, one label for each"
    )
    return f"its classes are {', '.join(classes)}, the labels are {', '.join(labels)}; {way_out}"
