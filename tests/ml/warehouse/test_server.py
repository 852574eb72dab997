"""The embedded server: made once, found again, and back after every accident."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ml.errors import WarehouseError
from ml.warehouse import server as server_module
from ml.warehouse.locks import file_lock
from ml.warehouse.server import Server

PASSWORD = "a password with 'quotes'"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "postgres", options={"fsync": "off"})
    yield server
    server.stop()


def answers(port: int) -> bool:
    url = psycopg.conninfo.make_conninfo(
        host="127.0.0.1", port=port, user="postgres", password=PASSWORD, dbname="postgres"
    )
    with psycopg.connect(url) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def test_it_starts_is_found_again_and_keeps_its_port(server: Server) -> None:
    port = server.start(PASSWORD)
    assert answers(port)
    first = postmaster(server)
    assert server.start(PASSWORD) == port
    assert postmaster(server) == first
    server.stop()
    assert not server.is_running()
    assert server.start(PASSWORD) == port
    assert answers(port)


def test_it_works_below_a_folder_that_only_its_owner_may_enter(server: Server) -> None:
    server.folder.parent.chmod(0o700)
    assert answers(server.start(PASSWORD))


def test_it_recovers_from_being_killed(server: Server) -> None:
    server.start(PASSWORD)
    os.kill(postmaster(server), signal.SIGKILL)
    while server.is_running():
        time.sleep(0.05)
    assert answers(server.start(PASSWORD))


def test_a_pid_file_that_names_another_process_is_stale(server: Server) -> None:
    server.start(PASSWORD)
    lines = (server.data / "postmaster.pid").read_text().splitlines()
    server.stop()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getppid()), *lines[1:]]))
    assert answers(server.start(PASSWORD))


def test_a_port_taken_by_somebody_else_is_replaced(server: Server) -> None:
    port = server.start(PASSWORD)
    server.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        replaced = server.start(PASSWORD)
        assert replaced != port
        assert server.port == replaced
        assert answers(replaced)


def test_a_port_that_a_full_disk_did_not_let_us_write_is_chosen_anew(server: Server) -> None:
    server.folder.mkdir()
    (server.folder / "port").touch()
    assert server.port is None
    port = server.start(PASSWORD)
    assert server.port == port
    assert answers(port)


def test_two_starts_at_once_make_one_server(server: Server) -> None:
    ports: list[int] = []
    starts = [threading.Thread(target=lambda: ports.append(server.start(PASSWORD))) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(ports) == 2
    assert len(set(ports)) == 1
    assert answers(ports[0])


def test_a_broken_setting_is_told_with_the_log(server: Server) -> None:
    server.start(PASSWORD)
    server.stop()
    with (server.data / "postgresql.auto.conf").open("a") as file:
        file.write("shared_buffers = 'plenty'\n")
    with pytest.raises(WarehouseError) as refused:
        server.start(PASSWORD)
    assert str(refused.value) == (
        f"Postgres in {server.data} does not start: configuration file "
        f'"{server.data}/postgresql.auto.conf" contains errors (log: {server.data / "server.log"}).'
    )


def test_a_disk_without_room_is_refused_before_anything_is_made(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "MINIMUM_FREE_BYTES", 10**18)
    with pytest.raises(
        WarehouseError, match=r"has \d+ MB free, a warehouse needs at least 1000000000000 MB: free some"
    ):
        server.start(PASSWORD)
    assert not server.data.exists()


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    with (
        pytest.raises(WarehouseError, match=r"^/proc/facetrank cannot be written"),
        file_lock(Path("/proc/facetrank/lock")),
    ):
        pass
