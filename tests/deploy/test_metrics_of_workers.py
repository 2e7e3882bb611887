"""`/metrics` of two real uWSGI workers: they count together, whichever dies, is reloaded or starts anew."""

from __future__ import annotations

import os
import re
import signal
from http.client import HTTPConnection

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.live_site import wait_until
from tests.deploy.uwsgi import environment, prepare, serving
from tests.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def ask(port, path):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def shown(port, name, **labels):
    """The value of one series; None where it is not told."""
    for family in text_string_to_metric_families(ask(port, "/metrics")):
        for sample in family.samples:
            if (sample.name, sample.labels) == (name, labels):
                return sample.value
    return None


def health_checks(port):
    return shown(port, "mnistsite_requests_total", method="GET", status="200", view="healthz")


def is_steady(port, starts):
    """Whether two workers are ready, after so many were started in all."""
    return (
        shown(port, "mnistsite_worker_starts_total") == starts
        and shown(port, "mnistsite_workers") == 2
        and shown(port, "mnistsite_database_reachable") == 1
    )


def worker_ids(server):
    spawned = [
        re.search(r"spawned uWSGI worker \d+ \(pid: (\d+)", str(line["event"])) for line in server.log()
    ]
    return [int(found[1]) for found in spawned if found]


def test_workers_count_together_through_death_reload_and_restart(tmp_path):
    port = free_port()
    settings = environment(tmp_path, PORT=str(port), WEB_CONCURRENCY="2")
    prepare(settings)
    ready = {"model": "mnist-cnn", "version": "1.3.0", "state": "ready"}
    with serving(tmp_path, settings) as server:
        wait_until(lambda: is_steady(port, 2), "both workers tell of themselves")
        for _ in range(5):
            ask(port, "/healthz")
        wait_until(lambda: health_checks(port) == 5, "both workers have written what they counted")

        os.kill(worker_ids(server)[0], signal.SIGKILL)
        wait_until(lambda: is_steady(port, 3), "the killed worker's successor is there")
        after_death = health_checks(port), shown(port, "mnistsite_model_package_workers", **ready)

        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: is_steady(port, 5), "both workers are new")
        after_reload = health_checks(port), shown(port, "mnistsite_model_package_workers", **ready)
        slots = shown(port, "mnistsite_request_slots")
    files = {file.name for file in (tmp_path / "var" / "metrics").iterdir()}
    with serving(tmp_path, settings):
        wait_until(lambda: is_steady(port, 2), "both workers of the next server tell of themselves")
        after_restart = health_checks(port)

    assert after_death == after_reload == (5, 2)
    assert after_restart is None
    assert slots == 2
    assert {name for name in files if name.startswith("counter_")} == {"counter_1.db", "counter_2.db"}
