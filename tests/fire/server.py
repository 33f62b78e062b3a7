"""The mail server of the fire: it refuses, cuts, hangs and closes, by the count of questions."""

from __future__ import annotations

import re
import time
from typing import Any

from bookings.tests.mail_server import CLOSE, CUT, HANG, MailServer
from tests.fire.world import NOBODY, SPAM

BUSY = "451 4.3.0 busy"
TROUBLE = ((50, BUSY), (70, CUT), (90, CLOSE), (701, HANG))
"""(every so many questions, what the server does then)."""


class FireServer(MailServer):
    """`taken_at` is {pk of a notification: the monotonic times at which it was taken}."""

    def __init__(self) -> None:
        super().__init__(self.answer_in_trouble)
        self.is_in_trouble = True
        self.taken_at: dict[int, list[float]] = {}
        self.done: dict[str, int] = {}

    def answer_in_trouble(self, recipient: str, number: int) -> str:
        if recipient.startswith(NOBODY):
            return f"550 5.1.1 <{recipient}> unknown"
        if recipient.startswith(SPAM):
            return "550 5.7.1 not wanted"
        for every, trouble in TROUBLE:
            if self.is_in_trouble and number % every == 0:
                self.done[trouble] = self.done.get(trouble, 0) + 1
                return trouble
        return ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the message, unless the server hangs: it then never answers that it did."""
        if envelope.said != HANG:
            found = re.search(rb"<notification\.(\d+)@", envelope.content)
            assert found, "a message without its Message-ID"
            self.taken_at.setdefault(int(found[1]), []).append(time.monotonic())
        return await super().handle_DATA(server, session, envelope)
