"""Packages that the reference implementation of OpenSSF Model Signing signed; see tests/data/oms/."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.signing_keys import load_public_key

VECTORS = Path(__file__).parent.parent / "data" / "oms"
CURVES = ["p256", "p384"]


def trust(curve):
    key = load_public_key((VECTORS / curve / "public-key.pem").read_bytes())
    return TrustPolicy((TrustedKey(curve, key),))


@pytest.mark.parametrize("curve", CURVES)
def test_a_package_signed_by_the_reference_implementation_opens(curve):
    folder = VECTORS / curve / "tiny-digits" / "1.2.3"

    package = open_package(folder, trust(curve))

    assert package.signer == curve
    digests = [hashlib.sha256(package.files[name]).digest() for name in sorted(package.files)]
    assert package.digest == hashlib.sha256(b"".join(digests)).hexdigest()


@pytest.mark.parametrize("curve", CURVES)
def test_changed_it_is_refused(tmp_path, curve):
    folder = Path(shutil.copytree(VECTORS / curve / "tiny-digits", tmp_path / "tiny-digits")) / "1.2.3"
    (folder / "model.onnx").write_bytes(b"Never interpreteD.\n")

    with pytest.raises(PackageRejected) as caught:
        open_package(folder, trust(curve))

    assert caught.value.code == "digest_mismatch"


@pytest.mark.parametrize("curve", CURVES)
def test_another_key_does_not_open_it(curve):
    other = trust("p384" if curve == "p256" else "p256")

    with pytest.raises(PackageRejected) as caught:
        open_package(VECTORS / curve / "tiny-digits" / "1.2.3", other)

    assert caught.value.code == "key_not_trusted"
