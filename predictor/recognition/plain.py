"""Preprocessing for any small picture: fitted into a square, scaled, and nothing else.

Unlike `preprocessing.to_model_input` it looks for nothing in the picture, so it suits any classifier.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_MIDDLE_SHADE = 127


def to_square(picture: NDArray[np.uint8], side_px: int) -> NDArray[np.float32]:
    """Fit a picture into a square without changing its proportions.

    What is added on two sides has the middle colour of the border. A picture that measures just the square
    is not resampled.

    Args:
        picture: (height, width) or (height, width, 3), 0..255.
        side_px: of the square.

    Returns:
        (1, side, side) or (3, side, side) in 0..1.
    """
    if picture.shape[:2] != (side_px, side_px):
        picture = np.asarray(
            Image.fromarray(_padded(picture)).resize((side_px, side_px), Image.Resampling.BOX)
        )
    planes = picture[np.newaxis] if picture.ndim == 2 else np.moveaxis(picture, 2, 0)  # noqa: PLR2004 - height, width
    return planes.astype(np.float32) / np.float32(255)


def to_square_on_dark(picture: NDArray[np.uint8], side_px: int) -> NDArray[np.float32]:
    """The same for models that know light things on a dark ground, as in MNIST and Fashion-MNIST.

    A picture with a light border is turned into its negative, as the pictures of these sets once were; one
    that measures just the square is taken as it is.
    """
    if picture.shape != (side_px, side_px) and np.median(_border(picture)) > _MIDDLE_SHADE:
        picture = 255 - picture
    return to_square(picture, side_px)


def _padded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    side = max(height, width)
    square = np.empty((side, side, *picture.shape[2:]), np.uint8)
    square[:] = np.median(_border(picture), axis=0).astype(np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = picture
    return square


def _border(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
