"""An ONNX model that was made elsewhere."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from predictor.recognition.classifier import open_onnx
from predictor.recognition.model_inputs import find_preprocessing
from predictor.training.errors import TrainingError


def input_shape(content: bytes, path: Path, preprocessing: str) -> tuple[int, ...]:
    """Tell whether a model takes pictures as they are or as one row each.

    Args:
        content: of the file.
        path: its name, for messages.
        preprocessing: makes the pictures.

    Returns:
        Of one picture: (channels, side, side) or (features,).

    Raises:
        TrainingError: onnxruntime refuses it, or it takes something else.
    """
    made = find_preprocessing(preprocessing).shape
    found = _found_shapes(content, path)
    for shape in (made, (math.prod(made),)):
        if [each[1:] for each in found] == [shape]:
            return shape
    raise TrainingError(
        f"{path} takes {' and '.join(map(_shown, found)) or 'nothing'}, {preprocessing} makes "
        f"{_shown(('n', *made))}; choose the preprocessing of the pictures that it was trained with, "
        "or export it with one input of that form, of which only the first number is left free"
    )


def has_outlier_output(content: bytes) -> bool:
    """Whether a model tells how likely a picture shows none of its labels.

    Args:
        content: of a file that onnxruntime has run before.
    """
    return "outlier" in {output.name for output in open_onnx(content).get_outputs()}


def _found_shapes(content: bytes, path: Path) -> list[tuple[Any, ...]]:
    try:
        return [tuple(each.shape) for each in open_onnx(content).get_inputs()]
    except Exception as error:
        # onnxruntime's exceptions share no class of their own.
        raise TrainingError(f"{path}: onnxruntime refuses it: {error}") from error


def _shown(shape: tuple[Any, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]"
