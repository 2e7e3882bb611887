"""From float32 to whole numbers of eight bits: the same answers in less than half the time.

Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference", of which this is the part after training; onnxruntime's tools do the work.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from predictor.training.cnn.export import INPUT
from predictor.training.cnn.quiet import quiet

_BATCH = 100


def quantised(content: bytes, pictures: NDArray[np.float32]) -> bytes:
    """Let all convolutions but the first multiply whole numbers; that one and the last layer stay float32.

    The first has too little to multiply to be worth it, and what the last one answers is compared with
    thresholds. Weights keep seven bits: with eight, sums would overflow on processors without VNNI, and the
    answers depend on the machine.

    Args:
        content: of an ONNX file, as `onnx_bytes` makes it.
        pictures: (n, 1, 28, 28) in 0..1, whose features tell the range that eight bits must cover.
    """
    model = onnx.load_from_string(content)
    with tempfile.TemporaryDirectory() as folder, quiet():
        target = Path(folder) / "model.onnx"
        quantize_static(
            model,
            target,
            _Pictures(pictures),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_quantize=list(_after_first_convolution(model)),
        )
        return target.read_bytes()


def _after_first_convolution(model: onnx.ModelProto) -> Iterator[str]:
    """The names of what may be whole numbers, from the second convolution on."""
    convolutions = 0
    for node in model.graph.node:
        convolutions += node.op_type == "Conv"
        if convolutions > 1 and node.op_type in {"Conv", "Relu", "MaxPool"}:
            yield node.name


class _Pictures(CalibrationDataReader):  # type: ignore[misc] # onnxruntime has no types.
    """Hands out pictures in batches, as the quantiser wants to be fed."""

    def __init__(self, pictures: NDArray[np.float32]) -> None:
        self._batches = iter(np.array_split(pictures, max(len(pictures) // _BATCH, 1)))

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next batch, None after the last."""
        batch = next(self._batches, None)
        return None if batch is None else {INPUT: batch}
