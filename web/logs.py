"""Logs as JSON lines that name nobody: which request, what went wrong, where in the code.

Texts of other packages are not written out: they quote addresses, hosts and rows, and an error's
own text may quote what a person typed. Ours (loggers "tbib.…") say ids and kinds only.
"""

from __future__ import annotations

import contextvars
import datetime as dt
import json
import logging
import re
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

ROOT = Path(__file__).resolve().parent.parent
FRAMES = 15
"""Lines of a traceback, the innermost ones, for each error of a chain."""

security = logging.getLogger("tbib.security")
_present: contextvars.ContextVar[HttpRequest | None] = contextvars.ContextVar("request")


class RequestIdMiddleware:
    """Gives each request an id, for the log and for the answer's X-Request-ID.

    A proxy in front may have chosen it.
    """

    GIVEN = re.compile(r"[0-9A-Za-z-]{8,64}")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("x-request-id", "")
        request.id = given if self.GIVEN.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        token = _present.set(request)
        try:
            response = self.get_response(request)
        finally:
            _present.reset(token)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address: the address itself may contain a token or a name."""
    match = request.resolver_match
    return match.route if match else ""


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, request, route, error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(
                "T", "milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        request = getattr(record, "request", None) or _present.get(None)
        if isinstance(request, HttpRequest):
            line["request"] = getattr(request, "id", "")
            line["method"] = request.method
            line["route"] = route_of(request)
        line |= getattr(record, "ids", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = chain_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def message_of(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] == "tbib":
        return record.getMessage()
    if status := getattr(record, "status_code", None):
        return f"answered {status}"
    return f"{record.module}.{record.funcName}, line {record.lineno}"


def chain_of(error: BaseException | None) -> list[dict[str, Any]]:
    """Return the error and the errors behind it, the first cause last, without their texts."""
    chain: list[dict[str, Any]] = []
    while error is not None and len(chain) < 5:
        kind = type(error)
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        described: dict[str, Any] = {
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "at": [f"{place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if state := getattr(error, "sqlstate", None):
            described["sqlstate"] = state
        if name := getattr(getattr(error, "diag", None), "constraint_name", None):
            described["constraint"] = name
        chain.append(described)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def place(filename: str) -> str:
    """Return a file of ours relative to the project, and a package's from its own folder on."""
    return filename.removeprefix(f"{ROOT}/").rpartition("site-packages/")[2]


class IsSaidElsewhere(logging.Filter):
    """Leaves out what Django says of a 503: it is logged once, with its SQLSTATE, not each time."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503


class Throttle:
    """Lets one of many equal events through every `seconds`, and counts the others."""

    def __init__(self, seconds: float = 10) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, int]] = {}

    def passed(self, key: str) -> int | None:
        """Return how many of `key` were kept back since the last one; None to keep this back."""
        now = time.monotonic()
        with self._lock:
            until, kept_back = self._seen.get(key, (0.0, 0))
            if now < until:
                self._seen[key] = (until, kept_back + 1)
                return None
            self._seen[key] = (now + self.seconds, 0)
            return kept_back


def log_security_event(name: str, **ids: int | uuid.UUID | str | None) -> None:
    """Write a line for those who watch for attacks; `ids` are keys of rows, never words."""
    text = " ".join(f"{key}={value}" for key, value in ids.items())
    security.warning("%s %s", name, text, extra={"ids": {"event": name, **ids}})
