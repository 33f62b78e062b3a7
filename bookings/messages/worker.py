"""The worker: a cluster of django-q for the jobs at set times, and a loop for the messages.

django-q wakes every thirty seconds. A message must leave within fifteen seconds of its cause, so
the loop is the worker's own. Any number of workers may run, on any machines.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import logging
import os
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.db import Error, close_old_connections, connections
from django.utils import timezone

from bookings.messages.offers import offer_freed_times
from bookings.messages.outbox import send_due
from bookings.models import Notification, WorkerBeat

log = logging.getLogger("tbib.worker")

EVERY = 10.0
"""Seconds between two looks at the outbox."""
NAP = 0.5
"""Seconds after which a waiting worker notices that it must end."""
BATCH = 500
"""Messages in one run of the loop."""
FORGOTTEN_AFTER = dt.timedelta(days=1)
"""The row of a worker that died is deleted after this time."""
PR_SET_PDEATHSIG = 1


class Worker:
    """Runs until SIGTERM or SIGINT, or until `until` says so."""

    def __init__(self, until: Callable[[], bool] = lambda: False) -> None:
        self._until = until
        self._is_asked_to_end = False
        self._id = uuid.uuid4()
        self._started_at = timezone.now()
        self._beat_after = 0.0

    def run(self) -> None:
        """Start the cluster, loop, and stop both; return when all processes have ended."""
        end_children_with_this_process()
        # A child must not write to the connection of its parent.
        connections.close_all()
        cluster = self._start_cluster()
        try:
            while self._goes_on():
                if not cluster.sentinel.is_alive():
                    log.error("the jobs' process ended unexpectedly; it is started again")
                    connections.close_all()
                    cluster = self._start_cluster()
                if not self._look():
                    self._wait()
        finally:
            cluster.stop()
            with _errors_logged("the end"):
                WorkerBeat.objects.filter(pk=self._id).delete()
            connections.close_all()

    def _start_cluster(self) -> Any:
        from django_q.cluster import Cluster

        cluster = Cluster()
        # In place of the cluster's own, which would stop it in the middle of a message.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_end)
        cluster.start()
        return cluster

    def _ask_to_end(self, *args: Any) -> None:
        self._is_asked_to_end = True

    def _goes_on(self) -> bool:
        """Whether to go on; asked before each message, so it also gives the sign of life."""
        if self._is_asked_to_end or self._until():
            return False
        if time.monotonic() >= self._beat_after:
            self._beat_after = time.monotonic() + EVERY
            with _errors_logged("the sign of life"):
                self._beat()
        return True

    def _beat(self) -> None:
        now = timezone.now()
        WorkerBeat.objects.update_or_create(
            pk=self._id,
            defaults={"beat_at": now},
            create_defaults={
                "host": socket.gethostname()[:255],
                "process": os.getpid(),
                "started_at": self._started_at,
                "beat_at": now,
            },
        )
        WorkerBeat.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()

    def _look(self) -> bool:
        """Make offers and send what is due; True when there may be more to send at once."""
        close_old_connections()
        with _errors_logged("offers"):
            offer_freed_times()
        sent = 0
        with _errors_logged("messages"):
            sent, _failed = send_due(limit=BATCH, keep_going=self._goes_on)
        # A server that takes nothing is left alone until the next look.
        return sent > 0 and Notification.objects.due(timezone.now()).exists()

    def _wait(self) -> None:
        end = time.monotonic() + EVERY
        while time.monotonic() < end and self._goes_on():
            time.sleep(NAP)


@contextlib.contextmanager
def _errors_logged(what: str) -> Iterator[None]:
    """Log an error instead of ending the worker: the next look may succeed."""
    try:
        yield
    except Error as error:
        # The database is away, or another writer had it for too long.
        log.warning("%s: %s", what, type(error).__name__)
        connections.close_all()
    except Exception:
        log.exception("%s", what)


def end_children_with_this_process() -> None:
    """Let each process forked from now on end when its parent ends, even by `kill -9`.

    Only Linux can do this; elsewhere the jobs' processes outlive a killed worker.
    """
    if sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None).prctl
    os.register_at_fork(after_in_child=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL))


def parent_has_ended() -> Callable[[], bool]:
    """A function that says whether the process that started this one has ended."""
    parent = os.getppid()
    return lambda: os.getppid() != parent
