"""A package with anything changed is refused, and not one byte of its model is unpickled.

Every package here holds a pickle that leaves a mark on disk when it is unpickled. The first test shows that
it does so from an unchanged package; in every other one the mark must be missing.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
from dataclasses import replace

import pytest

from predictor.recognition import package_files
from predictor.recognition.classifier import load_classifier
from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import open_package, sign_package
from predictor.recognition.package_files import MAX_FILE_BYTES
from predictor.recognition.signature import public_key_fingerprint, sign_files
from tests.packages import JOBLIB_METADATA, OTHER_KEY, SIGNING_KEY, Marking, packed, policy, write_package


@pytest.fixture
def mark(tmp_path):
    return tmp_path / "mark"


@pytest.fixture
def folder(tmp_path, mark):
    return write_package(tmp_path / "models", model=packed(Marking(mark)))


def load(folder):
    return load_classifier(open_package(folder, policy()))


def refusal(folder):
    with pytest.raises(PackageRejected) as caught:
        load(folder)
    return caught.value


def test_unchanged_it_loads_and_leaves_the_mark(folder, mark):
    load(folder)

    assert mark.exists()


def flip_a_bit_of(name):
    def tamper(folder):
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 4
        (folder / name).write_bytes(content)

    return tamper


def add(name):
    def tamper(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"anything")

    return tamper


def remove(*names):
    def tamper(folder):
        for name in names:
            path = folder / name
            path.rmdir() if path.is_dir() else path.unlink()

    return tamper


def rename(name, new_name):
    return lambda folder: (folder / name).rename(folder / new_name)


def replace_by_link(name):
    """Move a file or folder out of the package and link to it: every byte stays the same."""

    def tamper(folder):
        outside = folder.parent.parent / "outside"
        (folder / name).rename(outside)
        (folder / name).symlink_to(outside)

    return tamper


def swap_two_files(folder):
    model, card = (folder / "model.pkl.gz").read_bytes(), (folder / "card" / "metrics.json").read_bytes()
    (folder / "model.pkl.gz").write_bytes(card)
    (folder / "card" / "metrics.json").write_bytes(model)


def take_from_a_newer_version(*names):
    def tamper(folder):
        newer = write_package(
            folder.parent.parent, metadata=replace(JOBLIB_METADATA, version="1.3.0"), model=packed("another")
        )
        for name in names:
            shutil.copy(newer / name, folder / name)

    return tamper


def sign_by_another_key(folder):
    sign_package(folder, OTHER_KEY)


def sign_by_another_key_in_a_trusted_name(folder):
    sign_package(folder, OTHER_KEY)
    bundle = json.loads((folder / "model.sig").read_bytes())
    bundle["verificationMaterial"]["publicKey"]["hint"] = public_key_fingerprint(SIGNING_KEY.public_key())
    (folder / "model.sig").write_text(json.dumps(bundle))


def add_a_second_signature(folder):
    first = json.loads((folder / "model.sig").read_bytes())
    sign_package(folder, OTHER_KEY)
    second = json.loads((folder / "model.sig").read_bytes())
    first["dsseEnvelope"]["signatures"] += second["dsseEnvelope"]["signatures"]
    (folder / "model.sig").write_text(json.dumps(first))


def write(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def add_empty_folder(folder):
    (folder / "plots").mkdir()


def add_fifo(folder):
    os.mkfifo(folder / "model.fifo")


def replace_model_by_fifo(folder):
    (folder / "model.pkl.gz").unlink()
    os.mkfifo(folder / "model.pkl.gz")


def add_socket(folder):
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(".", os.O_RDONLY)
        os.chdir(folder)  # A socket's path has 108 characters at most.
        try:
            listener.bind("model.socket")
        finally:
            os.fchdir(here)
            os.close(here)


def add_dangling_link(folder):
    (folder / "model.link").symlink_to("nowhere")


def add_name_that_is_no_text(folder):
    (folder / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"")


def add_huge_file(folder):
    with (folder / "huge.bin").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # Sparse: it takes no space.


def add_many_files(folder):
    for number in range(package_files.MAX_ENTRIES):
        (folder / f"{number}.txt").write_bytes(b"")


def add_deep_folders(folder):
    deep = folder / "card" / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / "d.txt").write_bytes(b"")


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (flip_a_bit_of("model.pkl.gz"), "digest_mismatch"),
        (flip_a_bit_of("package.json"), "digest_mismatch"),
        (flip_a_bit_of("card/metrics.json"), "digest_mismatch"),
        (flip_a_bit_of("model.sig"), "signature_invalid"),
        (write("model.pkl.gz", b""), "digest_mismatch"),
        (add("extra.pkl"), "file_unlisted"),
        (add("card/extra.png"), "file_unlisted"),
        (add("plots/extra.png"), "file_unlisted"),
        (add("model.sig.bak"), "file_unlisted"),
        (add(".gitignore"), "file_name_invalid"),
        (add(".git/config"), "file_name_invalid"),
        (add("-rf"), "file_name_invalid"),
        (add("two words.txt"), "file_name_invalid"),
        (add("line\nbreak"), "file_name_invalid"),
        (add("..."), "file_name_invalid"),
        (add("back\\slash"), "file_name_invalid"),
        (add("é.txt"), "file_name_invalid"),
        (add("x" * 101), "file_name_invalid"),
        (add_name_that_is_no_text, "file_name_invalid"),
        (add_empty_folder, "file_unlisted"),
        (add_huge_file, "file_too_large"),
        (add_many_files, "file_too_large"),
        (add_deep_folders, "file_too_large"),
        (remove("model.pkl.gz"), "file_missing"),
        (remove("package.json"), "file_missing"),
        (remove("card/metrics.json", "card"), "file_missing"),
        (remove("card/metrics.json"), "file_unlisted"),
        (remove("model.sig"), "signature_missing"),
        (rename("model.pkl.gz", "model.pkl"), "file_missing"),
        (rename("model.pkl.gz", "MODEL.pkl.gz"), "file_missing"),
        (rename("card", "cards"), "file_missing"),
        (replace_by_link("model.pkl.gz"), "file_is_link"),
        (replace_by_link("package.json"), "file_is_link"),
        (replace_by_link("model.sig"), "file_is_link"),
        (replace_by_link("card"), "file_is_link"),
        (replace_by_link("."), "file_is_link"),
        (add_dangling_link, "file_is_link"),
        (add_fifo, "file_is_link"),
        (replace_model_by_fifo, "file_is_link"),
        (add_socket, "file_is_link"),
        (swap_two_files, "digest_mismatch"),
        (take_from_a_newer_version("model.pkl.gz"), "digest_mismatch"),
        (take_from_a_newer_version("model.sig"), "digest_mismatch"),
        (take_from_a_newer_version("model.sig", "model.pkl.gz"), "digest_mismatch"),
        (take_from_a_newer_version("model.sig", "model.pkl.gz", "package.json"), "version_mismatch"),
        (sign_by_another_key, "key_not_trusted"),
        (sign_by_another_key_in_a_trusted_name, "signature_invalid"),
        (add_a_second_signature, "signature_malformed"),
        (write("model.sig", b""), "signature_malformed"),
        (write("model.sig", b"{}"), "signature_malformed"),
    ],
)
def test_a_tampered_package_is_refused_and_leaves_no_mark(folder, mark, tamper, code):
    tamper(folder)

    rejected = refusal(folder)

    assert rejected.code == code
    assert rejected.message.startswith("tiny-digits 1.2.3: ")
    assert not mark.exists()


def test_more_bytes_than_fit_are_refused(folder, mark, monkeypatch):
    monkeypatch.setattr(package_files, "MAX_TOTAL_BYTES", 1000)

    assert refusal(folder).code == "file_too_large"
    assert not mark.exists()


def test_the_message_says_what_was_found_and_expected(folder):
    (folder / "card" / "metrics.json").write_bytes(b"{}")

    assert refusal(folder).message == (
        "tiny-digits 1.2.3: digest of card/metrics.json is "
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a, the manifest says "
        "4578526ffd84e622e106f3fe99e8264880b02e34eea90e91d9be7cf647dd0c0c"
    )


@pytest.mark.parametrize(("renamed", "code"), [("2.0.0", "version_mismatch"), ("latest", "version_mismatch")])
def test_a_package_under_another_version_is_refused(folder, mark, renamed, code):
    assert refusal(folder.rename(folder.with_name(renamed))).code == code
    assert not mark.exists()


def test_a_package_under_another_name_is_refused(folder, mark):
    models = folder.parent.rename(folder.parent.with_name("mnist-cnn"))

    assert refusal(models / "1.2.3").code == "name_mismatch"
    assert not mark.exists()


def test_an_older_version_in_the_newer_ones_folder_is_refused(folder, mark):
    newer = write_package(folder.parent.parent, metadata=replace(JOBLIB_METADATA, version="1.3.0"))
    shutil.rmtree(newer)
    shutil.copytree(folder, newer)

    assert refusal(newer).code == "version_mismatch"
    assert not mark.exists()


@pytest.mark.parametrize("place", ["nowhere/1.0.0", "empty/1.0.0", "file/1.0.0"])
def test_what_is_no_package_is_refused(tmp_path, place):
    (tmp_path / "empty" / "1.0.0").mkdir(parents=True)
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "1.0.0").write_bytes(b"")

    code = refusal(tmp_path / place).code

    expected = {"nowhere": "file_missing", "empty": "signature_missing", "file": "file_is_link"}
    assert code == expected[place.split("/")[0]]


@pytest.mark.parametrize(
    "name", ["../evil.pkl", "/etc/hostname", "card/../../evil.pkl", "./package.json", ""]
)
def test_a_signed_manifest_cannot_reach_outside(folder, mark, name):
    (folder.parent / "evil.pkl").write_bytes(b"evil")
    files = {
        path: (folder / path).read_bytes() for path in ("package.json", "model.pkl.gz", "card/metrics.json")
    }
    bundle = sign_files({**files, name: b"evil"}, subject="evil", private_key=SIGNING_KEY)
    (folder / "model.sig").write_bytes(bundle)

    assert refusal(folder).code == "file_missing"
    assert not mark.exists()


def test_a_signed_package_without_metadata_is_refused(folder, mark):
    (folder / "package.json").unlink()
    files = {path: (folder / path).read_bytes() for path in ("model.pkl.gz", "card/metrics.json")}
    (folder / "model.sig").write_bytes(sign_files(files, subject="x", private_key=SIGNING_KEY))

    assert refusal(folder).code == "metadata_missing"
    assert not mark.exists()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"\xff", b'{"name": "tiny-digits"}', b"[" * 100_000]
)
def test_a_signed_package_with_damaged_metadata_is_refused(folder, mark, content):
    (folder / "package.json").write_bytes(content)
    files = {
        path: (folder / path).read_bytes() for path in ("package.json", "model.pkl.gz", "card/metrics.json")
    }
    (folder / "model.sig").write_bytes(sign_files(files, subject="x", private_key=SIGNING_KEY))

    assert refusal(folder).code == "metadata_invalid"
    assert not mark.exists()


def test_a_thousand_random_flips_are_refused(folder, mark):
    choice = random.Random(20261122)  # noqa: S311 - repeatable, not secret
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = {path: path.read_bytes() for path in paths}
    accepted = []

    for _ in range(1000):
        path = choice.choice(paths)
        bit = choice.randrange(8 * len(contents[path]))
        flipped = bytearray(contents[path])
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            load(folder)
        except PackageRejected:
            pass
        else:
            accepted.append((path.name, bit))
        path.write_bytes(contents[path])

    assert accepted == []
    assert not mark.exists()
    load(folder)
    assert mark.exists()
