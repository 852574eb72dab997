"""Processes that hang, die and want too much, and the items that come after them."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

import pytest

from ml.resumes.workers import Limits, Lost, WorkerError, Workers

LIMITS = Limits(seconds=1, memory_megabytes=300)


def make_work():
    return do


def do(item):
    """Do what an item says; says from which process."""
    if item == "hang":
        time.sleep(60)
    if item == "loop":
        while True:
            pass
    if item == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "abort":
        os.abort()
    if item == "allocate":
        try:
            return len(bytearray(400_000_000))
        except MemoryError:
            return "no memory"
    return item, os.getpid()


def make_nothing():
    raise ValueError("there is no model")


def test_every_item_comes_back_once_and_both_processes_work():
    with Workers(make_work, processes=2, limits=LIMITS) as workers:
        done = dict(workers.map(range(200)))
    assert sorted(done) == list(range(200))
    assert all(result[0] == item for item, result in done.items())
    assert len({pid for _, pid in done.values()}) == 2


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("hang", "reading it took longer than 1 s"),
        ("loop", "reading it took longer than 1 s"),
        ("die", "reading it ended its process (exit code -9; its memory is limited to 300 MB)"),
        ("abort", "reading it ended its process (exit code -6; its memory is limited to 300 MB)"),
    ],
)
def test_a_process_that_is_lost_is_replaced_and_the_others_go_on(item, reason):
    items = [1, item, 2, 3, item, 4]
    with Workers(make_work, processes=2, limits=LIMITS) as workers:
        done = list(workers.map(items))
        again = list(workers.map([5]))
    assert sorted(str(what) for what, _ in done) == sorted(map(str, items))
    assert [outcome for what, outcome in done if what == item] == [Lost(reason)] * 2
    assert {outcome[0] for what, outcome in done if what != item} == {1, 2, 3, 4}
    assert again[0][1][0] == 5


def test_memory_is_limited():
    with Workers(make_work, processes=1, limits=LIMITS) as workers:
        assert list(workers.map(["allocate"])) == [("allocate", "no memory")]
    with Workers(make_work, processes=1, limits=Limits(1, 900)) as workers:
        assert list(workers.map(["allocate"])) == [("allocate", 400_000_000)]


def test_a_process_that_was_killed_while_idle_is_replaced():
    with Workers(make_work, processes=1, limits=LIMITS) as workers:
        ((_, (_, pid)),) = workers.map([1])
        os.kill(pid, signal.SIGKILL)
        ((item, outcome),) = workers.map([2])
    # Whether the item was handed over before the system noticed is a race; it comes back either way.
    assert item == 2
    assert (
        outcome == Lost("reading it ended its process (exit code -9; its memory is limited to 300 MB)")
        or outcome[0] == 2
    )


def test_no_process_outlives_its_workers():
    with Workers(make_work, processes=2, limits=LIMITS) as workers:
        pids = {pid for _, (_, pid) in workers.map(range(50))}
        assert all(map(_exists, pids))
    assert not any(map(_exists, pids))


def test_processes_that_work_when_it_ends_are_stopped():
    with Workers(make_work, processes=1, limits=Limits(60, 300)) as workers:
        began = time.monotonic()
        outcomes = workers.map([1, "hang"])
        ((_, pid)) = next(outcomes)[1]
        outcomes.close()
    assert time.monotonic() - began < 10
    assert not _exists(pid)


def test_a_process_that_does_not_start():
    message = r"^A process that reads resumes does not start \(exit code 1\)\.$"
    with Workers(make_nothing, processes=1, limits=LIMITS) as workers, pytest.raises(WorkerError, match=message):
        list(workers.map([1]))


def test_what_makes_the_work_may_have_arguments():
    with Workers(partial(make_power, 3), processes=1, limits=LIMITS) as workers:
        assert list(workers.map([2])) == [(2, 8)]


def make_power(exponent):
    return partial(power, exponent=exponent)


def power(base, exponent):
    return base**exponent


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
