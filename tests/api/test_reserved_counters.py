"""A limit that is taken from the store in parts."""

from __future__ import annotations

import time

import pytest

from predictor.access.counters import Count, OwnCounters
from predictor.access.reserved_counters import ReservedCounters


class Store:
    """Counts exactly, and remembers how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self._counters = OwnCounters()

    def add(self, name: str, amount: int, limit: int) -> Count:
        self.asked.append(amount)
        return self._counters.add(name, amount, limit)


@pytest.fixture
def store():
    return Store()


def test_a_hundredth_of_the_limit_is_taken_at_a_time(store):
    counters = ReservedCounters(store)

    counts = [counters.add("token:1", 1, 1000) for _ in range(25)]

    assert store.asked == [10, 10, 10]
    assert [count.used for count in counts] == list(range(1, 26))
    assert all(count.counted for count in counts)


def test_a_small_limit_is_counted_request_by_request(store):
    counters = ReservedCounters(store)

    counts = [counters.add("token:1", 1, 3) for _ in range(4)]

    assert store.asked == [1, 1, 1, 1]
    assert [count.counted for count in counts] == [True, True, True, False]


def test_one_process_may_use_the_whole_limit_and_no_more(store):
    counters = ReservedCounters(store)

    counted = [counters.add("token:1", 1, 250).counted for _ in range(260)]

    assert counted == [True] * 250 + [False] * 10


def test_several_processes_never_answer_more_than_the_limit(store):
    first, second, third = (ReservedCounters(store) for _ in range(3))

    counted = [one.add("token:1", 1, 300).counted for _ in range(150) for one in (first, second, third)]

    assert sum(counted) == 300


def test_more_than_a_part_at_once_is_asked_of_the_store(store):
    counters = ReservedCounters(store)
    counters.add("token:1", 1, 1000)

    count = counters.add("token:1", 64, 1000)

    assert store.asked == [10, 64]
    assert (count.counted, count.used) == (True, 74)


def test_what_is_left_of_a_part_is_kept_beside_the_next(store):
    counters = ReservedCounters(store)

    counts = [counters.add("token:1", amount, 1000) for amount in (8, 5, 7)]

    assert store.asked == [10, 10]
    assert [count.used for count in counts] == [8, 13, 20]


def test_clients_do_not_share_a_part(store):
    counters = ReservedCounters(store)

    counters.add("token:1", 1, 1000)
    counters.add("token:2", 1, 1000)

    assert store.asked == [10, 10]


def test_what_was_counted_in_a_window_that_ended_is_no_part_of_the_next(store, monkeypatch):
    now_s = time.monotonic()
    counters = ReservedCounters(store)
    counters.add("token:1", 1, 1000)
    counted_s = time.monotonic()
    counters.add_held("token:1", 1)
    counters.give_back("token:1", 1, counted_s)
    same_window = counters.add_held("token:1", 9)

    monkeypatch.setattr(time, "monotonic", lambda: now_s + 90)
    counters.add("token:1", 1, 1000)
    counters.give_back("token:1", 1, counted_s)

    assert same_window.used == 10
    assert counters.add_held("token:1", 10) is None
    assert counters.add_held("token:1", 9)
