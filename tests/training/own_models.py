"""Models of somebody's own, and labelled pictures for them: a light square in a corner of 8 x 8."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import joblib
import numpy as np
from onnx import TensorProto, helper
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CORNERS = ("north-east", "north-west", "south-east", "south-west")


def corners(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 8, 8) uint8, and (n,) the corners' names."""
    random = np.random.default_rng(seed)
    labels = np.resize(np.array(CORNERS), count)
    images = random.integers(0, 60, (count, 8, 8)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        top, left = (0 if "north" in label else 4), (0 if "west" in label else 4)
        image[top : top + 4, left : left + 4] += 150
    return images, labels


@cache
def fitted() -> object:
    """A pipeline that was fitted to pixels in 0..16, as scikit-learn's digits have them."""
    images, labels = corners(80, seed=1)
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(
        images.reshape(-1, 64) / 255 * 16, labels
    )


def write_joblib(path: Path, model: object | None = None) -> Path:
    joblib.dump(model or fitted(), path)
    return path


def write_npz(path: Path, count: int = 12, seed: int = 2) -> Path:
    images, labels = corners(count, seed)
    np.savez(path, images=images, labels=labels)
    return path


def brightest_plane(*, side: int = 8, outlier: bool = False) -> bytes:
    """An ONNX model of pictures in colour, (n, 3, side, side): which of red, green and blue there is most of.

    Args:
        side: in pixels.
        outlier: whether it takes the smallest pixel for the outlier score too.
    """
    nodes = [
        helper.make_node("ReduceMean", ["pictures"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("Mul", ["means", "ten"], ["logits"]),
        helper.make_node("ReduceMin", ["pictures"], ["outlier"], axes=[1, 2, 3], keepdims=0),
    ]
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 3]),
        helper.make_tensor_value_info("outlier", TensorProto.FLOAT, ["n"]),
    ]
    graph = helper.make_graph(
        nodes[: 2 + outlier],
        "colours",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, side, side])],
        outputs[: 1 + outlier],
        [helper.make_tensor("ten", TensorProto.FLOAT, [], [10])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8  # Of opset 17's time.
    return model.SerializeToString()
