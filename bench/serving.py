"""What the benchmarks share: a new database, a gunicorn, and many requests."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 4


@contextlib.contextmanager
def own_site() -> Iterator[None]:
    """Use the settings of production with a new and migrated database, which is removed at the end.

    It is on the server of DATABASE_URL, or a SQLite file when DATABASE_URL names no server.
    """
    with own_database() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DEBUG": "off",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECURE_SSL_REDIRECT": "off",
            "CACHE_URL": "locmemcache://",
        }
        from django.core.management import call_command

        import config.wsgi  # noqa: F401  (sets Django up)

        call_command("migrate", verbosity=0)
        yield


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        with tempfile.TemporaryDirectory(prefix="tbib-bench-") as folder:
            yield f"sqlite:///{folder}/tbib.sqlite3"
        return
    base, name = server.rpartition("/")[0], f"tbib_bench_{os.getpid()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{base}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def server() -> Iterator[int]:
    """Yield the port of a gunicorn that stops at the end of the block."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}"]
    command += ["--worker-class=gthread", "--workers=1", f"--threads={CONNECTIONS}"]
    command += ["--keep-alive=30", "--log-level=error", "--no-control-socket"]
    process = subprocess.Popen([*command, "bench.constant"], cwd=ROOT)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(0.1)
    sys.exit("gunicorn did not start")


def rate_of(port: int, address: str, seconds: float, headers: str = "") -> float:
    """Return the requests a second over all connections; `headers` are whole lines."""
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
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
    return sum(done) / seconds


def keep_asking(port: int, request: bytes, end: float, done: list[int], n: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as sock:
        while time.perf_counter() < end:
            sock.sendall(request)
            head, _, body = sock.recv(65536).partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 204"):
                assert head.startswith(b"HTTP/1.1 200"), head
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                while len(body) < length:
                    body += sock.recv(65536)
            done[n] += 1
