"""Labelled pictures for training, from a folder of IDX files or from OpenML.

Whatever the source, a set is known by its digests: the SHA-256 of its uncompressed IDX files, which
`zcat train-images-idx3-ubyte.gz | sha256sum` prints too. So both sources are proven to be the same data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.recognition.package_metadata import PackageMetadata
from predictor.training.errors import TrainingError
from predictor.training.idx_files import idx_bytes, read_idx
from predictor.training.openml import download_table

SIDE_PX = 28
MNIST, FASHION_MNIST = "MNIST", "Fashion-MNIST"
CREDITS = {
    MNIST: "MNIST was gathered by Yann LeCun, Corinna Cortes and Christopher Burges (CC BY-SA 3.0).",
    FASHION_MNIST: "Fashion-MNIST was gathered by Zalando (MIT licence).",
}
TRAINING_COUNT = 60_000  # Of both sets. OpenML keeps all 70 000 in one table, the test pictures last.
UNRECOGNISED = "unrecognised data"

# What a split is called, by its kind and the digests of its pictures and labels.
_KNOWN_SPLITS = {
    (
        "train",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ): MNIST,
    (
        "test",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ): MNIST,
    (
        "train",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ): FASHION_MNIST,
    (
        "test",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ): FASHION_MNIST,
}


@dataclass(frozen=True, slots=True)
class LabelledImages:
    """One split of a data set.

    Attributes:
        images: (n, 28, 28), as in the files: 0 is background and 255 is ink.
        labels: (n,), the classes' numbers.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int | None) -> LabelledImages:
        """The first so many of them; None is all."""
        return LabelledImages(self.images[:count], self.labels[:count])

    def after(self, count: int) -> LabelledImages:
        """All but the first so many of them."""
        return LabelledImages(self.images[count:], self.labels[count:])

    def describe(self, split: str) -> dict[str, str | int]:
        """Name, split, count and digests (`sha256` is the pictures'), as a package's metadata tell them.

        Args:
            split: what they are used as, "train" or "test".
        """
        images_sha256 = hashlib.sha256(idx_bytes(self.images)).hexdigest()
        labels_sha256 = hashlib.sha256(idx_bytes(self.labels)).hexdigest()
        return {
            "name": _KNOWN_SPLITS.get((split, images_sha256, labels_sha256), UNRECOGNISED),
            "split": split,
            "count": len(self),
            "sha256": images_sha256,
            "labels_sha256": labels_sha256,
        }


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a model is made with.

    Attributes:
        train: to learn from.
        test: to measure with.
        others: to learn to reject, for a recipe that does.
    """

    train: LabelledImages
    test: LabelledImages
    others: LabelledImages | None = None


def load_data_set(data_dir: Path | None, name: str = MNIST) -> DataSet:
    """Load a data set.

    Args:
        data_dir: the folder with the set's four `.gz` files under their official names, whatever set that is;
            None downloads from OpenML.
        name: what to download.

    Raises:
        TrainingError: a file is missing or damaged, or the download failed.
    """
    if data_dir is None:
        everything = _from_table(*download_table(name), name)
        return DataSet(everything.first(TRAINING_COUNT), everything.after(TRAINING_COUNT))
    return DataSet(_read_folder(data_dir, "train"), _read_folder(data_dir, "t10k"))


def data_set_name(metadata: PackageMetadata) -> str:
    """The data set that a package's model was measured with; MNIST if it names none."""
    names = [str(source["name"]) for source in metadata.data if source["split"] == "test"]
    return names[0] if names else MNIST


def _read_folder(folder: Path, prefix: str) -> LabelledImages:
    return _checked(
        read_idx(folder / f"{prefix}-images-idx3-ubyte.gz", dimensions=3),
        read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz", dimensions=1),
    )


def _from_table(pixels: NDArray[Any], labels: NDArray[Any], name: str) -> LabelledImages:
    """OpenML's (n, 784) numbers and (n,) texts in the form of the official files."""
    try:
        images = _exact_bytes(pixels).reshape(-1, SIDE_PX, SIDE_PX)
        return _checked(images, _exact_bytes(labels))
    except ValueError as error:
        raise TrainingError(f"OpenML's table is not the {name} known here: {error}") from error


def _exact_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    numbers = values.astype(np.float64)
    exact = np.clip(np.nan_to_num(numbers), 0, 255).astype(np.uint8)
    if not np.array_equal(exact, numbers):
        raise ValueError("a value is no whole number in 0..255")
    return exact


def _checked(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> LabelledImages:
    if images.shape[1:] != (SIDE_PX, SIDE_PX):
        raise TrainingError(f"the pictures measure {images.shape[1:]}, expected ({SIDE_PX}, {SIDE_PX})")
    if len(images) != len(labels):
        raise TrainingError(f"there are {len(images)} pictures but {len(labels)} labels")
    if len(images) == 0:
        raise TrainingError("there are no pictures")
    return LabelledImages(images, labels)
