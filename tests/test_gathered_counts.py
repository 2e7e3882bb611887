"""Counts wait for a second where somebody writes them, and else not at all."""

from __future__ import annotations

from threading import Thread

import pytest

from predictor.metrics import gathered as module
from predictor.metrics.gathered import Gathered


class Number:
    def __init__(self):
        self.steps = []

    def inc(self, amount):
        self.steps.append(amount)


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_without_a_writer_each_count_is_written_at_once():
    number, gathered = Number(), Gathered()

    gathered.add([(number, 1)])
    gathered.add([(number, 2)])

    assert number.steps == [1, 2]


def test_with_one_counts_wait_and_come_in_one_step(clock):
    number, other, gathered = Number(), Number(), Gathered()
    gathered.begin()
    gathered.write()

    gathered.add([(number, 1), (other, 0.5), (number, 1)])
    gathered.add([(number, 2)])
    waiting = list(number.steps)
    gathered.write()
    gathered.write()

    assert waiting == []
    assert (number.steps, other.steps) == ([4], [0.5])


def test_a_count_that_comes_after_a_second_writes_all(clock):
    number, gathered = Number(), Gathered()
    gathered.begin()
    gathered.write()
    gathered.add([(number, 1)])

    clock[0] += module.WAIT_SECONDS
    gathered.add([(number, 1)])
    gathered.add([(number, 5)])

    assert number.steps == [2]


def test_no_count_of_several_threads_is_lost():
    number, gathered = Number(), Gathered()
    gathered.begin()
    threads = [Thread(target=lambda: [gathered.add([(number, 1)]) for _ in range(2000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(50):
        gathered.write()
    for thread in threads:
        thread.join()
    gathered.write()

    assert sum(number.steps) == 8000
