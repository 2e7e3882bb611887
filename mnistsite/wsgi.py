"""The WSGI entry point.

Models are verified, loaded and warmed up here, before the first request: WSGI servers run no system checks.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mnistsite.settings")
django.setup(set_prefix=False)

# These need the settings that are loaded above.
from mnistsite.handlers import UTF8WSGIHandler  # noqa: E402
from predictor.tracing.start import start_tracing  # noqa: E402
from predictor.versions.watcher import start_watching  # noqa: E402

start_tracing()
application = UTF8WSGIHandler()
start_watching()
