"""Each worker process tells in the database what it serves and what it could not load."""

from __future__ import annotations

import os
import socket
from dataclasses import asdict
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from predictor.served_models import ServedModels
from predictor.versions.rows import WorkerReport

HEARTBEAT_SECONDS = 30
# Not heard of for so long, a worker is gone: it was killed, or its machine was.
GONE_AFTER = timedelta(seconds=3 * HEARTBEAT_SECONDS)


def worker_name() -> str:
    """This process among those of all machines."""
    return f"{socket.gethostname()}:{os.getpid()}"


def report(models: ServedModels) -> None:
    """Write this worker's row, and remove those of workers that are gone.

    Raises:
        DatabaseError: the database is lost.
    """
    now = timezone.now()
    told = {
        "serving": models.active_versions(),
        "problems": [asdict(problem) for problem in models.problems],
        "seen_at": now,
    }
    WorkerReport.objects.update_or_create(worker=worker_name(), defaults=told)
    WorkerReport.objects.filter(seen_at__lt=now - GONE_AFTER).delete()


def take_leave() -> None:
    """Remove this worker's row.

    Raises:
        DatabaseError: the database is lost.
    """
    WorkerReport.objects.filter(worker=worker_name()).delete()


def living_workers() -> QuerySet[WorkerReport]:
    """The workers heard of lately."""
    return WorkerReport.objects.filter(seen_at__gte=timezone.now() - GONE_AFTER)
