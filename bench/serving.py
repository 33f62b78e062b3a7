"""A gunicorn as in production, and many requests over kept connections."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 4
TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def server(workers: int = 1) -> Iterator[tuple[int, int]]:
    """Yield the port and the process of a gunicorn that stops at the end of the block."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}"]
    command += ["--worker-class=gthread", f"--workers={workers}", f"--threads={CONNECTIONS}"]
    command += ["--keep-alive=30", "--log-level=error", "--no-control-socket"]
    process = subprocess.Popen([*command, "bench.constant"], cwd=ROOT)
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            ask(port, "/constant")
            return
        time.sleep(0.1)
    sys.exit("gunicorn did not start")


def workers_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_of(pid: int) -> float:
    """Seconds of CPU that the process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def ask(port: int, address: str) -> bytes:
    """Return the answer to one request over its own connection."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        return one_answer(sock, request_for(address))


def request_for(address: str, headers: str = "") -> bytes:
    """`headers` are whole lines."""
    head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
    return f"{head}{headers}\r\n".encode()


def rate_of(port: int, address: str, seconds: float, headers: str = "") -> int:
    """Return how many requests all connections together got answered in so many seconds."""
    request = request_for(address, headers)
    end = time.perf_counter() + seconds
    done = [0] * CONNECTIONS
    threads = [
        threading.Thread(target=keep_asking, args=(port, request, end, done, n))
        for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


def keep_asking(port: int, request: bytes, end: float, done: list[int], n: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as sock:
        while time.perf_counter() < end:
            one_answer(sock, request)
            done[n] += 1


def one_answer(sock: socket.socket, request: bytes) -> bytes:
    sock.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        received = sock.recv(65536)
        if not received:
            raise ConnectionError("no answer")
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 204"):
        return body
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    while len(body) < length:
        body += sock.recv(65536)
    return body
