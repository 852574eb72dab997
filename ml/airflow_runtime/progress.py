"""What a person sees of a run in this process: one line per task, and what the task had to say."""

from __future__ import annotations

import logging
import signal
import time
from typing import TYPE_CHECKING, Any, TextIO

import pluggy

from ml.errors import FacetrankError

if TYPE_CHECKING:
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

_WIDTH = 34
# Airflow's listeners are pluggy hooks of this project name.
_hook = pluggy.HookimplMarker("airflow")


class Progress(logging.Handler):
    """Airflow listener and log handler of one run.

    Attributes
    ----------
    failures : list of str
        ``task: sentence``, in the order of failing.
    """

    def __init__(self, terminal: TextIO) -> None:
        super().__init__(logging.INFO)
        self.failures: list[str] = []
        self._terminal = terminal
        self._notes: list[str] = []
        self._started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a job says until its task ends, and print at once how far it is."""
        if record.name.endswith(".progress"):
            print(f"      {record.getMessage()}", file=self._terminal, flush=True)
        else:
            self._notes.append(record.getMessage())

    @_hook
    def on_task_instance_running(self) -> None:
        """Note the time, drop what was said between tasks, and let signals end the process."""
        # Airflow has just taken SIGTERM for itself: it waits for its supervisor to kill it, which nobody does here.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._started = time.monotonic()
        self._notes.clear()

    @_hook
    def on_task_instance_success(self, task_instance: RuntimeTaskInstanceProtocol) -> None:
        """Print the task's line."""
        self._print(task_instance)

    @_hook
    def on_task_instance_skipped(self, task_instance: RuntimeTaskInstanceProtocol) -> None:
        """Print that the task had nothing to do."""
        self._print(task_instance, "  nothing to do")

    @_hook
    def on_task_instance_failed(
        self, task_instance: RuntimeTaskInstanceProtocol, error: str | BaseException | None
    ) -> None:
        """Print that the task failed, and keep why."""
        self._print(task_instance, "  failed")
        self.failures.append(f"{_name(task_instance)}: {sentence(error)}")

    def _print(self, task_instance: RuntimeTaskInstanceProtocol, outcome: str = "") -> None:
        seconds = time.monotonic() - self._started
        print(f"  {_name(task_instance):<{_WIDTH}}{seconds:7.1f} s{outcome}", file=self._terminal)
        for note in self._notes:
            print(f"      {note}", file=self._terminal)


def sentence(error: str | BaseException | None) -> str:
    """Give an error as one line; errors that the product did not raise on purpose carry their type."""
    text = " ".join(str(error).split()) if error else "it gives no reason"
    return text if error is None or isinstance(error, FacetrankError | str) else f"{type(error).__name__}: {text}"


def _name(task_instance: Any) -> str:
    mapped_by = getattr(task_instance, "rendered_map_index", None) or task_instance.map_index
    return task_instance.task_id if task_instance.map_index in (None, -1) else f"{task_instance.task_id}[{mapped_by}]"
