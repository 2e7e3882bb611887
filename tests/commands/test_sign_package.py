"""`manage.py sign_package`."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command

from predictor.recognition.model_package import open_package
from predictor.recognition.signature import public_key_fingerprint
from predictor.recognition.signing_keys import create_key_pair, load_private_key
from tests.packages import SIGNING_KEY, policy, write_package


@pytest.fixture
def folder(tmp_path):
    return write_package(tmp_path / "models", key=None)


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key.pem"
    path.write_bytes(SIGNING_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_a_signed_package_opens(folder, key_file, capsys):
    call_command("sign_package", str(folder), "--signing-key", str(key_file))

    assert open_package(folder, policy()).signer == "key-1"
    fingerprint = public_key_fingerprint(SIGNING_KEY.public_key())
    assert capsys.readouterr().out == f"{folder}: signed by {fingerprint}\n"


def test_the_deployments_own_key_is_the_default(folder, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.SIGNING_KEY = tmp_path / "var" / "signing" / "signing-key.pem"
    call_command("create_signing_key")

    call_command("sign_package", str(folder))

    key = load_private_key((tmp_path / "var" / "signing" / "signing-key.pem").read_bytes())
    assert open_package(folder, policy(key)).signer == "key-1"


def test_the_passphrase_of_a_key_comes_from_a_file(folder, tmp_path):
    private_pem, _public_pem = create_key_pair(b"open sesame")
    (tmp_path / "key.pem").write_bytes(private_pem)
    (tmp_path / "passphrase").write_bytes(b"open sesame\n")

    call_command(
        *("sign_package", str(folder), "--signing-key", str(tmp_path / "key.pem")),
        *("--passphrase-file", str(tmp_path / "passphrase")),
    )

    assert (folder / "model.sig").exists()


def test_a_missing_key_is_reported(folder, tmp_path):
    with pytest.raises(CommandError, match=r"is not signed: .*No such file"):
        call_command("sign_package", str(folder), "--signing-key", str(tmp_path / "nowhere.pem"))


def test_a_file_that_is_no_key_is_reported(folder, tmp_path):
    (tmp_path / "key.pem").write_text("no key")

    with pytest.raises(CommandError, match="is not signed: no private key can be read"):
        call_command("sign_package", str(folder), "--signing-key", str(tmp_path / "key.pem"))


def test_a_package_without_its_model_is_not_signed(folder, key_file):
    (folder / "model.pkl.gz").unlink()

    with pytest.raises(CommandError, match=r"is not signed: .*names model\.pkl\.gz, which is not there"):
        call_command("sign_package", str(folder), "--signing-key", str(key_file))

    assert not (folder / "model.sig").exists()
