"""The models of a process: what is found, what verified, and which one answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from predictor import serving
from predictor.checks import check_models
from predictor.serving import ModelUnavailable, UnknownModel, load_models, trust_policy
from tests.packages import JOBLIB_METADATA, OTHER_KEY, SIGNING_KEY, public_pem, write_package

NEWER = replace(JOBLIB_METADATA, version="1.10.0")


@pytest.fixture
def models_dir(settings, tmp_path):
    """A folder for packages signed by the tests' key, which is the only trusted one."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "tests.pem").write_bytes(public_pem(SIGNING_KEY))
    settings.MODEL_TRUSTED_KEYS = [str(tmp_path / "keys")]
    settings.DEFAULT_MODEL = "tiny-digits"
    return tmp_path / "models"


def damage(package):
    path = package / "card" / "metrics.json"
    path.write_bytes(path.read_bytes().replace(b"0.5", b"0.6"))


def test_the_highest_version_answers_unless_another_is_named(models_dir):
    write_package(models_dir)
    write_package(models_dir, metadata=NEWER)

    models = load_models(models_dir)

    assert [(state.version, state.active) for state in models.states()] == [
        ("1.2.3", False),
        ("1.10.0", True),
    ]
    assert models.recognizer().package.metadata.version == "1.10.0"
    assert models.recognizer("tiny-digits").package.metadata.version == "1.10.0"
    assert models.recognizer("tiny-digits@1.2.3").package.metadata.version == "1.2.3"


def test_a_name_without_a_version_behind_its_sign_is_the_active_one(models_dir):
    write_package(models_dir)

    assert load_models(models_dir).recognizer("tiny-digits@").package.metadata.version == "1.2.3"


@pytest.mark.parametrize("selector", ["nobody", "tiny-digits@9.9.9", "@", "../tiny-digits"])
def test_a_model_that_is_not_installed_is_unknown(models_dir, selector):
    write_package(models_dir)
    models = load_models(models_dir)

    with pytest.raises(UnknownModel, match="installed: tiny-digits"):
        models.recognizer(selector)


def test_a_refused_package_is_unavailable_and_no_older_one_stands_in(models_dir):
    write_package(models_dir)
    damage(write_package(models_dir, metadata=NEWER))

    models = load_models(models_dir)

    with pytest.raises(ModelUnavailable, match="digest_mismatch"):
        models.recognizer()
    assert models.states()[1].rejection.code == "digest_mismatch"
    assert models.states()[1].package is None


def test_a_refused_package_leaves_other_models_serving(models_dir):
    damage(write_package(models_dir))
    write_package(models_dir, metadata=replace(JOBLIB_METADATA, name="other-digits"))

    models = load_models(models_dir)

    assert models.recognizer("other-digits").package.metadata.name == "other-digits"


@pytest.mark.parametrize(
    ("name", "version"), [("tiny.digits", "1.2.3"), ("tiny-digits", "01.2.4"), ("tiny-digits", "1.2.٤")]
)
def test_a_folder_that_is_called_like_no_package_is_none(models_dir, name, version):
    write_package(models_dir)
    (models_dir / name / version).mkdir(parents=True)

    assert [state.version for state in load_models(models_dir).states()] == ["1.2.3"]


def test_a_file_that_is_called_like_a_version_is_no_package(models_dir):
    (write_package(models_dir).parent / "2.0.0").write_text("no folder")

    assert [state.version for state in load_models(models_dir).states()] == ["1.2.3"]


@pytest.mark.parametrize("limit", ["=", "=+", "=digits-*+"])
def test_an_empty_limit_of_a_key_stops_the_start(settings, tmp_path, limit):
    settings.MODEL_TRUSTED_KEYS = [f"{tmp_path}{limit}"]

    with pytest.raises(ImproperlyConfigured, match="MODEL_TRUSTED_KEYS"):
        trust_policy()


