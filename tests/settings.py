"""The project's settings, made fast and independent of the machine."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_VAR_DIR = tempfile.mkdtemp(prefix="mnistsite-tests-")
atexit.register(shutil.rmtree, _VAR_DIR, ignore_errors=True)
# The shipped packages alone: what was trained in this checkout is signed by a key that tests do not know.
_ROOT = Path(__file__).parent.parent
for _package in ("mnist-sgd/1.1.0", "mnist-mlp/1.0.0", "mnist-cnn/1.3.0", "fashion-cnn/1.2.0"):
    shutil.copytree(_ROOT / "trained_models" / _package, Path(_VAR_DIR, "models", _package))
_SETTINGS = (
    "MODEL",
    "DEFAULT_MODEL",
    "MAX_IMAGE_",
    "MAX_INFERENCE_",
    "DATABASE_",
    "SECRET_KEY",
    "LOG_",
    "DEBUG",
)
for _name in list(os.environ):  # What the machine sets for the project is not the tests' affair.
    if _name.startswith(
        (
            *_SETTINGS,
            "HSTS_",
            "CSRF_",
            "TRUST_PROXY",
            "RATE_LIMIT_",
            "CACHE_URL",
            "METRICS_",
            "PROMETHEUS_",
            "OTEL_",
        )
    ):
        del os.environ[_name]
# `make test-postgres` names both; without them: SQLite, and counters in it.
# Each of pytest's processes has one of Redis' databases to itself.
_CACHE_URL = os.environ.get("TEST_CACHE_URL", "")
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ.update(
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
    CACHE_URL=_CACHE_URL and f"{_CACHE_URL.rpartition('/')[0]}/{_PROCESS}",
    SECRET_KEY="tests-only-" + "x" * 50,
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    HTTPS="false",
    VAR_DIR=_VAR_DIR,
    LOG_DELAY_SECONDS="0",
    MODELS_DIR=f"{_VAR_DIR}/models",
    RATE_LIMIT_PER_TOKEN="0",  # Tests of limits set their own; no other is held up by one.
    RATE_LIMIT_PER_ADDRESS="0",
)

from mnistsite.settings import *  # noqa: E402, F403 - tests start from the real settings

FOLLOW_MODEL_VERSIONS = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Fast; no test stores a real password.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
TOKEN_CACHE_SECONDS = 0  # Tests change rows and look at once; those of the cache turn it on.
USAGE_FLUSH_SECONDS = 0  # At once, and not by another thread.
WHITENOISE_AUTOREFRESH = True  # Serve from the source folders: no collectstatic before a test.
