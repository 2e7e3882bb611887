"""A site that has nothing yet, for the commands that make packages of somebody's own model."""

from __future__ import annotations

import pytest

from predictor.recognition.model_package import TrustedKey, TrustPolicy
from predictor.recognition.signing_keys import create_key_pair, load_public_key


@pytest.fixture
def empty_site(tmp_path, monkeypatch, settings):
    """A deployment that has nothing yet, in the current folder."""
    monkeypatch.chdir(tmp_path)
    settings.VAR_DIR = tmp_path / "var"
    settings.SIGNING_KEY = tmp_path / "var" / "signing" / "signing-key.pem"
    settings.MODELS_DIR = tmp_path / "models"


@pytest.fixture
def policy(empty_site, tmp_path):
    """Trusts the key in key.pem."""
    private_pem, public_pem = create_key_pair()
    (tmp_path / "key.pem").write_bytes(private_pem)
    return TrustPolicy((TrustedKey("publisher", load_public_key(public_pem)),))
