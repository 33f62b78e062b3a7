"""The site under gunicorn, on the database of DATABASE_URL."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESSES, THREADS = 2, 8
STARTS_WITHIN = 60  # seconds


@contextlib.contextmanager
def serving(log: Path, *, module: str = "config.wsgi", **environment: str) -> Iterator[int]:
    """The port of a server that runs during this block; its output goes to `log`."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", module),
        *("--config=python:config.gunicorn", "--worker-class=config.gunicorn_worker.Worker"),
        *(f"--workers={PROCESSES}", f"--threads={THREADS}"),
        *(f"--bind=127.0.0.1:{port}", "--no-control-socket"),
        *(["--worker-tmp-dir=/dev/shm"] if Path("/dev/shm").is_dir() else []),
    ]
    with log.open("a") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=file, stderr=file
        )
        try:
            wait_until_it_answers(process, port, log)
            yield port
        finally:
            process.terminate()
            process.wait()


def wait_until_it_answers(process: subprocess.Popen, port: int, log: Path) -> None:
    """Wait for several answers, because each of its processes imports the site."""
    give_up = time.monotonic() + STARTS_WITHIN
    answers = 0
    while answers < 2 * PROCESSES:
        if process.poll() is not None or time.monotonic() > give_up:
            sys.exit(f"gunicorn did not start:\n{log.read_text()[-4000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=30):
                answers += 1
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
