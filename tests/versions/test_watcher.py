"""A worker follows what is wanted while it serves, and keeps what it has where it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from django.db import DatabaseError
from django.utils import timezone

from predictor.activation import activate, set_canary
from predictor.audit import COMMAND_LINE
from predictor.models import WorkerReport
from predictor.serving import served_models
from predictor.versions import watcher as watching
from predictor.versions.watcher import Watcher
from tests.packages import JOBLIB_METADATA, SIGNING_KEY, write_package
from tests.three_versions import NEWER, damage


@pytest.fixture
def watcher(site):
    """One that has looked once, when nothing was chosen yet."""
    watcher = Watcher()
    watcher.look()
    return watcher


def active():
    return served_models().recognizer().package.metadata.version


def test_a_version_that_was_installed_since_the_start_is_loaded_when_it_is_activated(watcher):
    assert active() == "1.2.3"
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    watcher.look()

    assert active() == "2.0.0"
    assert [state.version for state in served_models().states()] == ["1.2.3", "2.0.0"]


def test_a_new_model_is_served_without_a_new_start(watcher, site):
    write_package(site, metadata=replace(JOBLIB_METADATA, name="new-digits"))
    activate("new-digits", "1.2.3", author=COMMAND_LINE)

    watcher.look()

    assert served_models().recognizer("new-digits").package.metadata.name == "new-digits"
    assert active() == "1.2.3"


def test_a_request_ends_with_the_version_that_it_began_with(watcher):
    recognizer = served_models().recognizer()
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)

    watcher.look()

    assert recognizer.package.metadata.version == "1.2.3"
    assert active() == "2.0.0"


def test_a_package_that_went_bad_since_it_was_chosen_leaves_the_running_version(watcher, site, client):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    damage(site / "tiny-digits" / "2.0.0")

    watcher.look()

    ready = client.get("/readyz")
    assert active() == "1.2.3"
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["warnings"] == {"active model tiny-digits 2.0.0": "digest_mismatch"}
    (problem,) = WorkerReport.objects.get().problems
    assert (problem["version"], problem["role"], problem["code"]) == ("2.0.0", "active", "digest_mismatch")
    assert "digest of card/metrics.json" in problem["message"]


def test_a_mended_package_is_tried_again(watcher, site, monkeypatch):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    damage(site / "tiny-digits" / "2.0.0")
    watcher.look()
    write_package(site, metadata=NEWER)
    monkeypatch.setattr(watcher, "_retry_at", 0)

    watcher.look()

    assert active() == "2.0.0"
    assert served_models().problems == ()
    assert WorkerReport.objects.get().problems == []


def test_a_refused_package_is_not_read_every_second(watcher, site, monkeypatch):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    damage(site / "tiny-digits" / "2.0.0")
    watcher.look()
    reads = []
    monkeypatch.setattr(watching, "update_models", lambda *args: reads.append(args))

    watcher.look()

    assert reads == []


def test_a_refused_canary_gets_no_traffic(watcher, site):
    set_canary("tiny-digits", "2.0.0", 100, author=COMMAND_LINE)
    damage(site / "tiny-digits" / "2.0.0")

    watcher.look()

    assert served_models().canary("tiny-digits") == (None, 100)
    assert [problem.role for problem in served_models().problems] == ["canary"]
    assert active() == "1.2.3"


def test_a_package_made_anew_under_its_old_number_is_loaded_when_it_is_activated_again(watcher, site):
    before = served_models().recognizer().package.digest
    write_package(site, metadata=JOBLIB_METADATA, files={"card/new.json": b"{}"}, key=SIGNING_KEY)
    activate("tiny-digits", "1.2.3", author=COMMAND_LINE)

    watcher.look()

    assert served_models().recognizer().package.digest != before


def test_a_start_serves_what_was_chosen_and_not_the_highest(watcher):
    activate("tiny-digits", "1.2.3", author=COMMAND_LINE)
    served_models.cache_clear()

    assert active() == "1.2.3"
    assert [state.version for state in served_models().states()] == ["1.2.3", "2.0.0", "3.0.0"]


def test_a_start_with_a_chosen_version_that_is_gone_is_not_ready(watcher, site, client):
    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    (site / "tiny-digits" / "2.0.0").rename(site / "elsewhere")
    served_models.cache_clear()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["problems"] == {"model tiny-digits 2.0.0": "file_missing"}


def test_a_lost_database_leaves_what_is_served(watcher, monkeypatch, caplog):
    def lost():
        raise DatabaseError("gone")

    monkeypatch.setattr(watching, "read_wanted", lost)
    monkeypatch.setattr(watching.connection, "close", lambda: None)
    before = served_models()

    watcher._look_safely()
    watcher._look_safely()

    assert served_models() is before
    assert [one.message for one in caplog.records] == ["model_versions_database_lost"]


def test_a_fault_of_ours_does_not_end_the_watch(watcher, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("a fault")

    activate("tiny-digits", "2.0.0", author=COMMAND_LINE)
    with monkeypatch.context() as patch:
        patch.setattr(watching, "update_models", fail)
        watcher._look_safely()

    assert "model_versions_failed" in [one.message for one in caplog.records]
    assert active() == "1.2.3"

    monkeypatch.setattr(watcher, "_retry_at", 0)
    watcher.look()

    assert active() == "2.0.0"


def test_the_thread_looks_until_it_is_stopped(site, monkeypatch):
    looked = Event()
    monkeypatch.setattr(Watcher, "look", lambda self: looked.set())
    monkeypatch.setattr(watching, "take_leave", lambda: None)
    watcher = Watcher()

    watcher.start()
    assert looked.wait(10)
    watcher.stop()

    assert not watcher._thread.is_alive()


def test_workers_that_are_gone_are_forgotten(site):
    long_ago = timezone.now() - timedelta(minutes=10)
    WorkerReport.objects.create(worker="gone:1", seen_at=long_ago)

    Watcher().look()

    assert [report.serving for report in WorkerReport.objects.all()] == [{"tiny-digits": "1.2.3"}]
