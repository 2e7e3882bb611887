"""The ASGI entry point; see wsgi.py, which the project serves with."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mnistsite.settings")
django.setup(set_prefix=False)

# These need the settings that are loaded above.
from mnistsite.handlers import UTF8ASGIHandler  # noqa: E402
from predictor.tracing.start import start_tracing  # noqa: E402
from predictor.versions.watcher import start_watching  # noqa: E402

start_tracing()
application = UTF8ASGIHandler()
start_watching()
