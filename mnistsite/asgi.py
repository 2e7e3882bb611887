"""The ASGI entry point; see wsgi.py, which the project serves with."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mnistsite.settings")
django.setup(set_prefix=False)

# Both need the settings that are loaded above.
from mnistsite.handlers import UTF8ASGIHandler  # noqa: E402
from predictor.versions.watcher import start_watching  # noqa: E402

application = UTF8ASGIHandler()
start_watching()
