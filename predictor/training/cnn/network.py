"""The networks: three stages of convolutions on ever coarser pictures, and a linear layer on their means."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from predictor.training.cnn.settings import Architecture


def build_network(architecture: Architecture) -> nn.Sequential:
    """A new network with random weights: (n, 1, 28, 28) in 0..1 -> (n, outputs) logits."""
    last = architecture.channels[-1]
    return nn.Sequential(
        *_stages(architecture),
        _Means(),
        nn.Flatten(),
        nn.Dropout(architecture.dropout),
        nn.Linear(last, architecture.outputs),
    )


def _stages(architecture: Architecture) -> Iterator[nn.Module]:
    inner, kernel_px = 1, architecture.first_kernel_px
    last = len(architecture.channels) - 1
    for stage, (channels, depth) in enumerate(zip(architecture.channels, architecture.depths, strict=True)):
        for convolution in range(1, depth + 1):
            # Batch norm has a shift of its own, and is fused into the convolution on export.
            yield nn.Conv2d(inner, channels, kernel_px, padding=kernel_px // 2, bias=False)
            yield nn.BatchNorm2d(channels)
            if stage == 0 and convolution == depth:
                # The same as after ReLU, and in a quantised model this pooling so stays float32, in which
                # onnxruntime's is fast.
                yield nn.MaxPool2d(2)
            yield nn.ReLU()
            inner, kernel_px = channels, 3
        if 0 < stage < last:
            yield nn.MaxPool2d(2)


class _Means(nn.Module):  # type: ignore[misc] # PyTorch is not installed where types are checked.
    """(n, channels, height, width) -> each channel's mean, (n, channels, 1, 1).

    What PyTorch calls an adaptive pooling becomes a dozen operators more in ONNX.
    """

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        return features.mean((2, 3), keepdim=True)


class ServedNetwork(nn.Module):  # type: ignore[misc] # PyTorch is not installed where types are checked.
    """What is exported.

    Pictures (n, 1, 28, 28) in 0..1 -> the classes' logits (n, classes), and the outlier score (n,) in 0..1 if
    it is known.

    Attributes:
        network: the network by itself: pictures -> (n, outputs) logits.
    """

    def __init__(self, network: nn.Module, architecture: Architecture) -> None:
        super().__init__()
        self.network = network
        self._architecture = architecture

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        scores = self.network(pictures)
        if self._architecture.mirrored:
            scores = (scores + self.network(pictures.flip(3))) / 2
        if not self._architecture.knows_outliers:
            return (scores,)
        classes = self._architecture.classes
        return scores[:, :classes], torch.softmax(scores, dim=1)[:, classes]