def test_an_empty_folder_serves_nothing(models_dir):
    models = load_models(models_dir)

    assert models.states() == []
    assert not models.has_default()
    with pytest.raises(ModelUnavailable, match="default model 'tiny-digits' is not installed"):
        models.recognizer()
    with pytest.raises(UnknownModel, match="installed: none"):
        models.recognizer("tiny-digits")


def test_a_trusted_key_may_be_limited_to_model_names(settings, tmp_path):
    key = tmp_path / "letters.pem"
    key.write_bytes(public_pem(OTHER_KEY))
    settings.MODEL_TRUSTED_KEYS = [f"{key}=letters-*+digits-*"]

    (trusted,) = trust_policy().keys

    assert trusted.name == "letters"
    assert trusted.model_patterns == ("letters-*", "digits-*")
    assert (
        trusted.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) == key.read_bytes()
    )


def test_a_missing_folder_of_keys_holds_no_key(settings, tmp_path):
    settings.MODEL_TRUSTED_KEYS = [str(tmp_path / "none")]

    assert trust_policy().keys == ()


@pytest.mark.parametrize("content", [None, b"no key"])
def test_a_named_key_that_cannot_be_read_stops_the_start(settings, tmp_path, content):
    key = tmp_path / "key.pem"
    if content:
        key.write_bytes(content)
    settings.MODEL_TRUSTED_KEYS = [str(key)]

    with pytest.raises(ImproperlyConfigured, match=r"MODEL_TRUSTED_KEYS.*key\.pem"):
        trust_policy()


def test_a_misspelt_revoked_digest_stops_the_start(settings):
    settings.MODEL_REVOKED_DIGESTS = ["sha256:abc"]

    with pytest.raises(ImproperlyConfigured, match="MODEL_REVOKED_DIGESTS"):
        trust_policy()


def test_a_revoked_digest_is_written_with_or_without_its_algorithm(settings):
    settings.MODEL_REVOKED_DIGESTS = ["sha256:" + "ab" * 32, "cd" * 32]

    assert trust_policy().revoked_digests == {"ab" * 32, "cd" * 32}


@pytest.fixture
def served_from(monkeypatch):
    """Make this process serve the packages of a folder."""

    def serve(models_dir):
        models = load_models(models_dir)
        for module in ("predictor.checks", "predictor.management.commands.list_models"):
            monkeypatch.setattr(f"{module}.served_models", lambda: models)
        return models

    return serve


def test_list_models_shows_what_verified_and_why_another_did_not(models_dir, served_from, capsys):
    write_package(models_dir)
    damage(write_package(models_dir, metadata=NEWER))
    served_from(models_dir)

    call_command("list_models")

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("  tiny-digits 1.2.3  verified, signed by tests; joblib")
    assert second.startswith(
        "* tiny-digits 1.10.0  REFUSED: tiny-digits 1.10.0: digest of card/metrics.json is "
    )


def test_list_models_says_that_nothing_is_installed(models_dir, served_from, capsys):
    served_from(models_dir)

    call_command("list_models")

    assert "No model is installed" in capsys.readouterr().err


def test_the_deployment_check_names_a_missing_default_model(models_dir, served_from):
    served_from(models_dir)

    assert [message.id for message in check_models()] == ["predictor.E001"]


def test_the_deployment_check_names_a_refused_package(models_dir, served_from):
    damage(write_package(models_dir))
    served_from(models_dir)

    (message,) = check_models()

    assert message.id == "predictor.E002"
    assert "digest of card/metrics.json" in message.msg


def test_the_deployment_check_is_content_with_verified_models(models_dir, served_from):
    write_package(models_dir)
    served_from(models_dir)

    assert check_models() == []


def test_a_refusal_is_logged_with_its_reason(models_dir, caplog):
    damage(write_package(models_dir))

    load_models(models_dir)

    (record,) = [record for record in caplog.records if record.message == "package_rejected"]
    assert (record.model, record.version, record.code) == ("tiny-digits", "1.2.3", "digest_mismatch")
    assert "digest of card/metrics.json" in record.reason


def test_the_models_of_a_process_are_loaded_once():
    assert serving.served_models() is serving.served_models()
