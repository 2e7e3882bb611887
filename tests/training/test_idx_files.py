from __future__ import annotations

import gzip

import numpy as np
import pytest

from predictor.training.errors import TrainingError
from predictor.training.idx_files import idx_bytes, read_idx
from tests.training.idx_folders import write_gz

# Two pictures of 2 x 3: zero bytes, type "unsigned byte", three dimensions, their sizes, the values.
TWO_PICTURES = bytes.fromhex("00000803 00000002 00000002 00000003") + bytes(range(12))


def test_pictures_are_read_in_their_order(tmp_path):
    path = write_gz(tmp_path / "images.gz", TWO_PICTURES)

    pictures = read_idx(path, dimensions=3)

    assert pictures.tolist() == [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]


def test_labels_have_one_dimension(tmp_path):
    path = write_gz(tmp_path / "labels.gz", bytes.fromhex("00000801 00000003 070201"))

    labels = read_idx(path, dimensions=1)

    assert labels.tolist() == [7, 2, 1]


def test_an_array_is_written_as_it_is_read():
    pictures = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)

    content = idx_bytes(pictures)

    assert content == TWO_PICTURES


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "starts with"),
        (b"\x00\x00\x08\x01" + TWO_PICTURES[4:], "starts with 00000801"),
        (b"\x00\x00\x0d\x03" + TWO_PICTURES[4:], "starts with 00000d03"),
        (TWO_PICTURES[:10], "ends within its header"),
        (TWO_PICTURES[:-1], "holds 11 values, its header promises 12"),
        (TWO_PICTURES + b"\x00", "holds more than 12 values"),
        (TWO_PICTURES[:4] + b"\xff" * 12, "more than 784,000,000"),
    ],
    ids=["empty", "labels", "floats", "short header", "short", "long", "huge"],
)
def test_another_file_is_refused(tmp_path, content, reason):
    path = write_gz(tmp_path / "images.gz", content)

    with pytest.raises(TrainingError, match=reason):
        read_idx(path, dimensions=3)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"images\.gz cannot be read"):
        read_idx(tmp_path / "images.gz", dimensions=3)


@pytest.mark.parametrize(
    "damage",
    [lambda packed: TWO_PICTURES, lambda packed: packed[:-12], lambda packed: packed[:10] + b"\xff" * 20],
    ids=["not gzipped", "cut short", "damaged"],
)
def test_a_file_that_cannot_be_unpacked_is_refused(tmp_path, damage):
    path = tmp_path / "images.gz"
    path.write_bytes(damage(gzip.compress(TWO_PICTURES)))

    with pytest.raises(TrainingError, match="cannot be read"):
        read_idx(path, dimensions=3)
