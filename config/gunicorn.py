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
    """Begin at zero: the files of a server before would be counted again. Say what is missing."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    # The workers inherit the settings that are read here (config.database).
    os.environ.setdefault("PROCESS_KIND", "web")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    if settings.SECURE_SSL_REDIRECT and not getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        server.log.warning(
            "DEBUG and BEHIND_TLS_PROXY are off: every page redirects to HTTPS, which this server "
            "does not speak. Put a proxy in front (deploy/nginx) and set BEHIND_TLS_PROXY=on."
        )


def on_exit(server: Any) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
