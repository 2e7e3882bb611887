"""The WSGI entry point.

Models are verified, loaded and warmed up here, before the first request: WSGI servers run no system checks.
"""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mnistsite.settings")
django.setup(set_prefix=False)

# These need the settings that are loaded above.
from django.conf import settings  # noqa: E402

from mnistsite.handlers import UTF8WSGIHandler  # noqa: E402
from predictor.short_way.application import ShortWay  # noqa: E402
from predictor.tracing.start import start_tracing  # noqa: E402
from predictor.versions.watcher import start_watching  # noqa: E402

start_tracing()
_django: Any = UTF8WSGIHandler()
# A trace wants to see every step.
application = _django if settings.TRACING else ShortWay(_django)
start_watching()
