"""Processes that work through items one at a time, each within limits of time and memory.

What an item does to its process, the others do not notice: a process that dies or takes too long is replaced, and its
item is given back as lost. The processes are programs of their own rather than forks, so that they hold no connection,
lock or thread of the caller; they end when the caller does.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ml.errors import FacetrankError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")

_START_SECONDS = 120
_MEGABYTE = 1_000_000


class WorkerError(FacetrankError):
    """A process does not start."""


@dataclass(frozen=True)
class Limits:
    """Of one process: seconds that an item may take, and memory."""

    seconds: float
    memory_megabytes: int


@dataclass(frozen=True)
class Lost:
    """What became of an item that took its process with it, and why."""

    reason: str


class Workers(Generic[Item, Result]):
    """Some processes; a context manager that ends them.

    Parameters
    ----------
    make_work : callable without arguments
        Called once in each process; gives the function that is applied to the items. Items, results and this callable
        travel by pickle.
    processes : int
        How many work at the same time.
    limits : Limits
        Of each.
    """

    def __init__(self, make_work: Callable[[], Callable[[Item], Result]], *, processes: int, limits: Limits) -> None:
        self._workers = [_Worker(make_work, limits) for _ in range(processes)]

    def __enter__(self) -> Workers[Item, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()

    def map(self, items: Iterable[Item]) -> Iterator[tuple[Item, Result | Lost]]:
        """Yield every item with what became of it, in the order in which they are done.

        Raises
        ------
        WorkerError
            A process does not start; what it says is in the output of this one.
        """
        waiting = iter(items)
        for worker, item in zip(self._workers, waiting, strict=False):
            worker.give(item)
        while busy := {worker.connection: worker for worker in self._workers if worker.is_busy}:
            for connection in wait(list(busy)):
                worker = busy[cast("Connection", connection)]
                done = worker.take()
                # The next one first: the caller may take its time with this one.
                for item in waiting:
                    worker.give(item)
                    break
                yield done


class _Worker:
    """One process, replaced when it dies."""

    def __init__(self, make_work: Callable[[], Callable[[Any], Any]], limits: Limits) -> None:
        self._order = (make_work, limits)
        self._limits = limits
        self._items: list[Any] = []
        self._start()

    @property
    def is_busy(self) -> bool:
        return bool(self._items)

    def give(self, item: Any) -> None:
        """Hand an item over, to a new process if this one has died meanwhile."""
        self._items.append(item)
        self._wait_until_ready()
        try:
            self.connection.send(item)
        except OSError:
            self.stop()
            self._start()
            self._wait_until_ready()
            self.connection.send(item)

    def take(self) -> tuple[Any, Any]:
        """Give back the item, with its result or as lost."""
        item = self._items.pop()
        try:
            return item, self.connection.recv()
        except (EOFError, OSError):
            reason = self._why(self.stop())
            self._start()
            return item, Lost(reason)

    def stop(self) -> int:
        """End the process, if it has not ended by itself, and say how it ended."""
        self.connection.close()
        try:
            return self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _start(self) -> None:
        self.connection, other = Pipe()
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"from ml.resumes.workers import serve; serve({other.fileno()})"],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                pass_fds=(other.fileno(),),
            )
        self._is_ready = False
        self.connection.send(self._order)

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        with suppress(EOFError, OSError):
            if self.connection.poll(_START_SECONDS):
                self._is_ready = self.connection.recv()
        if not self._is_ready:
            raise WorkerError(f"A process that reads resumes does not start (exit code {self.stop()}).")

    def _why(self, exit_code: int) -> str:
        if exit_code == -signal.SIGALRM:
            return f"reading it took longer than {self._limits.seconds:g} s"
        most = f"{self._limits.memory_megabytes:,} MB"
        return f"reading it ended its process (exit code {exit_code}; its memory is limited to {most})"


def serve(file_descriptor: int) -> None:
    """Be one of the processes: work on what comes in until nobody is there any more."""
    # The caller is interrupted as well, and stops this process when it wants to.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(file_descriptor)
    make_work, limits = connection.recv()
    work = make_work()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_megabytes * _MEGABYTE,) * 2)
    with suppress(EOFError, ConnectionError):
        connection.send(True)
        while True:
            item = connection.recv()
            # The kernel ends the process when the time is over, whatever library it is in.
            signal.setitimer(signal.ITIMER_REAL, limits.seconds)
            result = work(item)
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.send(result)
