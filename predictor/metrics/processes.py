"""How the worker processes of one server count together: each in files of its own, which a scrape adds up.

Under gunicorn a worker's files carry its process id, and gunicorn's configuration ends what a dead worker
showed. uWSGI tells nobody in Python of a worker's death. So there they carry the worker's number: its
successor goes on counting in them, and they never become more.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

from predictor.uwsgi_server import uwsgi_module


def count_by_worker() -> None:
    """Under uWSGI, count in files by the worker's number. Call it before the first metric is made."""
    uwsgi = uwsgi_module()
    if not settings.METRICS_DIR or uwsgi is None:
        return
    _forget_predecessor()
    # Where this is imported before the fork, the number is known only after it.
    os.register_at_fork(after_in_child=_forget_predecessor)
    values.ValueClass = values.MultiProcessValue(uwsgi.worker_id)  # type: ignore[no-untyped-call]


def _forget_predecessor() -> None:
    """Take away what the worker of this number showed before as its present state."""
    mark_process_dead(uwsgi_module().worker_id())  # type: ignore[no-untyped-call]


def leave_counting_to_workers() -> None:
    """Take away the files of this process, which imported the metrics only for those that it forks.

    They would tell of a process that answers nobody, such as that it reaches no database. Each worker opens
    files of its own when it first counts.
    """
    if not settings.METRICS_DIR:
        return
    uwsgi = uwsgi_module()
    own = uwsgi.worker_id() if uwsgi else os.getpid()
    for file in Path(settings.METRICS_DIR).glob(f"*_{own}.db"):
        file.unlink()


def request_slots() -> int:
    """How many requests this process answers at a time; 0 where only its server knows."""
    uwsgi = uwsgi_module()
    return int(uwsgi.opt.get("threads", 1)) if uwsgi else 0
