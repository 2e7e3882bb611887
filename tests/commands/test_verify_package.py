"""`manage.py verify_package`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from predictor.recognition.model_package import open_package
from predictor.recognition.signature import public_key_fingerprint
from tests.packages import JOBLIB_METADATA, SIGNING_KEY, Marking, packed, policy, public_pem, write_package


@pytest.fixture(autouse=True)
def trusted_key(settings, tmp_path):
    """The deployment trusts the test key, which it calls publisher."""
    path = tmp_path / "publisher.pem"
    path.write_bytes(public_pem(SIGNING_KEY))
    settings.MODEL_TRUSTED_KEYS = [str(path)]
    settings.MODELS_DIR = tmp_path / "models"
    return path


@pytest.fixture
def folder(settings, tmp_path):
    return write_package(settings.MODELS_DIR, model=packed(Marking(tmp_path / "mark")))


def test_a_good_package_is_described(folder, capsys):
    call_command("verify_package", str(folder))

    package = open_package(folder, policy())
    assert capsys.readouterr().out.splitlines() == [
        "verified:    tiny-digits 1.2.3",
        "format:      joblib",
        "signer:      publisher",
        f"fingerprint: {public_key_fingerprint(SIGNING_KEY.public_key())}",
        f"digest:      {package.digest}",
        "files:",
        "  card/metrics.json  18 bytes",
        f"  model.pkl.gz  {len(package.files['model.pkl.gz'])} bytes",
        f"  package.json  {len(package.files['package.json'])} bytes",
    ]


def test_the_model_is_not_loaded(folder, tmp_path):
    call_command("verify_package", str(folder))

    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("package", ["tiny-digits", "tiny-digits@1.2.3"])
def test_an_installed_model_is_found_by_its_name(folder, capsys, package):
    call_command("verify_package", package)

    assert capsys.readouterr().out.startswith("verified:    tiny-digits 1.2.3\n")


def test_without_a_version_every_version_is_verified(folder, settings, capsys):
    newer = write_package(settings.MODELS_DIR, metadata=replace(JOBLIB_METADATA, version="1.10.0"))
    (newer / "model.pkl.gz").write_bytes(b"")

    with pytest.raises(CommandError, match="1 refused"):
        call_command("verify_package", "tiny-digits")

    printed = capsys.readouterr()
    assert "tiny-digits 1.2.3" in printed.out
    assert printed.err.startswith(
        "refused (digest_mismatch): tiny-digits 1.10.0: digest of model.pkl.gz is e3b0c4"
    )


def test_a_refused_package_fails_with_the_reason(folder, capsys):
    (folder / "extra.txt").write_text("extra")

    with pytest.raises(CommandError) as caught:
        call_command("verify_package", str(folder))

    assert caught.value.returncode == 1
    assert capsys.readouterr().err == (
        "refused (file_unlisted): tiny-digits 1.2.3: "
        "extra.txt is not in the manifest; remove it or sign again\n"
    )


def test_the_limits_of_a_trusted_key_hold(folder, settings, trusted_key, capsys):
    settings.MODEL_TRUSTED_KEYS = [f"{trusted_key}=fashion-*+mnist-*"]

    with pytest.raises(CommandError):
        call_command("verify_package", str(folder))

    assert "trusted for models named fashion-* or mnist-* only" in capsys.readouterr().err


def test_a_revoked_digest_holds(folder, settings, capsys):
    settings.MODEL_REVOKED_DIGESTS = [open_package(folder, policy()).digest]

    with pytest.raises(CommandError):
        call_command("verify_package", str(folder))

    assert capsys.readouterr().err.startswith("refused (revoked): ")


def test_a_model_that_is_not_installed_is_reported():
    with pytest.raises(CommandError, match="No model 'nobody' is installed"):
        call_command("verify_package", "nobody")


def test_a_version_that_is_not_installed_is_reported(folder, capsys):
    with pytest.raises(CommandError):
        call_command("verify_package", "tiny-digits@9.9.9")

    assert capsys.readouterr().err.startswith("refused (file_missing): tiny-digits 9.9.9: ")
