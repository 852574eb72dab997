"""Background processes: started once, replaced when they change, stopped with their children."""

import socket
import sys
import time
from pathlib import Path

import pytest

from ml.processes import HOST, Process, ServiceError, remembered_port, stop_process, stop_processes, wait_until_healthy

# A parent that leaves a child behind when it is asked to end, and says who it is.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, os.environ.get("COLOUR", ""), flush=True)
time.sleep(60)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def process(folder: Path, script: str = PARENT, *, name: str = "worker", **environment: str) -> Process:
    return Process(name, (sys.executable, "-c", script), environment, folder)


def said(process: Process) -> list[str]:
    """The first line of a process's log, once it is whole."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        text = process.log.read_text()
        if text.endswith("\n"):
            return text.split()
        time.sleep(0.02)
    raise AssertionError(f"{process.log} stays empty")


def is_alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    stop_processes(tmp_path)


def test_a_process_is_started_once_and_stopped_with_its_children(folder):
    worker = process(folder)
    worker.start()
    pid, child, _ = [*said(worker), ""]
    worker.start()
    assert said(worker)[0] == pid
    assert process(folder).is_running
    stop_processes(folder)
    assert not worker.is_running
    assert not is_alive(pid)
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(child)
    assert list(folder.glob("*.pid")) == []


def test_a_process_with_another_environment_replaces_the_running_one(folder):
    process(folder, COLOUR="red").start()
    first = said(process(folder))
    blue = process(folder, COLOUR="blue")
    assert not blue.is_running
    blue.start()
    assert said(blue)[2] == "blue"
    assert not is_alive(first[0])


def test_a_process_that_does_not_listen_is_ended(folder):
    deaf = process(folder, DEAF)
    deaf.start()
    said(deaf)
    stop_process(folder / "worker.pid", patience=1)
    assert not deaf.is_running


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}', '{"pid": 1, "started": "1", "fingerprint": "x"}'])
def test_a_pid_file_of_nobody_is_no_running_process(folder, content):
    # Process 1 runs, but it did not start one clock tick after the machine did.
    (folder / "worker.pid").write_text(content)
    assert not process(folder).is_running
    stop_processes(folder)
    assert not (folder / "worker.pid").exists()


def test_waiting_ends_when_the_service_answers(folder):
    worker = process(folder)
    worker.start()
    answers = iter([False, True])
    wait_until_healthy((worker,), lambda: next(answers), timeout=5)
    assert next(answers, None) is None


def test_waiting_says_why_a_process_ended(folder):
    worker = process(folder, "import sys; sys.exit('no such database')")
    worker.start()
    with pytest.raises(ServiceError) as error:
        wait_until_healthy((worker,), lambda: False, timeout=10)
    assert str(error.value) == f"worker ended at its start: no such database (log: {folder}/worker.log)."


def test_waiting_ends_at_its_time(folder):
    worker = process(folder)
    worker.start()
    with pytest.raises(ServiceError) as error:
        wait_until_healthy((worker,), lambda: False, timeout=0)
    assert str(error.value) == f"worker: no answer after 0 s; the logs are in {folder}."


def test_a_port_is_remembered_until_somebody_takes_it(tmp_path):
    port = remembered_port(tmp_path, "worker", preferred=0)
    assert remembered_port(tmp_path, "worker", preferred=0) == port
    with socket.socket() as other:
        other.bind((HOST, port))
        other.listen()
        assert remembered_port(tmp_path, "worker", preferred=port) != port


def test_a_port_that_a_full_disk_did_not_let_us_write_is_chosen_anew(tmp_path):
    (tmp_path / "worker.port").touch()
    port = remembered_port(tmp_path, "worker", preferred=0)
    assert remembered_port(tmp_path, "worker", preferred=0) == port


def test_the_port_of_a_running_process_is_its_own(folder):
    port = remembered_port(folder, "worker", preferred=0)
    process(folder).start()
    with socket.socket() as own:
        own.bind((HOST, port))
        own.listen()
        assert remembered_port(folder, "worker", preferred=0) == port


def test_logs_are_private(folder):
    worker = process(folder)
    worker.start()
    assert oct(worker.log.stat().st_mode & 0o777) == "0o600"
