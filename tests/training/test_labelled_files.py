"""Labelled pictures in each form that people have them in."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from predictor.training.errors import TrainingError
from predictor.training.labelled_files import load_labelled_files
from tests.training.idx_folders import write_idx_folder
from tests.training.own_models import CORNERS, corners, write_npz

DIGITS = tuple("0123456789")


def picture(shade, file_format="PNG"):
    file = io.BytesIO()
    Image.new("L", (8, 8), shade).save(file, file_format)
    return file.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Two pictures of cats and one of a dog, with what file managers leave behind."""
    folder = tmp_path / "pets"
    for name, content in {
        "cat/2.png": picture(20),
        "cat/1.jpeg": picture(10, "JPEG"),
        "cat/.DS_Store": b"",
        "dog/1.png": picture(30),
        ".thumbnails/1.png": b"",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_folder_for_each_label_gives_its_files_as_they_are(folder):
    data = load_labelled_files(folder, ("dog", "cat", "bird"))

    assert list(data.files()) == [
        ("cat/1.jpeg", picture(10, "JPEG")),
        ("cat/2.png", picture(20)),
        ("dog/1.png", picture(30)),
    ]
    assert data.truth.tolist() == [1, 1, 0]
    assert len(data) == 3


def test_a_folder_is_known_by_its_name_and_its_files(folder):
    before = load_labelled_files(folder, ("dog", "cat")).describe("test")

    (folder / "dog" / "1.png").write_bytes(picture(31))

    assert (before["name"], before["split"], before["count"]) == ("pets", "test", 3)
    assert load_labelled_files(folder, ("dog", "cat")).describe("test")["sha256"] != before["sha256"]


def test_the_official_files_of_a_test_set_are_read(tmp_path):
    data = load_labelled_files(write_idx_folder(tmp_path / "bars"), DIGITS)

    name, content = next(data.files())
    assert (name, len(data)) == ("picture 1", 20)
    assert Image.open(io.BytesIO(content)).size == (28, 28)
    assert sorted(data.truth.tolist()) == sorted([*range(10)] * 2)
    assert data.describe("test")["name"] == "bars"


@pytest.mark.parametrize("ending", [(), (3,)], ids=["grey", "colour"])
def test_an_npz_file_is_read(tmp_path, ending):
    images = np.random.default_rng(0).integers(0, 256, (4, 5, 6, *ending)).astype(np.uint8)
    np.savez(tmp_path / "own.npz", images=images, labels=np.array(["b", "a", "b", "b"]))

    data = load_labelled_files(tmp_path / "own.npz", ("a", "b"))

    assert data.truth.tolist() == [1, 0, 1, 1]
    for (_name, content), image in zip(data.files(), images, strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(content))), image)
    labels = b"b\na\nb\nb\n"
    assert data.describe("calibration")["labels_sha256"] == hashlib.sha256(labels).hexdigest()
    assert data.describe("calibration")["split"] == "calibration"


@pytest.mark.parametrize(
    ("given", "labels", "truth"),
    [
        ([1, 0, 2], ("coat", "boot", "bag"), [1, 0, 2]),
        ([7, 3, 7], ("3", "7"), [1, 0, 1]),
        ([0, 1, 0], ("1", "0"), [1, 0, 1]),
        (["1", "0", "1"], ("1", "0"), [0, 1, 0]),
    ],
)
def test_labels_are_read_as_themselves_and_else_as_numbers(tmp_path, given, labels, truth):
    np.savez(tmp_path / "own.npz", images=np.zeros((3, 8, 8), np.uint8), labels=given)

    assert load_labelled_files(tmp_path / "own.npz", labels).truth.tolist() == truth


def test_the_name_of_a_relative_folder_is_its_own(folder, monkeypatch):
    monkeypatch.chdir(folder)

    assert load_labelled_files(folder.relative_to(folder), ("dog", "cat")).describe("test")["name"] == "pets"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda folder: (folder / "bird").mkdir(), "pets holds 'bird'; expected a folder of pictures"),
        (lambda folder: (folder / "readme.txt").touch(), "pets holds 'readme.txt'"),
        (lambda folder: [path.unlink() for path in folder.glob("[cd]*/[12]*")], "pets holds no pictures"),
    ],
)
def test_a_folder_of_something_else_is_refused(folder, change, reason):
    change(folder)

    with pytest.raises(TrainingError, match=reason):
        load_labelled_files(folder, ("dog", "cat"))


GREY = np.zeros((4, 8, 8), np.uint8)


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"images": GREY}, "labels is not a file in the archive"),
        ({"images": GREY.astype(float), "labels": CORNERS}, r"images are float64\(4, 8, 8\), expected uint8"),
        ({"images": GREY.reshape(4, 64), "labels": CORNERS}, r"images are uint8\(4, 64\)"),
        ({"images": np.zeros((4, 8, 8, 4), np.uint8), "labels": CORNERS}, r"uint8\(4, 8, 8, 4\)"),
        ({"images": GREY[:3], "labels": CORNERS}, r"3 pictures with labels \(4,\)"),
        ({"images": GREY[:0], "labels": CORNERS[:0]}, "0 pictures"),
        ({"images": GREY, "labels": [CORNERS]}, r"labels \(1, 4\)"),
        (
            {"images": GREY, "labels": [*CORNERS[:3], "south"]},
            "label 'south' is none of the model's: north-east,",
        ),
        ({"images": GREY, "labels": [0, 1, 2, 4]}, "label '0' is none of"),
        ({"images": GREY, "labels": [0, 1, 2, -1]}, "label '0' is none of"),
        ({"images": GREY, "labels": [0, 1, 2, 0.5]}, "label '0.0' is none of"),
        ({"images": np.array([{}] * 4), "labels": CORNERS}, "cannot be read .*allow_pickle=False"),
    ],
)
def test_an_npz_file_of_something_else_is_refused(tmp_path, arrays, reason):
    np.savez(tmp_path / "own.npz", **arrays)

    with pytest.raises(TrainingError, match=reason):
        load_labelled_files(tmp_path / "own.npz", CORNERS)


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: b"text", lambda whole: whole[:-30]])
def test_a_file_that_is_no_npz_is_refused(tmp_path, damage):
    path = write_npz(tmp_path / "own.npz")
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(TrainingError, match=r"own\.npz cannot be read"):
        load_labelled_files(path, CORNERS)


def test_a_bare_array_is_refused(tmp_path):
    np.save(tmp_path / "own.npy", corners(4, seed=0)[0])

    with pytest.raises(TrainingError, match=r"own\.npy cannot be read"):
        load_labelled_files(tmp_path / "own.npy", CORNERS)


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="no-such"):
        load_labelled_files(tmp_path / "no-such", CORNERS)


def test_a_label_beyond_the_models_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="label 9 is none of the model's 9"):
        load_labelled_files(write_idx_folder(tmp_path), DIGITS[:9])
