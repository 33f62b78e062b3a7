"""gunicorn's hooks: the numbers of all its processes are one (web.metrics)."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

folder = os.environ.setdefault(
    "PROMETHEUS_MULTIPROC_DIR", os.path.join(tempfile.gettempdir(), f"tbib-metrics-{os.getpid()}")
)


def on_starting(server: Any) -> None:
    """Begin at zero: the files of a server before would be counted again."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)


def on_exit(server: Any) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
