from __future__ import annotations

import os
import signal
from dataclasses import replace
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from predictor.management.commands import train_model
from predictor.recognition.model_package import TrustedKey, TrustPolicy, open_package
from predictor.recognition.signing_keys import create_key_pair, load_public_key
from predictor.training.recipes import RECIPES
from predictor.training.recipes.mnist_sgd import Settings, fit
from tests.training.idx_folders import write_idx_folder


@pytest.fixture(autouse=True)
def _quick_recipe(monkeypatch):
    quick = partial(fit, candidates=(Settings(alpha=1e-5, eta0=0.05, epochs=2),))
    monkeypatch.setattr(train_model, "RECIPES", {"mnist-sgd": replace(RECIPES["mnist-sgd"], fit=quick)})


@pytest.fixture
def deployment(settings, tmp_path):
    """Settings of a deployment that has nothing yet."""
    settings.VAR_DIR = tmp_path / "var"
    settings.SIGNING_KEY = tmp_path / "var" / "signing" / "signing-key.pem"
    settings.MODELS_DIR = tmp_path / "models"
    return settings


@pytest.fixture
def data_dir(tmp_path):
    return write_idx_folder(tmp_path / "data")


@pytest.fixture
def key_pair(tmp_path):
    """A private key's path and the policy that trusts it."""
    private_pem, public_pem = create_key_pair()
    path = tmp_path / "key.pem"
    path.write_bytes(private_pem)
    return path, TrustPolicy((TrustedKey("publisher", load_public_key(public_pem)),))


def train(*arguments, **options):
    out, err = StringIO(), StringIO()
    call_command("train_model", "mnist-sgd", *map(str, arguments), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_a_package_signed_with_the_given_key_is_written(deployment, data_dir, key_pair):
    key, policy = key_pair

    out, _err = train("--data-dir", data_dir, "--signing-key", key)

    folder = deployment.MODELS_DIR / "mnist-sgd" / "1.0.0"
    assert open_package(folder, policy).signer == "publisher"
    assert out.endswith(f"Package: {folder}\n")


def test_stages_figures_and_times_are_shown(deployment, data_dir, key_pair):
    out, _err = train("--data-dir", data_dir, "--signing-key", key_pair[0])

    assert "Loading the data: " in out
    assert "  epoch 1 of 2\n" in out
    assert "accuracy   " in out


def test_verbosity_0_prints_the_folder_alone(deployment, data_dir, key_pair):
    out, _err = train("--data-dir", data_dir, "--signing-key", key_pair[0], "--verbosity", 0)

    assert out == f"Package: {deployment.MODELS_DIR / 'mnist-sgd' / '1.0.0'}\n"


def test_without_a_key_one_is_made_and_trusted(deployment, data_dir):
    out, _err = train("--data-dir", data_dir)

    public_pem = (deployment.VAR_DIR / "trusted_keys" / "signing-key.pem").read_bytes()
    policy = TrustPolicy((TrustedKey("own", load_public_key(public_pem)),))
    assert open_package(deployment.MODELS_DIR / "mnist-sgd" / "1.0.0", policy).signer == "own"
    assert "There is no signing key yet; making one" in out


def test_the_made_key_signs_the_next_version_too(deployment, data_dir):
    train("--data-dir", data_dir)

    out, _err = train("--data-dir", data_dir)

    assert "There is no signing key yet" not in out
    assert out.endswith("1.0.1\n")


def test_version_and_output_can_be_chosen(deployment, data_dir, key_pair, tmp_path):
    output = tmp_path / "elsewhere"

    train("--data-dir", data_dir, "--signing-key", key_pair[0], "--version", "2.5.0", "--output", output)

    assert open_package(output / "mnist-sgd" / "2.5.0", key_pair[1]).metadata.version == "2.5.0"


def test_other_data_than_mnist_are_pointed_out(deployment, data_dir, key_pair):
    _out, err = train("--data-dir", data_dir, "--signing-key", key_pair[0])

    assert "The train data are no known data set" in err
    assert "The test data are no known data set" in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--data-dir", "/nowhere"], "train-images-idx3-ubyte.gz cannot be read"),
        (["--version", "one"], "version must match"),
        (["--signing-key", "/nowhere/key.pem"], "No such file"),
    ],
)
def test_what_cannot_be_done_is_refused(deployment, data_dir, key_pair, arguments, reason):
    valid = ["--data-dir", data_dir, "--signing-key", key_pair[0]]

    with pytest.raises(CommandError, match=reason):
        train(*valid, *arguments)

    assert not list(deployment.MODELS_DIR.glob("*"))


def test_an_existing_version_is_refused(deployment, data_dir, key_pair):
    train("--data-dir", data_dir, "--signing-key", key_pair[0])

    with pytest.raises(CommandError, match="a version never changes"):
        train("--data-dir", data_dir, "--signing-key", key_pair[0], "--version", "1.0.0")


def test_an_unknown_model_is_wrong_usage(deployment):
    with pytest.raises(CommandError, match="invalid choice: 'mnist-xyz'"):
        call_command("train_model", "mnist-xyz")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_without_a_package(deployment, data_dir, key_pair, monkeypatch, sent):
    def fit_until_interrupted(*args, **options):
        os.kill(os.getpid(), sent)
        return fit(*args, **options)

    recipe = replace(RECIPES["mnist-sgd"], fit=fit_until_interrupted)
    monkeypatch.setattr(train_model, "RECIPES", {"mnist-sgd": recipe})
    handler = signal.getsignal(signal.SIGTERM)

    with pytest.raises(CommandError, match="Interrupted; no package was written"):
        train("--data-dir", data_dir, "--signing-key", key_pair[0])

    assert not list(deployment.MODELS_DIR.glob("*"))
    assert signal.getsignal(signal.SIGTERM) == handler
