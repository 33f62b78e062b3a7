"""gunicorn's worker with a thread in reserve: machines get an answer when all others wait.

A balancer that hears nothing takes the server away, with all those who would soon be served.
"""

from __future__ import annotations

import socket
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import _DEFER, ThreadWorker

PATHS = (b"/health/", b"/live ", b"/ready ", b"/metrics ")
PROBES = tuple(method + path for method in (b"GET ", b"HEAD ") for path in PATHS)


class Worker(ThreadWorker):
    """`--worker-class=config.gunicorn_worker.Worker`; the same options as gthread."""

    def init_process(self) -> None:
        self.reserve = ThreadPoolExecutor(max_workers=1)
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Give a connection to a thread once it has sent something, and a probe to the reserve."""
        begins_with = first_bytes(conn.sock)
        if begins_with is None and not conn.initialized and not conn.data_ready:
            self._wait_for_bytes(conn)
            return
        is_probe = (begins_with or b"").startswith(PROBES)
        pool = self.reserve if is_probe else self.tpool
        future = pool.submit(self.handle, conn)
        future.add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, conn, done)
        )

    def _wait_for_bytes(self, conn: Any) -> None:
        """Wait without a thread, as gunicorn does after five seconds with one."""
        deferred: Future[Any] = Future()
        deferred.set_result(_DEFER)
        self.finish_request(conn, deferred)


def first_bytes(sock: Any) -> bytes | None:
    """Return the beginning of what was sent, without taking it; None when nothing was sent yet."""
    try:
        return bytes(sock.recv(16, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return None
    except (OSError, ValueError):
        return b""
