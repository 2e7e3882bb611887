"""Our signatures and those of `model-signing`, the reference implementation of OpenSSF Model Signing.

It lives in a virtualenv of its own, which `make interop` makes from requirements-interop.txt.
"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jsonschema import Draft202012Validator

from predictor.recognition.errors import PackageRejected
from predictor.recognition.model_package import open_package
from tests.packages import policy, public_pem, write_package
from tests.system import require_interop

OMS = Path(__file__).parent.parent / "data" / "oms"
SHIPPED = sorted((Path(__file__).parents[2] / "trained_models").glob("*/*/model.sig"))
CURVES = [SECP256R1(), SECP384R1()]


@pytest.fixture(scope="module", params=CURVES, ids=lambda curve: curve.name)
def key(request):
    return generate_private_key(request.param)


@pytest.fixture
def pem_files(key, tmp_path):
    """The private and the public key as files."""
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(public_pem(key))
    return private, public


def model_signing(*arguments):
    command = [require_interop(), "-m", "model_signing", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)  # noqa: S603


def verified_by_the_reference(folder, public):
    signature = folder / "model.sig"
    options = ["--public_key", public, "--signature", signature, "--ignore-paths", signature]
    return model_signing("verify", "key", *options, folder)


@pytest.mark.system
def test_the_reference_verifies_what_we_sign_and_refuses_it_changed(key, pem_files, tmp_path):
    folder = write_package(tmp_path / "models", key=key)

    whole = verified_by_the_reference(folder, pem_files[1])
    (folder / "card" / "metrics.json").write_bytes(b'{"accuracy": 0.6}\n')
    changed = verified_by_the_reference(folder, pem_files[1])

    assert whole.returncode == 0, whole.stderr
    assert "succeeded" in whole.stdout
    assert changed.returncode != 0
    assert "metrics.json" in changed.stdout + changed.stderr


@pytest.mark.system
def test_we_open_what_the_reference_signs_and_refuse_it_changed(key, pem_files, tmp_path):
    folder = write_package(tmp_path / "models", key=None)
    signature = folder / "model.sig"
    options = ["--private_key", pem_files[0], "--signature", signature, "--ignore-paths", signature]

    signed = model_signing("sign", "key", *options, folder)

    assert signed.returncode == 0, signed.stderr
    assert open_package(folder, policy(key)).signer == "key-1"
    (folder / "card" / "metrics.json").write_bytes(b'{"accuracy": 0.6}\n')
    with pytest.raises(PackageRejected) as caught:
        open_package(folder, policy(key))
    assert caught.value.code == "digest_mismatch"


def assert_of_the_format(bundle: bytes) -> None:
    document = json.loads(bundle)
    statement = json.loads(base64.b64decode(document["dsseEnvelope"]["payload"]))
    for value, schema in ((document, "bundle"), (statement, "statement")):
        validator = Draft202012Validator(json.loads((OMS / f"{schema}.schema.json").read_text()))
        assert [error.message for error in validator.iter_errors(value)] == []
    names = [resource["name"] for resource in statement["predicate"]["resources"]]
    assert names == sorted(set(names))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: "-".join(path.parts[-3:-1]))
def test_the_shipped_signatures_are_of_the_format(path):
    assert_of_the_format(path.read_bytes())


@pytest.mark.parametrize("curve", ["p256", "p384"])
def test_the_format_is_the_references(curve):
    assert_of_the_format((OMS / curve / "tiny-digits" / "1.2.3" / "model.sig").read_bytes())


def test_what_we_sign_is_of_the_format(key, tmp_path):
    assert_of_the_format((write_package(tmp_path, key=key) / "model.sig").read_bytes())
