"""The smallest box that holds all ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Box = tuple[slice, slice]  # Rows and columns.


def box_of(ink: NDArray[np.uint8] | NDArray[np.bool_]) -> Box:
    """The rows and columns of the smallest box that holds all ink; empty ones if there is none."""
    box = Image.fromarray(ink.view(np.uint8)).getbbox()  # Several times quicker than looking along both axes.
    left, top, right, bottom = box or (0, 0, 0, 0)
    return slice(top, bottom), slice(left, right)


def cut_to_ink(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut to the box that holds all ink."""
    return ink[box_of(ink)]
