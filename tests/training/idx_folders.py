"""Tiny data sets in the form of MNIST's four files."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from predictor.training.idx_files import idx_bytes


def bars(per_digit: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that a linear model tells apart: digit n is a dark bar with a notch whose place is n's."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(10, dtype=np.uint8), per_digit)
    random.shuffle(labels)
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 4:24, 10:18] = random.integers(200, 256, (len(labels), 20, 8))
    for image, label in zip(images, labels, strict=True):
        image[5 + label * 2 : 7 + label * 2, 10:16] = 0
    return images, labels


def write_idx_folder(folder: Path, *, per_digit: int = 12) -> Path:
    """Write training and test files under the official names."""
    folder.mkdir(parents=True, exist_ok=True)
    for prefix, count, seed in (("train", per_digit, 1), ("t10k", 2, 2)):
        images, labels = bars(count, seed)
        write_gz(folder / f"{prefix}-images-idx3-ubyte.gz", idx_bytes(images))
        write_gz(folder / f"{prefix}-labels-idx1-ubyte.gz", idx_bytes(labels))
    return folder


def write_gz(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, mtime=0))
    return path
