"""What an operator must know of the outbox: is a worker alive, what waits, what failed and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.models import Notification, WorkerBeat

DAY = dt.timedelta(days=1)
LATE_AFTER = dt.timedelta(minutes=5)
FAILURES_SHOWN_FOR = dt.timedelta(days=7)
"""Messages that were given up longer ago are in the list of messages only."""

REASONS = (
    ("5.1.", _("The address does not exist.")),
    ("5.2.2", _("The mailbox is full.")),
    ("5.2.", _("The mailbox takes no messages.")),
    ("5.3.4", _("The message is too large.")),
    ("5.7.", _("The server does not trust the message: see SPF, DKIM and DMARC of the sender.")),
    ("53", _("The server refuses our name or password: see EMAIL_URL.")),
    ("5", _("The server refuses the message.")),
    ("421", _("The server is busy.")),
    ("4", _("The server asks to try again later.")),
    ("Connection", _("The server does not answer: see EMAIL_URL.")),
    ("Timeout", _("The server does not answer: see EMAIL_URL.")),
    ("gaierror", _("The server’s name is not known: see EMAIL_URL.")),
    ("SMTPServerDisconnected", _("The server cut the connection.")),
    ("SMTP", _("The server was not understood.")),
    ("Template", _("The message cannot be composed: see the log.")),
)
"""(beginning of a code, or of its part after the space; the reason), the first that fits."""


@dataclass(frozen=True)
class Failure:
    """Messages that failed for one reason by one way."""

    code: str
    channel: str
    messages: int
    moment: dt.datetime
    """When the last was given up, or when the first is tried again."""

    @property
    def way(self) -> str:
        return str(Notification.Channel(self.channel).label)

    @property
    def query(self) -> str:
        """The filter of the admin's list that shows these messages when they were given up."""
        chosen = {"failure": self.code, "channel__exact": self.channel, "failed_at__isempty": 0}
        return urlencode(chosen)

    @property
    def reason(self) -> str:
        """The code in words; "" for one that is not known."""
        detail = self.code.partition(" ")[2]
        for beginning, words in REASONS:
            if detail.startswith(beginning) or self.code.startswith(beginning):
                return str(words)
        return ""


@dataclass(frozen=True)
class Report:
    """The state of the outbox at one moment."""

    workers: int
    """Workers that gave a sign of life lately."""
    last_beat: dt.datetime | None
    """The last sign of life of any worker, of the last day."""
    due: int
    """Messages whose time has come."""
    due_since: dt.datetime | None
    """Since when the first of them has been due."""
    planned: int
    """Messages that wait for their time or for another attempt."""
    sent_lately: int
    """Messages sent in the last 24 hours."""
    given_up: list[Failure]
    tried_again: list[Failure]
    is_late: bool
    """Whether messages leave more slowly than they should."""


def read_report(now: dt.datetime) -> Report:
    """The report of all messages; eight queries, however many rows there are."""
    waiting = Notification.objects.waiting()
    due = waiting.filter(next_attempt_at__lte=now)
    first = due.aggregate(first=Min("next_attempt_at"))["first"]
    last = WorkerBeat.objects.aggregate(last=Max("beat_at"))["last"]
    failed = Notification.objects.filter(failed_at__gt=now - FAILURES_SHOWN_FOR)
    return Report(
        workers=WorkerBeat.objects.alive(now).count(),
        last_beat=last,
        due=due.count(),
        due_since=first,
        planned=waiting.filter(next_attempt_at__gt=now).count(),
        sent_lately=Notification.objects.filter(sent_at__gt=now - DAY).count(),
        given_up=_by_reason(failed, Max("failed_at")),
        tried_again=_by_reason(waiting.exclude(failure=""), Min("next_attempt_at")),
        is_late=bool(first and first < now - LATE_AFTER),
    )


def _by_reason(rows: QuerySet[Notification], moment: Max | Min) -> list[Failure]:
    found = rows.order_by().values("failure", "channel")
    counted = found.annotate(messages=Count("pk"), moment=moment).order_by("-messages")
    return [
        Failure(row["failure"], row["channel"], row["messages"], row["moment"]) for row in counted
    ]
