"""gunicorn as `make run` starts it: the simple way to serve on one machine.

It waits for slow clients without end, so on a network a proxy that buffers requests belongs before it.

gunicorn --config deploy/gunicorn/gunicorn.conf.py --bind 127.0.0.1:8000 mnistsite.wsgi
"""

import os

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
