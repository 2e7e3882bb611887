"""The IDX format of the MNIST files: a header that names type and dimensions, then the bytes.

Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.training.errors import TrainingError

_UNSIGNED_BYTE = 0x08
MAX_VALUES = 1_000_000 * 28 * 28  # Far above the largest MNIST relative; bounds what a gzip bomb may unpack.


def read_idx(path: Path, *, dimensions: int) -> NDArray[np.uint8]:
    """Read one gzipped IDX file of unsigned bytes.

    Args:
        path: the `.gz` file.
        dimensions: how many the file must have, 3 for pictures and 1 for labels.

    Returns:
        An array of that many dimensions.

    Raises:
        TrainingError: the file is missing, damaged, of another kind, too large or not as long as it says.
    """
    try:
        with gzip.open(path) as file:
            shape = _read_header(file.read(4 + 4 * dimensions), path, dimensions)
            size = int(np.prod(shape, dtype=np.int64))
            content = file.read(size + 1)  # One more, to notice a file that is longer than it says.
    except (OSError, EOFError, zlib.error) as error:
        raise TrainingError(f"{path} cannot be read: {error}") from error
    if len(content) != size:
        found = f"more than {size:,}" if len(content) > size else f"{len(content):,}"
        raise TrainingError(f"{path} holds {found} values, its header promises {size:,}")
    return np.frombuffer(content, np.uint8).reshape(shape)


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """An array as an uncompressed IDX file."""
    header = struct.pack(f">HBB{array.ndim}I", 0, _UNSIGNED_BYTE, array.ndim, *array.shape)
    return header + array.tobytes()


def _read_header(header: bytes, path: Path, dimensions: int) -> tuple[int, ...]:
    expected = struct.pack(">HBB", 0, _UNSIGNED_BYTE, dimensions)
    if header[:4] != expected:
        raise TrainingError(
            f"{path} starts with {header[:4].hex()}, an IDX file of this kind with {expected.hex()}"
        )
    if len(header) != 4 + 4 * dimensions:
        raise TrainingError(f"{path} ends within its header")
    shape = struct.unpack(f">{dimensions}I", header[4:])
    if int(np.prod(shape, dtype=np.float64)) > MAX_VALUES:
        raise TrainingError(f"{path} promises {shape} values, more than {MAX_VALUES:,}")
    return shape
