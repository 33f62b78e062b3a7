"""A mail server for tests: it takes, refuses, closes, cuts and hangs as it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

CUT = "cut the connection in the middle of the message"
HANG = "read the message and say nothing"
CLOSE = "close the connection before the message"

Answer = Callable[[str, int], str]
"""(recipient, number of the question) → "" to take the message, CUT, HANG, CLOSE, or the server's
words, like "550 5.1.1 no such user"."""


def take(recipient: str, number: int) -> str:
    return ""


class MailServer(Controller):
    """A context manager. `taken` are the messages, in order; `sessions` the connections."""

    def __init__(self, answer: Answer = take) -> None:
        self.answer = answer
        self.taken: list[Message] = []
        self.sessions = self.asked = 0
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        super().__init__(self, hostname="127.0.0.1", port=port, timeout=60)

    def __enter__(self) -> MailServer:
        self.start()
        # Starting asks once whether the server is there.
        self.sessions = 0
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop(no_assert=True)

    def factory(self) -> SMTP:
        self.sessions += 1
        return CuttingSMTP(self, **self.SMTP_kwargs)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.asked += 1
        said = envelope.said = self.answer(address, self.asked)
        if said == CLOSE:
            server.transport.close()
        elif said and said not in (CUT, HANG):
            return said
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if envelope.said == HANG:
            await asyncio.sleep(30)
        self.taken.append(message_from_bytes(envelope.content))
        return "250 2.0.0 OK"

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.taken]


class CuttingSMTP(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.envelope is not None and getattr(self.envelope, "said", "") == CUT:
            await self.push("354 go on")
            self.transport.close()
            return
        await super().smtp_DATA(arg)
