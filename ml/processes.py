"""Background processes of ours: started once, found again by their pid file, stopped with their children."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ml.errors import FacetrankError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOST = "127.0.0.1"


class ServiceError(FacetrankError):
    """A background service does not start, or ended by itself."""


@dataclass(frozen=True)
class Process:
    """One program that runs in the background.

    Attributes
    ----------
    name : str
        Names its pid file and its log.
    command : tuple of str
        Program and arguments.
    environment : mapping of str to str
        What the program gets besides the environment of this process.
    folder : Path
        Where ``<name>.pid`` and ``<name>.log`` are.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path

    @property
    def log(self) -> Path:
        """Its output, of this start only."""
        return self.folder / f"{self.name}.log"

    @property
    def is_running(self) -> bool:
        """Whether it runs, whoever started it, and with this command and environment."""
        pid_file = _PidFile.read(self._pid_path)
        return pid_file is not None and pid_file.is_alive and pid_file.fingerprint == self._fingerprint

    def start(self) -> None:
        """Start it unless it runs; one that runs with another command or environment is stopped first."""
        if self.is_running:
            return
        stop_process(self._pid_path)
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as output:
            child = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _PidFile(child.pid, _started(child.pid), self._fingerprint).write(self._pid_path)
        # The child outlives us on purpose: without this Python warns that nobody waits for it.
        child.returncode = 0

    @property
    def _pid_path(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def _fingerprint(self) -> str:
        content = json.dumps([self.command, sorted(self.environment.items())])
        return hashlib.sha256(content.encode()).hexdigest()


def wait_until_healthy(processes: tuple[Process, ...], is_healthy: Callable[[], bool], *, timeout: float) -> None:
    """Wait until services answer.

    Raises
    ------
    ServiceError
        One of the processes ended, or they do not answer within ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    while not is_healthy():
        for process in processes:
            if not process.is_running:
                reason = _last_line(process.log)
                raise ServiceError(f"{process.name} ended at its start: {reason} (log: {process.log}).")
        if time.monotonic() > deadline:
            names = ", ".join(process.name for process in processes)
            raise ServiceError(f"{names}: no answer after {timeout:.0f} s; the logs are in {processes[0].folder}.")
        time.sleep(0.3)


def stop_processes(folder: Path) -> None:
    """Stop every process that has a pid file in ``folder``, all at the same time."""
    pid_paths = sorted(folder.glob("*.pid"))
    for pid_path in pid_paths:
        pid_file = _PidFile.read(pid_path)
        if pid_file is not None and pid_file.is_alive:
            pid_file.signal(signal.SIGTERM)
    for pid_path in pid_paths:
        stop_process(pid_path)


def stop_process(pid_path: Path, *, patience: float = 5.0) -> None:
    """Ask a process and its children to end, and end them after ``patience`` seconds."""
    pid_file = _PidFile.read(pid_path)
    if pid_file is not None and pid_file.is_alive:
        # The second one is for a process that does not listen, and for children that outlive it.
        for number in (signal.SIGTERM, signal.SIGKILL):
            pid_file.signal(number)
            deadline = time.monotonic() + patience
            while pid_file.is_alive and time.monotonic() < deadline:
                time.sleep(0.1)
    pid_path.unlink(missing_ok=True)


def remembered_port(folder: Path, name: str, *, preferred: int) -> int:
    """Give the port of the process ``name``, the same at every start unless somebody else took it meanwhile."""
    path = folder / f"{name}.port"
    try:
        remembered = int(path.read_text())
    except (FileNotFoundError, ValueError):
        # Never written, or while the disk was full.
        remembered = preferred
    pid_file = _PidFile.read(folder / f"{name}.pid")
    if pid_file is not None and pid_file.is_alive:
        return remembered
    # 0: any port that is free.
    chosen = next(port for port in map(_bound_port, (remembered, preferred, 0)) if port is not None)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(str(chosen))
    return chosen


def get(port: int, path: str) -> bytes | None:
    """Ask a server on 127.0.0.1 for a page; None unless it answers with one."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read() if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _bound_port(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")


@dataclass(frozen=True)
class _PidFile:
    """What a pid file says; the start time tells our process from a later one with the same number."""

    pid: int
    started: str
    fingerprint: str

    @classmethod
    def read(cls, path: Path) -> _PidFile | None:
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        building = path.with_suffix(".building")
        building.write_text(json.dumps({"pid": self.pid, "started": self.started, "fingerprint": self.fingerprint}))
        building.replace(path)

    @property
    def is_alive(self) -> bool:
        return bool(self.started) and _started(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        # Started in a session of its own, the process number is also that of its group.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def _started(pid: int) -> str:
    """Kernel start time of a process; empty when it has ended."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if after_name[0] == "Z" else after_name[19]
