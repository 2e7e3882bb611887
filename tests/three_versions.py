"""A site with three versions of a tiny model: two good ones, of which the older serves, and a damaged one.

Import the fixture `site` where it is wanted; in `tests/versions` every test has it.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from predictor.serving import served_models
from predictor.versions.worker_report import report
from tests.packages import JOBLIB_METADATA, SIGNING_KEY, public_pem, write_package

NEWER = replace(JOBLIB_METADATA, version="2.0.0")
DAMAGED = replace(JOBLIB_METADATA, version="3.0.0")


def damage(package):
    path = package / "card" / "metrics.json"
    path.write_bytes(path.read_bytes().replace(b"0.5", b"0.6"))


@pytest.fixture(autouse=True)
def site(tmp_path, settings, db):
    """This worker started when 1.2.3 was alone; 2.0.0 and a damaged 3.0.0 were installed since."""
    (tmp_path / "tests.pem").write_bytes(public_pem(SIGNING_KEY))
    settings.MODELS_DIR = tmp_path / "models"
    settings.MODEL_TRUSTED_KEYS = [str(tmp_path / "tests.pem")]
    settings.DEFAULT_MODEL = "tiny-digits"
    write_package(settings.MODELS_DIR)
    served_models.cache_clear()
    report(served_models())
    write_package(settings.MODELS_DIR, metadata=NEWER)
    damage(write_package(settings.MODELS_DIR, metadata=DAMAGED))
    yield settings.MODELS_DIR
    served_models.cache_clear()
