"""The code that every worker needs: a server imports this before it forks, and its workers share the memory.

Only code is loaded here. Models, threads, connections and counts begin in each worker (`wsgi`): onnxruntime's
threads do not survive a fork, and a worker that starts late must not serve what the first process once read.
"""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mnistsite.settings")
django.setup(set_prefix=False)

# These need the settings that are loaded above.
from django.conf import settings  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from mnistsite import handlers  # noqa: E402, F401
from predictor.metrics.processes import leave_counting_to_workers  # noqa: E402
from predictor.short_way import application  # noqa: E402, F401
from predictor.versions import watcher  # noqa: E402, F401

# The addresses name every view, and so import all that answers.
_ = get_resolver().url_patterns
if any(settings.MODELS_DIR.glob("*/*/*.onnx")):
    import onnxruntime  # noqa: F401
leave_counting_to_workers()
# The collector writes to what it looks at, and a page that is written to is no longer shared.
gc.collect()
gc.freeze()
