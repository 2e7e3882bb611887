"""What is imported before the fork holds code alone: nothing that a worker must begin for itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PRELOAD = """
import gc, json, sys, threading
import mnistsite.preload
from django.db import connection
from predictor.serving import served_models

print(json.dumps({
    "threads": threading.active_count(),
    "database": connection.connection is not None,
    "models": served_models._models is not None,
    "frozen": gc.get_freeze_count() > 0,
    "imported": sorted({"sklearn", "onnxruntime", "torch", "predictor.api.views"} & set(sys.modules)),
}))
"""


def preloaded(tmp_path, models):
    printed = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PRELOAD],
        cwd=ROOT,
        env=dict(os.environ)
        | {
            "DJANGO_SETTINGS_MODULE": "mnistsite.settings",
            "SECRET_KEY": "tests-only-" + "x" * 50,
            "VAR_DIR": str(tmp_path),
            "MODELS_DIR": str(models),
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return json.loads(printed)


def test_code_is_imported_and_nothing_else_is_begun(tmp_path):
    assert preloaded(tmp_path, ROOT / "trained_models") == {
        "threads": 1,
        "database": False,
        "models": False,
        "frozen": True,
        "imported": ["onnxruntime", "predictor.api.views"],
    }


def test_a_site_without_onnx_packages_does_without_onnxruntime(tmp_path):
    assert preloaded(tmp_path, tmp_path)["imported"] == ["predictor.api.views"]


def test_the_first_process_shows_no_metrics_of_its_own(tmp_path):
    preloaded(tmp_path, tmp_path)

    assert list(tmp_path.glob("*.db")) == []
