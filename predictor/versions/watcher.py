"""One thread in each worker follows what operators want, beside the requests that are answered.

It loads and asks a wanted version first and then replaces what is served in one step, so that no request
waits or is lost. What it cannot load it reports, and what was served is served on. The same while the
database is lost.
"""

from __future__ import annotations

import atexit
import logging
import time
from contextlib import suppress
from threading import Event, Lock, Thread

from django.conf import settings
from django.db import DatabaseError, connection

from predictor.metrics.gathered import gathered
from predictor.metrics.instruments import show_database, show_models, show_worker
from predictor.served_models import ServedModels
from predictor.serving import served_models, update_models
from predictor.versions import shadow_counts
from predictor.versions.wanted import Wanted, read_wanted
from predictor.versions.worker_report import HEARTBEAT_SECONDS, report, take_leave

logger = logging.getLogger("predictor.versions")

LOOK_SECONDS = 1.0  # Promised is a switch within 5 s, and loading takes its time on a busy machine.
RETRY_SECONDS = 30  # A refused package may have been mended; reading it each second would cost too much.
_FOLLOWING = Lock()  # What was read first is followed first, by the thread or by a request that chose.
_STOP_SECONDS = 2  # A worker that ends does not wait longer for a model being loaded.


class Watcher:
    """Follows the rows of `ModelActivation`. `look` does all the work; the thread calls it over and over."""

    def __init__(self) -> None:
        self._seen: dict[str, Wanted] | None = None
        self._failed = False
        self._retry_at = float("-inf")
        self._reported: ServedModels | None = None
        self._report_at = float("-inf")
        self._database_lost = False
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="model-versions", daemon=True)

    def start(self) -> None:
        """Begin to look, until the process ends or `stop` is called."""
        self._thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """End the thread. It is a daemon: one that is in the middle of loading dies with the process."""
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)
        gathered.write()

    def look(self) -> None:
        """Read what is wanted, follow it, and tell what came of it.

        Raises:
            DatabaseError: the database is lost; nothing was changed.
        """
        with _FOLLOWING:
            self._follow(read_wanted())
        self._report(served_models())
        shadow_counts.store()

    def _follow(self, wanted: dict[str, Wanted]) -> None:
        before, now = served_models(), time.monotonic()
        unfinished = self._failed or before.problems
        if wanted == self._seen and not (unfinished and now >= self._retry_at):
            return
        self._seen, self._retry_at = wanted, now + RETRY_SECONDS
        self._failed = True  # Until the next line is done; what nobody foresaw is tried again later, too.
        _follow_wanted(wanted)
        self._failed = False

    def _report(self, models: ServedModels) -> None:
        now = time.monotonic()
        if models is self._reported and now < self._report_at:
            return
        report(models)
        self._reported, self._report_at = models, now + HEARTBEAT_SECONDS

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._look_safely()
            gathered.write()
            self._stopping.wait(LOOK_SECONDS)
        with suppress(DatabaseError):
            take_leave()
        connection.close()

    def _look_safely(self) -> None:
        """Look, and whatever happens live on: a worker without its watcher would never switch again."""
        try:
            self.look()
        except DatabaseError as error:
            connection.close()  # The next look opens a new one.
            self._note_database(lost=True, reason=str(error))
        except Exception:
            logger.exception("model_versions_failed")
        else:
            self._note_database(lost=False)

    def _note_database(self, *, lost: bool, reason: str = "") -> None:
        """Log the change, not every second of it; metrics show the state."""
        if lost != self._database_lost:
            event = "model_versions_database_lost" if lost else "model_versions_database_back"
            logger.warning(event, extra={"reason": reason})
        self._database_lost = lost
        show_database(reachable=not lost)


def start_watching() -> None:
    """Load this worker's models and begin to follow what is wanted.

    Call it in the process that answers, after it was forked: threads and models do not survive a fork.
    """
    if not settings.FOLLOW_MODEL_VERSIONS:
        return
    show_models(served_models())
    show_worker()
    connection.close()  # The one that reading at the start opened; each request has its own.
    gathered.begin()
    Watcher().start()


def follow_now() -> None:
    """Follow what is wanted in this process before the next request, so that who chose it finds it done.

    Raises:
        DatabaseError: the database is lost; nothing was changed.
    """
    with _FOLLOWING:
        _follow_wanted(read_wanted())


def _follow_wanted(wanted: dict[str, Wanted]) -> None:
    before = served_models()
    after = update_models(before, settings.MODELS_DIR, wanted)
    served_models.replace(after)
    show_models(after)
    _log_switches(before, after)


def _log_switches(before: ServedModels, after: ServedModels) -> None:
    old = before.active_versions()
    for name, version in after.active_versions().items():
        if old.get(name) != version:
            extra = {"model": name, "from_version": old.get(name, ""), "version": version}
            logger.info("model_switched", extra=extra)
