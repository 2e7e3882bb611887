"""From a trained network to an ONNX file that answers the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from predictor.training.cnn.network import ServedNetwork
from predictor.training.cnn.trainer import scores_of
from predictor.training.errors import TrainingError

OUTPUTS = ("logits", "outlier")  # As `recognition.classifier` looks for them.
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
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = session.run(list(OUTPUTS[: len(expected)]), {"pictures": sample})
    difference = max(float(np.abs(a - b).max()) for a, b in zip(expected, found, strict=True))
    if difference > _TOLERANCE or (expected[0].argmax(axis=1) != found[0].argmax(axis=1)).any():
        raise TrainingError(
            f"the exported model answers otherwise than the trained one, by up to {difference:.2g}"
        )
    return content


def _export(served: ServedNetwork, example: NDArray[np.float32], outputs: tuple[str, ...]) -> bytes:
    program: Any = torch.onnx.export(
        served.eval(),
        (torch.from_numpy(example),),
        dynamo=True,
        input_names=["pictures"],
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
