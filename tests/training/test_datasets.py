from __future__ import annotations

import numpy as np
import pytest
import sklearn.datasets
from sklearn.utils import Bunch

from predictor.training import datasets
from predictor.training.datasets import LabelledImages, load_data_set
from predictor.training.errors import TrainingError
from predictor.training.idx_files import idx_bytes
from tests.training.idx_folders import bars, write_gz, write_idx_folder


def test_the_four_official_files_make_a_data_set(tmp_path):
    folder = write_idx_folder(tmp_path, per_digit=3)

    data = load_data_set(folder)

    assert data.train.images.shape == (30, 28, 28)
    assert len(data.test) == 20
    assert data.train.labels.tolist() == bars(3, seed=1)[1].tolist()


def test_a_missing_file_is_named(tmp_path):
    folder = write_idx_folder(tmp_path)
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()

    with pytest.raises(TrainingError, match="t10k-labels-idx1-ubyte"):
        load_data_set(folder)


@pytest.mark.parametrize(
    ("images", "labels", "reason"),
    [
        (np.zeros((3, 28, 28), np.uint8), np.zeros(2, np.uint8), "3 pictures but 2 labels"),
        (np.zeros((3, 32, 28), np.uint8), np.zeros(3, np.uint8), r"measure \(32, 28\)"),
        (np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8), "no pictures"),
    ],
)
def test_files_that_do_not_fit_together_are_refused(tmp_path, images, labels, reason):
    folder = write_idx_folder(tmp_path)
    write_gz(folder / "train-images-idx3-ubyte.gz", idx_bytes(images))
    write_gz(folder / "train-labels-idx1-ubyte.gz", idx_bytes(labels))

    with pytest.raises(TrainingError, match=reason):
        load_data_set(folder)


def test_data_are_described_by_the_digests_of_their_files():
    pictures = LabelledImages(np.zeros((1, 28, 28), np.uint8), np.array([7], np.uint8))

    description = pictures.describe("train")

    assert description == {
        "name": "unrecognised data",
        "split": "train",
        "count": 1,
        "sha256": "a3ab89cb76da163a522547eb5dafd7615476c670abe29733cd6722aac45490e3",
        "labels_sha256": "c564aa0aa783b8862ae6128a973a6f6b213b9428d39b5c8acfbda3c630d40f1e",
    }


def test_known_digests_give_the_data_their_name(monkeypatch):
    pictures = LabelledImages(*bars(1, seed=3))
    digests = pictures.describe("train")
    known = ("train", digests["sha256"], digests["labels_sha256"])
    monkeypatch.setitem(datasets._KNOWN_SPLITS, known, "Bars")

    names = [pictures.describe(split)["name"] for split in ("train", "test")]

    assert names == ["Bars", "unrecognised data"]


@pytest.fixture
def openml_table(monkeypatch):
    """OpenML's answer, shortened to 10 training and 10 test pictures: floats, and labels as text."""
    images, labels = bars(2, seed=4)
    table = Bunch(data=images.reshape(20, 784).astype(np.float64), target=labels.astype(str).astype(object))
    monkeypatch.setattr(datasets, "TRAINING_COUNT", 10)
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda *args, **kwargs: table)
    return table


def test_openml_gives_the_same_data_as_the_files(openml_table):
    images, labels = bars(2, seed=4)

    data = load_data_set(None)

    assert data.train.describe("train") == LabelledImages(images[:10], labels[:10]).describe("train")
    assert data.test.describe("test") == LabelledImages(images[10:], labels[10:]).describe("test")


@pytest.mark.parametrize("value", [0.5, -1, 256, np.nan])
def test_a_table_with_other_values_is_refused(openml_table, value):
    openml_table.data[3, 5] = value

    with pytest.raises(TrainingError, match="no whole number in"):
        load_data_set(None)


def test_a_table_of_another_shape_is_refused(openml_table):
    openml_table.data = openml_table.data[:, :783]

    with pytest.raises(TrainingError, match="not the MNIST known here"):
        load_data_set(None)


def test_a_failed_download_names_the_way_out(monkeypatch):
    def fail(*args, **kwargs):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fail)

    with pytest.raises(TrainingError, match=r"no route to host.*--data-dir"):
        load_data_set(None)
