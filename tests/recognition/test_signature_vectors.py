"""Packages that the reference implementation of OpenSSF Model Signing signed; see tests/data/oms/."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.package_files import read_package_files
from predictor.recognition.signature import SIGNATURE_FILE, verify_bundle
from predictor.recognition.signing_keys import load_public_key

VECTORS = Path(__file__).parent.parent / "data" / "oms"
CURVES = ["p256", "p384"]


def trust(curve):
    key = load_public_key((VECTORS / curve / "public-key.pem").read_bytes())
    return TrustPolicy((TrustedKey(curve, key),))


@pytest.mark.parametrize("curve", CURVES)
def test_a_signature_of_the_reference_implementation_is_verified(curve):
    files = dict(read_package_files(VECTORS / curve / "tiny-digits" / "1.2.3"))
    bundle = files.pop(SIGNATURE_FILE)
    (key,) = trust(curve).keys

    manifest = verify_bundle(bundle, [key.public_key])

    assert manifest.signer == key.public_key
    digests = {name: hashlib.sha256(content) for name, content in files.items()}
    assert manifest.digests == {name: digest.hexdigest() for name, digest in digests.items()}
    in_order = b"".join(digests[name].digest() for name in sorted(digests))
    assert manifest.root_digest == hashlib.sha256(in_order).hexdigest()


@pytest.mark.parametrize("curve", CURVES)
def test_only_its_first_format_keeps_the_package_from_opening(curve):
    """Signature, key and digests come first: who gets as far as package.json has passed them."""
    with pytest.raises(PackageRejected) as caught:
        open_package(VECTORS / curve / "tiny-digits" / "1.2.3", trust(curve))

    assert caught.value.code == "metadata_invalid"
    assert "format_version must be 2" in caught.value.message


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
