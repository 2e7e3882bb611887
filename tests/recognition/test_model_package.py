"""Opening and signing a package: what comes out of a good one, and whose signature counts."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, SECP521R1, generate_private_key

from predictor.recognition import model_package
from predictor.recognition.classifier import load_classifier
from predictor.recognition.errors import PackageRejected, SigningKeyError
from predictor.recognition.model_package import TrustPolicy, open_package, sign_package
from predictor.recognition.package_metadata import to_json
from predictor.recognition.signature import public_key_fingerprint
from tests.packages import (
    JOBLIB_METADATA,
    ONNX_METADATA,
    OTHER_KEY,
    SIGNING_KEY,
    Marking,
    memorable_pictures,
    packed,
    policy,
    write_package,
)


@pytest.fixture
def folder(tmp_path):
    return write_package(tmp_path)


def refusal(folder, trust=None):
    with pytest.raises(PackageRejected) as caught:
        open_package(folder, trust or policy())
    return caught.value


def test_a_good_package_opens(folder):
    package = open_package(folder, policy())

    assert package.metadata == JOBLIB_METADATA
    assert sorted(package.files) == ["card/metrics.json", "model.pkl.gz", "package.json"]
    assert package.files["card/metrics.json"] == b'{"accuracy": 0.5}\n'
    assert package.signer == "key-1"
    assert package.signer_fingerprint == public_key_fingerprint(SIGNING_KEY.public_key())
    assert package.verified_at.tzinfo is UTC


def test_the_files_of_a_verified_package_cannot_be_changed(folder):
    package = open_package(folder, policy())

    with pytest.raises(TypeError):
        package.files["model.pkl.gz"] = b"another"


def test_the_digest_names_the_contents_and_not_the_signature(folder):
    before = open_package(folder, policy()).digest

    sign_package(folder, OTHER_KEY)

    assert open_package(folder, policy(OTHER_KEY)).digest == before


def test_a_relative_path_has_a_name_and_a_version_too(folder, monkeypatch):
    monkeypatch.chdir(folder)

    assert open_package(folder.relative_to(folder), policy()).metadata.version == "1.2.3"


def test_a_p384_key_signs_too(tmp_path):
    key = generate_private_key(SECP384R1())

    folder = write_package(tmp_path, key=key)

    assert open_package(folder, policy(key)).signer == "key-1"


# Whose signature counts


def test_without_a_trusted_key_nothing_opens(folder):
    assert refusal(folder, TrustPolicy(())).code == "key_not_trusted"


def test_one_of_several_trusted_keys_suffices(folder):
    assert open_package(folder, policy(OTHER_KEY, SIGNING_KEY)).signer == "key-2"


@pytest.mark.parametrize("patterns", [("tiny-digits",), ("fashion-*", "tiny-*"), ("tiny-digit?",)])
def test_a_key_counts_for_the_models_it_is_limited_to(folder, patterns):
    assert open_package(folder, policy(patterns=patterns)).signer == "key-1"


@pytest.mark.parametrize("patterns", [("fashion-*",), ("tiny",), ("TINY-*",), ()])
def test_a_key_does_not_count_for_other_models(folder, patterns):
    rejected = refusal(folder, policy(patterns=patterns))

    assert rejected.code == "key_not_trusted"
    assert rejected.message.startswith("tiny-digits 1.2.3: signed by key-1, which ")


def test_the_limit_of_a_key_looks_at_the_folder_so_a_rename_does_not_help(folder):
    renamed = folder.parent.rename(folder.parent.with_name("fashion-cnn")) / folder.name

    assert refusal(renamed, policy(patterns=("tiny-*",))).code == "key_not_trusted"
    assert refusal(renamed, policy(patterns=("fashion-*",))).code == "name_mismatch"


def test_a_revoked_digest_is_refused(folder):
    digest = open_package(folder, policy()).digest

    rejected = refusal(folder, policy(revoked=frozenset({digest})))

    assert rejected.code == "revoked"
    assert digest in rejected.message


def test_a_revoked_package_stays_revoked_when_signed_again(folder):
    digest = open_package(folder, policy()).digest
    sign_package(folder, OTHER_KEY)

    trust = TrustPolicy(policy(OTHER_KEY).keys, frozenset({digest}))

    assert refusal(folder, trust).code == "revoked"


@pytest.mark.parametrize("digest", ["", "AB" * 32, "sha256:" + "ab" * 32, "ab" * 31])
def test_a_revocation_that_could_match_nothing_is_an_error(digest):
    with pytest.raises(ValueError, match="not 64 lower-case hex digits"):
        TrustPolicy((), frozenset({digest}))


def test_an_expired_package_is_refused(tmp_path):
    folder = write_package(
        tmp_path, metadata=replace(JOBLIB_METADATA, expires=datetime(2026, 11, 2, 8, 30, tzinfo=UTC))
    )

    rejected = refusal(folder)

    assert rejected.code == "expired"
    assert rejected.message == ("tiny-digits 1.2.3: expired at 2026-11-02 08:30 UTC; install a newer version")


def test_a_package_opens_until_it_expires(tmp_path):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)

    folder = write_package(tmp_path, metadata=replace(JOBLIB_METADATA, expires=tomorrow))

    assert open_package(folder, policy()).metadata.expires == tomorrow


def test_another_scikit_learn_version_is_refused_with_both_and_the_way_out(tmp_path):
    folder = write_package(tmp_path, metadata=replace(JOBLIB_METADATA, frameworks={"scikit-learn": "1.2.3"}))

    rejected = refusal(folder)

    installed = JOBLIB_METADATA.frameworks["scikit-learn"]
    assert rejected.code == "framework_mismatch"
    assert rejected.message == (
        f"tiny-digits 1.2.3: made with scikit-learn 1.2.3, here is {installed}; "
        "install scikit-learn==1.2.3, or make and sign the package again here"
    )


@pytest.fixture
def here_is(monkeypatch):
    """Pretend that this version of scikit-learn or onnxruntime is installed, None for none at all."""

    def here_is(installed):
        def version(library):
            if installed is None:
                raise PackageNotFoundError(library)
            return installed

        monkeypatch.setattr(model_package, "version", version)

    return here_is


@pytest.mark.parametrize(
    ("made_with", "installed"),
    [("1.20.1", "1.20.1"), ("1.20.1", "1.20.2"), ("1.9.0", "1.20.0"), ("1.20", "1.20.1+gpu"), ("dev", "dev")],
)
def test_an_onnx_model_opens_with_the_onnxruntime_it_was_made_with_and_later_ones(
    tmp_path, here_is, made_with, installed
):
    folder = write_package(
        tmp_path, metadata=replace(ONNX_METADATA, frameworks={"onnxruntime": made_with, "torch": "0.0.1"})
    )
    here_is(installed)

    assert open_package(folder, policy()).metadata.frameworks["onnxruntime"] == made_with


@pytest.mark.parametrize(
    ("metadata", "library", "made_with", "installed", "way_out"),
    [
        (ONNX_METADATA, "onnxruntime", "1.20.1", "1.20.0", "onnxruntime>=1.20.1"),
        (ONNX_METADATA, "onnxruntime", "1.20.1", "1.9.9", "onnxruntime>=1.20.1"),
        (ONNX_METADATA, "onnxruntime", "1.20.1", None, "onnxruntime>=1.20.1"),
        (JOBLIB_METADATA, "scikit-learn", "1.7.0", "1.7.1", "scikit-learn==1.7.0"),
        (JOBLIB_METADATA, "scikit-learn", "1.7.0", None, "scikit-learn==1.7.0"),
    ],
)
def test_another_library_is_refused_with_the_way_out(
    tmp_path, here_is, metadata, library, made_with, installed, way_out
):
    folder = write_package(tmp_path, metadata=replace(metadata, frameworks={library: made_with}))
    here_is(installed)

    rejected = refusal(folder)

    assert rejected.code == "framework_mismatch"
    assert rejected.message == (
        f"tiny-digits 1.2.3: made with {library} {made_with}, here is {installed or 'none'}; "
        f"install {way_out}, or make and sign the package again here"
    )


@pytest.mark.parametrize("metadata", [JOBLIB_METADATA, ONNX_METADATA], ids=["joblib", "onnx"])
def test_a_package_names_the_library_that_runs_its_model(tmp_path, metadata):
    folder = write_package(tmp_path, key=None)
    (folder / "package.json").write_bytes(to_json(replace(metadata, frameworks={"torch": "2.0.0"})))

    with pytest.raises(PackageRejected, match="frameworks must name the version of") as caught:
        sign_package(folder, SIGNING_KEY)

    assert caught.value.code == "metadata_invalid"


# What was checked is what is loaded


def test_files_replaced_after_opening_are_never_seen(folder, tmp_path):
    mark = tmp_path / "mark"
    package = open_package(folder, policy())

    (folder / "model.pkl.gz").write_bytes(packed(Marking(mark)))
    shutil.rmtree(folder / "card")
    classifier = load_classifier(package)

    answers = classifier.classify(memorable_pictures()).probabilities
    assert answers.argmax(axis=1).tolist() == list(range(10))
    assert not mark.exists()
    assert refusal(folder).code in {"digest_mismatch", "file_missing"}


def test_files_replaced_while_opening_are_never_seen(folder, tmp_path, monkeypatch):
    mark = tmp_path / "mark"
    verify_bundle = model_package.verify_bundle

    def swap_and_verify(*arguments):
        (folder / "model.pkl.gz").write_bytes(packed(Marking(mark)))
        return verify_bundle(*arguments)

    monkeypatch.setattr(model_package, "verify_bundle", swap_and_verify)
    classifier = load_classifier(open_package(folder, policy()))

    assert np.isfinite(classifier.classify(memorable_pictures()).probabilities).all()
    assert not mark.exists()


# Signing


def test_signing_replaces_an_older_signature_and_leaves_nothing_else(folder):
    before = (folder / "model.sig").read_bytes()
    (folder / "card" / "metrics.json").write_bytes(b"{}")

    sign_package(folder, SIGNING_KEY)

    assert (folder / "model.sig").read_bytes() != before
    assert open_package(folder, policy()).files["card/metrics.json"] == b"{}"
    assert [path.name for path in folder.parent.iterdir()] == ["1.2.3"]


def test_signing_never_loads_the_model(tmp_path):
    mark = tmp_path / "mark"

    write_package(tmp_path, model=packed(Marking(mark)))

    assert not mark.exists()


def test_a_package_that_would_be_refused_is_not_signed(tmp_path):
    folder = write_package(tmp_path, key=None)
    (folder / "model.pkl.gz").unlink()

    with pytest.raises(PackageRejected) as caught:
        sign_package(folder, SIGNING_KEY)

    assert caught.value.code == "file_missing"
    assert not (folder / "model.sig").exists()


def test_a_package_in_a_folder_of_another_version_is_not_signed(tmp_path):
    folder = write_package(tmp_path, key=None).rename(tmp_path / "tiny-digits" / "2.0.0")

    with pytest.raises(PackageRejected) as caught:
        sign_package(folder, SIGNING_KEY)

    assert caught.value.code == "version_mismatch"


def test_a_key_on_another_curve_signs_nothing(tmp_path):
    folder = write_package(tmp_path, key=None)

    with pytest.raises(SigningKeyError):
        sign_package(folder, generate_private_key(SECP521R1()))

    assert not (folder / "model.sig").exists()


def test_every_refusal_has_its_way_out_in_the_documentation():
    root = Path(__file__).parent.parent.parent
    sources = [path.read_text() for path in (root / "predictor" / "recognition").glob("*.py")]

    codes = {code for source in sources for code in re.findall(r'ejected\(\s*"([a-z_]+)"', source)}

    table = re.findall(r"^\| (`.*?) \|", (root / "docs" / "model-packages.md").read_text(), re.MULTILINE)
    assert len(codes) == 19
    assert codes <= {code for cell in table for code in re.findall(r"`([a-z_]+)`", cell)}
