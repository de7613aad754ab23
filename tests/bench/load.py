"""Respondents that come one after another: each opens a connection, asks, answers and goes."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.command import await_status, free_port

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(kind: str, database: str, log: Path) -> Iterator[int]:
    """Run `tests.bench.serving` beside the test; gives its port. Nothing of it stays."""
    with served(kind, database, log) as (port, _):
        yield port


@contextmanager
def served(kind: str, database: str, log: Path) -> Iterator[tuple[int, int]]:
    """As `serving`, and give the process too."""
    port = free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.serving", kind, database, str(port)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            await_status(process, port, "/s/x" if kind == "bare" else "/readyz")
            yield port, process.pid
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def respond(port: int, token: str) -> None:
    """Open a link and send an answer over one connection; raises for any other status than 200."""
    head = f" /s/{token} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(f"GET{head}\r\n".encode())
        _expect_200(connection)
        form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n"
        connection.sendall(f"POST{head}{form}\r\nscore=8".encode())
        _expect_200(connection)


def _expect_200(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        got = connection.recv(65536)
        assert got, "the server hung up"
        data += got
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), data
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    left = length - len(body)
    while left > 0:
        got = connection.recv(65536)
        assert got, "the server hung up"
        left -= len(got)


def rate(port: int, tokens: Iterator[str], *, clients: int, seconds: float) -> float:
    """Return how many respondents a second were served; `tokens` is used up meanwhile."""
    done, faults = [0] * clients, []
    ends = time.perf_counter() + seconds
    lock = threading.Lock()

    def work(index: int) -> None:
        try:
            while time.perf_counter() < ends:
                with lock:
                    token = next(tokens)
                respond(port, token)
                done[index] += 1
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            faults.append(error)

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(done) / (time.perf_counter() - started)
