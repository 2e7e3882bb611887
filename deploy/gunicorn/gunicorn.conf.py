"""gunicorn as `make run` starts it: the simple way to serve on one machine.

It waits for slow clients without end, so on a network a proxy that buffers requests belongs before it.

gunicorn --config deploy/gunicorn/gunicorn.conf.py --bind 127.0.0.1:8000 mnistsite.wsgi
"""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A browser's idle connections and a slow upload then hold a thread and not a whole worker.
worker_class = "gthread"
threads = 8
# Each worker loads its own model: onnxruntime's threads do not survive a fork.
preload_app = False
timeout = 30
graceful_timeout = 30
keepalive = 5
control_socket_disable = True  # Signals do all that is needed; no socket outside the project.
# Workers count in files of this folder, and the one that is asked for /metrics adds them up. The Prometheus
# library takes its name from the environment when a worker imports it.
_var_dir = os.environ.get("VAR_DIR") or Path(__file__).resolve().parents[2] / "var"
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(Path(_var_dir, "metrics").absolute()))


def on_starting(_server: Any) -> None:
    """Begin to count at nought, as the files of a former run would be added for ever; and import the code."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
    # Workers share the memory of the code. A changed one needs a restart: SIGHUP does not load it anew.
    import_module("mnistsite.preload")


def child_exit(_server: Any, worker: Any) -> None:
    """What a worker showed as its present state ends with it; what it counted stays."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - a setting above must come first

    multiprocess.mark_process_dead(worker.pid)


# Request lines are logged by the application, with request id and duration.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "predictor.json_logs.JSONFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True}},
}
