"""Pictures as scikit-learn takes them: one row of pixels each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

VALIDATION_PART = 6  # The last sixth of the training pictures, 10 000 of MNIST's 60 000.


@dataclass(frozen=True, slots=True)
class Pictures:
    """Labelled pictures.

    Attributes:
        pixels: (n, 784) in 0..1.
        labels: (n,), the classes' numbers.
    """

    pixels: NDArray[np.float32]
    labels: NDArray[np.uint8]

    @classmethod
    def from_inputs(cls, inputs: NDArray[np.float32], labels: NDArray[np.uint8]) -> Self:
        """Take over model inputs, (n, 1, 28, 28)."""
        return cls(inputs.reshape(len(inputs), -1), labels)

    def __len__(self) -> int:
        return len(self.labels)

    def parted(self) -> tuple[Self, Self]:
        """Those to learn from, and the last of VALIDATION_PART parts, to choose with."""
        split = len(self) - len(self) // VALIDATION_PART
        return self._slice(slice(split)), self._slice(slice(split, None))

    def _slice(self, part: slice) -> Self:
        return type(self)(self.pixels[part], self.labels[part])
