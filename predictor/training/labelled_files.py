"""Labelled pictures to measure or calibrate a model with, whatever form somebody has them in.

Three forms: a folder with a sub-folder of picture files for each label; a folder with the official IDX files
of a test set; an .npz file. Each gives the bytes of files, so that a model is measured as it is used.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.training.datasets import UNRECOGNISED, LabelledImages
from predictor.training.errors import TrainingError
from predictor.training.evaluation import png_bytes
from predictor.training.idx_files import idx_bytes, read_idx

IDX_FILES = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


@dataclass(frozen=True, slots=True)
class LabelledFiles:
    """Picture files and what they show.

    Attributes:
        names: what messages call each.
        truth: (n,), the labels' numbers.
        content: the bytes of the file of that number.
        origin: name, count and digest, as a package's metadata tell them.
    """

    names: Sequence[str]
    truth: NDArray[np.integer[Any]]
    content: Callable[[int], bytes]
    origin: Mapping[str, str | int]

    def __len__(self) -> int:
        return len(self.names)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Each file's name and bytes."""
        for number, name in enumerate(self.names):
            yield name, self.content(number)

    def describe(self, split: str) -> dict[str, str | int]:
        """What a package's metadata tell of them.

        Args:
            split: what they are used as, "test" or "calibration".
        """
        return {**self.origin, "split": split}


def load_labelled_files(path: Path, labels: Sequence[str]) -> LabelledFiles:
    """Find labelled pictures.

    Args:
        path: a folder, or an .npz file with `images`, (n, height, width) or (n, height, width, 3) uint8, and
            `labels`, (n,): the labels themselves or, where these are no numbers, their numbers from 0 on.
        labels: of the model.

    Raises:
        TrainingError: in none of the forms, empty, or with a label that the model does not have.
    """
    if not path.is_dir():
        return _of_npz(path, labels)
    if (path / IDX_FILES[0]).exists():
        return _of_idx_files(path, labels)
    return _of_folders(path, labels)


def _of_folders(folder: Path, labels: Sequence[str]) -> LabelledFiles:
    paths, truth = [], []
    for each in _visible(folder):
        if not each.is_dir() or each.name not in labels:
            raise TrainingError(
                f"{folder} holds {each.name!a}; expected a folder of pictures for each label: {_list(labels)}"
            )
        files = _visible(each)
        paths += files
        truth += [labels.index(each.name)] * len(files)
    if not paths:
        raise TrainingError(f"{folder} holds no pictures; expected a folder of them for each label")
    names = [f"{path.parent.name}/{path.name}" for path in paths]
    origin: dict[str, str | int] = {
        "name": _name(folder),
        "count": len(paths),
        "sha256": _digest_of_files(paths),
    }
    return LabelledFiles(names, np.array(truth), lambda number: paths[number].read_bytes(), origin)


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _digest_of_files(paths: Sequence[Path]) -> str:
    """The SHA-256 over a line for each file, as `sha256sum` prints it."""
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.parent.name}/{path.name}\n" for path in paths
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _of_idx_files(folder: Path, labels: Sequence[str]) -> LabelledFiles:
    images = read_idx(folder / IDX_FILES[0], dimensions=3)
    numbers = read_idx(folder / IDX_FILES[1], dimensions=1)
    _check_pairs(folder, images, numbers)
    if numbers.max() >= len(labels):
        raise TrainingError(f"{folder}: label {numbers.max()} is none of the model's {len(labels)}")
    origin = LabelledImages(images, numbers).describe("test")
    if origin["name"] == UNRECOGNISED:
        origin["name"] = _name(folder)
    return LabelledFiles(_numbered(images), numbers, lambda number: png_bytes(images[number]), origin)


def _of_npz(path: Path, labels: Sequence[str]) -> LabelledFiles:
    images, given = _read_npz(path)
    _check_pairs(path, images, given)
    truth = _numbers(path, given, labels)
    origin: dict[str, str | int] = {
        "name": _name(path),
        "count": len(images),
        "sha256": hashlib.sha256(idx_bytes(images)).hexdigest(),
        "labels_sha256": hashlib.sha256("".join(f"{labels[n]}\n" for n in truth).encode()).hexdigest(),
    }
    return LabelledFiles(_numbered(images), truth, lambda number: png_bytes(images[number]), origin)


def _read_npz(path: Path) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            images, given = arrays["images"], arrays["labels"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"{path} cannot be read ({error}); expected a folder, or an .npz file with images and labels"
        ) from error
    except zlib.error as error:
        raise TrainingError(f"{path} is damaged: {error}") from error
    if images.dtype != np.uint8 or images.shape[3:] not in ((), (3,)) or images.ndim not in (3, 4):
        raise TrainingError(
            f"{path}: images are {images.dtype}{images.shape}, expected uint8 (n, height, width) "
            "or (n, height, width, 3), 0 is black and 255 white"
        )
    return images, given


def _numbers(path: Path, given: NDArray[Any], labels: Sequence[str]) -> NDArray[np.int64]:
    number_of = {label: number for number, label in enumerate(labels)}
    texts = [str(value) for value in given.tolist()]
    odd = next((text for text in texts if text not in number_of), None)
    if odd is None:
        return np.array([number_of[text] for text in texts])
    if np.issubdtype(given.dtype, np.integer) and given.min() >= 0 and given.max() < len(labels):
        return given.astype(np.int64)
    raise TrainingError(f"{path}: label {odd!a} is none of the model's: {_list(labels)}")


def _check_pairs(path: Path, images: NDArray[Any], labels: NDArray[Any]) -> None:
    if labels.ndim != 1 or len(images) != len(labels) or len(images) == 0:
        raise TrainingError(
            f"{path}: {len(images)} pictures with labels {labels.shape}, expected one label a picture"
        )


def _numbered(images: NDArray[Any]) -> list[str]:
    return [f"picture {number}" for number in range(1, len(images) + 1)]


def _name(path: Path) -> str:
    return path.resolve().stem if path.is_file() else path.resolve().name


def _list(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:20])
    return shown if len(labels) <= 20 else f"{shown} and {len(labels) - 20} more"  # noqa: PLR2004 - fit a line
