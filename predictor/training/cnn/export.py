"""From a trained network to an ONNX file that answers the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from predictor.recognition.classifier import open_onnx
from predictor.training.cnn.network import ServedNetwork
from predictor.training.cnn.quiet import quiet
from predictor.training.cnn.trainer import scores_of
from predictor.training.errors import TrainingError

INPUT = "pictures"
OUTPUTS = ("logits", "outlier")  # As `recognition.classifier` looks for them.
_BATCH = 500
_TOLERANCE = 1e-3  # Of logits, which reach about 20: sums in another order.


def onnx_bytes(served: ServedNetwork, sample: NDArray[np.float32]) -> bytes:
    """Export, and compare what both answer.

    Args:
        served: the network.
        sample: (n, 1, 28, 28) in 0..1, pictures to compare with.

    Raises:
        TrainingError: onnxruntime answers otherwise than PyTorch.
    """
    expected = scores_of(served, sample)
    content = _export(served, sample[:2], OUTPUTS[: len(expected)])
    found = answers_of(content, sample)
    difference = max(float(np.abs(a - b).max()) for a, b in zip(expected, found, strict=True))
    if difference > _TOLERANCE or (expected[0].argmax(axis=1) != found[0].argmax(axis=1)).any():
        raise TrainingError(
            f"the exported model answers otherwise than the trained one, by up to {difference:.2g}"
        )
    return content


def answers_of(content: bytes, pictures: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """What an exported file answers: logits (n, classes), and outlier scores (n,) if it has them.

    Args:
        content: as `onnx_bytes` makes it.
        pictures: (n, 1, 28, 28) in 0..1.
    """
    session = open_onnx(content)
    names = [output.name for output in session.get_outputs()]
    parts = [
        session.run(names, {INPUT: pictures[start : start + _BATCH]})
        for start in range(0, len(pictures), _BATCH)
    ]
    return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]


def _export(served: ServedNetwork, example: NDArray[np.float32], outputs: tuple[str, ...]) -> bytes:
    with quiet():
        program: Any = torch.onnx.export(
            served.eval(),
            (torch.from_numpy(example),),
            dynamo=True,
            input_names=[INPUT],
            output_names=list(outputs),
            dynamic_shapes=({0: torch.export.Dim("n")},),
            verbose=False,
        )
    model = program.model_proto
    # Where in which source file each node came from is nobody's business, and differs between machines.
    for part in (
        model,
        model.graph,
        *model.graph.node,
        *model.graph.input,
        *model.graph.output,
        *model.graph.value_info,
    ):
        del part.metadata_props[:]
    content: bytes = model.SerializeToString(deterministic=True)
    return content
