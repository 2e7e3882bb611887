"""The project's settings, made fast and independent of the machine."""

import os
import tempfile
from pathlib import Path

_VAR_DIR = Path(tempfile.mkdtemp(prefix="mnistsite-tests-"))
os.environ.update(
    SECRET_KEY="tests-only-" + "x" * 50,
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    HTTPS="false",
    VAR_DIR=str(_VAR_DIR),
)
for name in ("DATABASE_URL", "MODELS_DIR", "MODEL_TRUSTED_KEYS", "DEFAULT_MODEL", "DEBUG"):
    os.environ.pop(name, None)

from mnistsite.settings import *  # noqa: E402, F403 - tests start from the real settings

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Fast; no test stores a real password.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True  # Serve from the source folders: no collectstatic before a test.
