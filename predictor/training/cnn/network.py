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
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(architecture.dropout),
        nn.Linear(last, architecture.outputs),
    )


def _stages(architecture: Architecture) -> Iterator[nn.Module]:
    inner, kernel_px = 1, architecture.first_kernel_px
    for stage, (channels, depth) in enumerate(zip(architecture.channels, architecture.depths, strict=True)):
        if stage > 0:
            yield nn.MaxPool2d(2)
        for _ in range(depth):
            # Batch norm has a shift of its own, and is fused into the convolution on export.
            yield nn.Conv2d(inner, channels, kernel_px, padding=kernel_px // 2, bias=False)
            yield nn.BatchNorm2d(channels)
            yield nn.ReLU()
            inner, kernel_px = channels, 3


class ServedNetwork(nn.Module):  # type: ignore[misc] # PyTorch is not installed where types are checked.
    """What is exported.

    Pictures (n, 1, 28, 28) in 0..1 -> the classes' logits (n, classes), and the outlier score (n,) in 0..1 if
    it is known.
    """

    def __init__(self, network: nn.Module, architecture: Architecture) -> None:
        super().__init__()
        self._network = network
        self._architecture = architecture

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        scores = self._network(pictures)
        if self._architecture.mirrored:
            scores = (scores + self._network(pictures.flip(3))) / 2
        if not self._architecture.knows_outliers:
            return (scores,)
        classes = self._architecture.classes
        return scores[:, :classes], torch.softmax(scores, dim=1)[:, classes]
