"""Pictures of what is no digit, for measuring how surely a model rejects them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.package_metadata import PackageMetadata
from predictor.training.drawing.non_digits import NON_DIGIT_KINDS, non_digit

PER_KIND = 100
# With a second number other than training's 1, so that no seed of a training draws the same pictures.
_SEED = (0, 2)


def non_digit_samples(metadata: PackageMetadata) -> Mapping[str, NDArray[np.float32]]:
    """What to measure a model's rejection with.

    Returns:
        Model inputs (`PER_KIND`, 1, 28, 28) in 0..1 by kind, the same ones each time; none for a model that
        does not tell digits or sees pictures in another form.
    """
    if not metadata.is_digits or metadata.preprocessing != "mnist-ink":
        return {}
    return {kind: _drawn(kind, PER_KIND) for kind in NON_DIGIT_KINDS}


@cache
def _drawn(kind: str, count: int) -> NDArray[np.float32]:
    random = np.random.default_rng([*_SEED, list(NON_DIGIT_KINDS).index(kind)])
    return np.stack([non_digit(kind, random) for _ in range(count)])
