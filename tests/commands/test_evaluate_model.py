from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from predictor.serving import served_models
from predictor.training.datasets import load_data_set
from predictor.training.package_builder import build_package
from predictor.training.progress import silent
from predictor.training.recipe import Run
from predictor.training.recipes import RECIPES
from predictor.training.recipes.mnist_sgd import Settings, fit
from tests import packages
from tests.training.idx_folders import write_idx_folder


@pytest.fixture
def data_dir(tmp_path):
    return write_idx_folder(tmp_path / "data")


@pytest.fixture
def install(settings, tmp_path):
    """Install the tiny model, with this metadata changed, as the only one."""
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(packages.public_pem(packages.SIGNING_KEY))
    settings.MODELS_DIR = tmp_path / "models"
    settings.MODEL_TRUSTED_KEYS = [str(trusted)]

    def write(files=None, **changes):
        metadata = packages.replace(packages.JOBLIB_METADATA, **changes)
        packages.write_package(settings.MODELS_DIR, metadata=metadata, files=files)
        served_models.cache_clear()

    yield write
    served_models.cache_clear()


def evaluate(*arguments):
    out = StringIO()
    call_command("evaluate_model", *map(str, arguments), stdout=out)
    return out.getvalue()


def figures(data_dir, *arguments):
    return json.loads(evaluate("tiny-digits", "--data-dir", data_dir, "--json", *arguments))


def test_the_figures_are_printed(install, data_dir):
    install()

    out = evaluate("tiny-digits", "--data-dir", data_dir)

    assert out.startswith("pictures                    20\naccuracy   ")
    assert "rejected  " in out
    assert "confusion matrix" in out
    assert "ms of CPU time a picture" in out
    assert "no digit          rejected   count\nLatin letters " in out
    assert out.endswith("Not compared with the model's card, which tells of other pictures.\n")


def test_json_has_the_form_of_the_card(install, data_dir):
    install()

    measured = figures(data_dir)

    assert measured["data"] == {"name": "unrecognised data", "split": "test", "count": 20}
    assert sum(map(sum, measured["confusion_matrix"])) == 20
    assert measured["agrees_with_card"] is None


def test_the_card_of_a_package_holds_what_is_measured(data_dir, settings, tmp_path, install):
    folder, _evaluation = build_package(
        replace(RECIPES["mnist-sgd"], fit=partial(fit, candidates=(Settings(1e-5, 0.05, 5),))),
        load_data_set(data_dir),
        models_dir=settings.MODELS_DIR,
        version="1.0.0",
        created=datetime(2026, 11, 22, tzinfo=UTC),
        private_key=packages.SIGNING_KEY,
        run=Run(0, silent, tmp_path / "checkpoint"),
    )
    card = json.loads((folder / "card" / "metrics.json").read_bytes())

    measured = json.loads(evaluate("mnist-sgd", "--data-dir", data_dir, "--json"))

    del card["latency_ms"], measured["latency_ms"]
    assert measured == card | {"agrees_with_card": True}


def test_a_limit_takes_the_first_pictures(install, data_dir):
    install()

    measured = figures(data_dir, "--limit", 5)

    assert measured["data"]["count"] == 5


@pytest.fixture
def measured_package(install, data_dir):
    """Install the tiny model with the figures that were measured, changed like this on its card."""

    def reinstall(**changes):
        install()
        measured = figures(data_dir)
        install(
            files={"card/metrics.json": json.dumps(measured | changes).encode()},
            data=(load_data_set(data_dir).test.describe("test"),),
            metrics={
                "accuracy": measured["accuracy"],
                "expected_calibration_error": measured["expected_calibration_error"],
                "accepted_share": measured["accepted"]["share"],
                "accepted_accuracy": measured["accepted"]["accuracy"],
            },
        )

    return reinstall


def test_a_card_with_the_same_figures_agrees(measured_package, data_dir):
    measured_package()

    out = evaluate("tiny-digits@1.2.3", "--data-dir", data_dir)

    assert out.endswith("The model's card gives the same figures.\n")


def test_a_figure_that_the_card_alone_embellishes_is_named(measured_package, data_dir):
    measured_package(expected_calibration_error=0.9)

    with pytest.raises(CommandError, match="for these pictures: expected_calibration_error"):
        evaluate("tiny-digits", "--data-dir", data_dir)


def test_a_card_with_other_figures_is_a_failure(install, data_dir):
    install(data=(load_data_set(data_dir).test.describe("test"),), metrics={"accuracy": 0.999})

    with pytest.raises(CommandError, match="The model's card gives other figures"):
        evaluate("tiny-digits", "--data-dir", data_dir)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["unheard-of"], "unheard-of"),
        (["tiny-digits@9.9.9"], "tiny-digits@9.9.9"),
        (["tiny-digits", "--data-dir", "/nowhere"], "cannot be read"),
        (["tiny-digits", "--limit", "0"], "at least 1"),
    ],
)
def test_what_cannot_be_measured_is_refused(install, data_dir, arguments, reason):
    install()

    with pytest.raises(CommandError, match=reason):
        call_command("evaluate_model", "--data-dir", str(data_dir), *arguments)


def test_a_refused_package_is_not_measured(install, data_dir, settings):
    install()
    (settings.MODELS_DIR / "tiny-digits" / "1.2.3" / "extra.txt").write_text("not signed")

    with pytest.raises(CommandError, match="file_unlisted"):
        evaluate("tiny-digits", "--data-dir", data_dir)
