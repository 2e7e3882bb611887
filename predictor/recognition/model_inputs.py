"""Which ways lead from a picture to a model's input; a package names one in its package.json."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.errors import PackageRejected
from predictor.recognition.package_metadata import PackageMetadata
from predictor.recognition.plain import to_square, to_square_on_dark
from predictor.recognition.preprocessing import FRAME_PX, to_model_input

KNOWN = "mnist-ink, plain-28x28, plain-28x28-on-dark, plain-28x28-rgb, and the plain ones in other sizes"

# A square of 4 to 512 pixels, written twice as sizes are.
_PLAIN = re.compile(r"plain-(?P<side>[1-9]\d{0,2})x(?P=side)(?P<variant>-rgb|-on-dark)?")
_SIDES_PX = range(4, 513)


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """One way from a decoded picture to what a model sees.

    Attributes:
        shape: (channels, side, side) of what it makes.
        to_model_input: (height, width), or (height, width, 3) where there are three channels, uint8 to
            `shape`, float32 in 0..1. May raise `ImageError`.
    """

    shape: tuple[int, int, int]
    to_model_input: Callable[[NDArray[np.uint8]], NDArray[np.float32]]

    @property
    def in_colour(self) -> bool:
        """Whether it takes a picture in colour."""
        return self.shape[0] == 3  # noqa: PLR2004 - red, green, blue


def find_preprocessing(name: str) -> Preprocessing:
    """Find a way by its name.

    Raises:
        ValueError: it is unknown here.
    """
    if name == "mnist-ink":
        return Preprocessing((1, FRAME_PX, FRAME_PX), to_model_input)
    plain = _PLAIN.fullmatch(name)
    side_px = int(plain["side"]) if plain else 0
    if plain is None or side_px not in _SIDES_PX:
        raise ValueError(f"preprocessing {name} is unknown, known here: {KNOWN}")
    convert = to_square_on_dark if plain["variant"] == "-on-dark" else to_square
    channels = 3 if plain["variant"] == "-rgb" else 1
    return Preprocessing((channels, side_px, side_px), partial(convert, side_px=side_px))


def preprocessing_of(metadata: PackageMetadata) -> Preprocessing:
    """Find a package's preprocessing.

    Raises:
        PackageRejected: code "metadata_invalid": unknown here, or of another form than the model takes.
    """
    try:
        preprocessing = find_preprocessing(metadata.preprocessing)
    except ValueError as error:
        raise _rejected(metadata, str(error)) from error
    shape = preprocessing.shape
    if metadata.input.shape not in (shape, (int(np.prod(shape)),)):
        raise _rejected(
            metadata,
            f"preprocessing {metadata.preprocessing} makes {list(shape)}, "
            f"the model takes {list(metadata.input.shape)}",
        )
    return preprocessing


def _rejected(metadata: PackageMetadata, what: str) -> PackageRejected:
    return PackageRejected("metadata_invalid", f"{metadata.name} {metadata.version}: {what}")
