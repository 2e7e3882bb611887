"""The line of a request is a log record like any other."""

from __future__ import annotations

import logging
import time

from predictor.request_log import log_request

FIELDS = {"method": "GET", "path": "/", "status": 200, "ms": 1.5}
CHANGING = {"created", "msecs", "relativeCreated", "ms"}


def test_it_has_what_logging_gives_any_record(caplog):
    caplog.set_level(logging.INFO, "predictor.requests")
    logging.getLogger("predictor.requests").info("request", extra=FIELDS)
    log_request("GET", "/", 200, time.perf_counter() - 0.0015)

    usual, ours = (vars(record) for record in caplog.records)
    assert ours.keys() == usual.keys()
    assert {name for name in ours if ours[name] != usual[name]} <= CHANGING
    assert 0 <= ours["created"] - usual["created"] < 60
    assert 0 <= ours["relativeCreated"] - usual["relativeCreated"] < 60_000
    assert 0 <= ours["msecs"] < 1000
    assert ours["ms"] >= 1.5


def test_a_level_that_hides_it_is_heeded(caplog):
    caplog.set_level(logging.WARNING, "predictor.requests")
    log_request("GET", "/", 200, time.perf_counter())

    assert not caplog.records
