"""Log lines that wait a moment to be written together."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import time

import pytest

from predictor.gathered_logs import MAX_BYTES, GatheringHandler


@pytest.fixture
def gathering():
    """A logger whose handler waits for an hour, and the stream that it writes to."""
    handler = GatheringHandler(delay_s=3600)
    stream = handler.setStream(io.StringIO()) and handler.stream
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("tests.gathering")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, handler, stream
    logger.removeHandler(handler)
    if handler._timer:
        handler._timer.cancel()
    handler.close()


def test_lines_wait_and_are_written_together(gathering):
    logger, handler, stream = gathering
    logger.info("one")
    logger.info("two")
    waiting = stream.getvalue()

    handler.flush()

    assert (waiting, stream.getvalue()) == ("", "one\ntwo\n")


def test_a_warning_is_written_at_once_behind_what_came_before(gathering):
    logger, _, stream = gathering
    logger.info("one")
    logger.warning("two")

    assert stream.getvalue() == "one\ntwo\n"


def test_no_more_is_written_at_a_time_than_a_pipe_keeps_whole(gathering):
    logger, handler, stream = gathering
    writes = []
    stream.write = writes.append

    for _ in range(100):
        logger.info("ä" * 100)
    handler.flush()

    assert max(len(text.encode()) for text in writes) <= MAX_BYTES
    assert "".join(writes) == ("ä" * 100 + "\n") * 100


def test_the_timer_writes_what_nobody_else_does(gathering):
    logger, handler, stream = gathering
    handler._delay_s = 0.01
    logger.info("one")

    for _ in range(1000):
        if stream.getvalue():
            break
        time.sleep(0.01)

    assert stream.getvalue() == "one\n"


def test_without_threads_the_next_line_writes(gathering):
    logger, handler, stream = gathering
    logger.info("one")
    handler._due_s = 0.0
    logger.info("two")

    assert stream.getvalue() == "one\ntwo\n"


def test_without_a_delay_nothing_waits(gathering):
    logger, handler, stream = gathering
    handler._delay_s = 0
    logger.info("one")

    assert stream.getvalue() == "one\n"


SCRIPT = """
import logging, os
from predictor.gathered_logs import GatheringHandler
logging.basicConfig(level="INFO", handlers=[GatheringHandler(delay_s=3600)], format="%(message)s")
logging.info("parent")
if os.fork() == 0:
    logging.info("child")
else:
    os.wait()
"""


def test_a_fork_writes_its_own_lines_and_the_end_of_a_process_writes_all():
    command = [sys.executable, "-c", SCRIPT]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words

    assert sorted(ended.stderr.split()) == ["child", "parent"]
