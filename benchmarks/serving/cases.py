"""What is asked in each case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.serving.bodies import (
    Bodies,
    binary_tensors,
    canvas_uploads,
    json_tensors,
    png_uploads,
)

BATCH = 64
FEW_CONNECTIONS = 4  # Where a request is heavy: each of 64 pictures.


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request.

    Attributes:
        title: for the report.
        bodies: makes the requests.
        connections: that ask at a time; None is the bench's usual number.
    """

    title: str
    bodies: Callable[[], Bodies]
    connections: int | None = None


CASES = {
    "sgd_png": Case("`mnist-sgd`, 28 x 28 PNG, multipart", png_uploads),
    "sgd_json": Case("`mnist-sgd`, FP32 [1, 784], JSON", json_tensors),
    "sgd_binary": Case("`mnist-sgd`, FP32 [1, 784], binary", binary_tensors),
    "sgd_batch": Case("`mnist-sgd`, FP32 [64, 784], binary", lambda: binary_tensors(BATCH), FEW_CONNECTIONS),
    "cnn_png": Case("`mnist-cnn`, 28 x 28 PNG, multipart", png_uploads),
    "cnn_canvas": Case("`mnist-cnn`, 280 x 280 canvas PNG, multipart", canvas_uploads),
    "cnn_json": Case("`mnist-cnn`, FP32 [1, 784], JSON", json_tensors),
    "cnn_binary": Case("`mnist-cnn`, FP32 [1, 784], binary", binary_tensors),
    "cnn_batch": Case("`mnist-cnn`, FP32 [64, 784], binary", lambda: binary_tensors(BATCH), FEW_CONNECTIONS),
}
