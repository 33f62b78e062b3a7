"""Hands messages to the mail server and the SMS provider, and reads their refusals."""

from __future__ import annotations

import datetime as dt
import enum
import re
from contextlib import suppress
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from bookings.messages.composing import compose, compose_sms
from bookings.messages.sms import NO_ANSWER, SmsNotSent, send_sms
from bookings.models import MessageSettings, Notification

SERVICE_CLOSES = 421
LOGIN_REFUSED = range(530, 540)
"""These say that our own name and password are wrong, so no message is to blame."""
SMS_AWAY_AFTER = 3
"""So many SMS in a row without an answer, and the run tries no more."""
ABOUT_THE_MESSAGE = (400, 413, 422)
"""A provider's HTTP statuses that refuse one message."""
ABOUT_THE_SENDER = ("5.1.7", "5.1.8")


class Verdict(enum.Enum):
    """What a failure says of the next attempts."""

    AWAY = "the server could not be spoken to"
    LATER = "the server asks to try again later"
    REFUSED = "the server refuses this message"
    NO_SUCH_ADDRESS = "the server says that the address does not exist"
    NEVER = "another attempt would be refused too"


class NotSent(Exception):
    """A message was not taken. `code` is like "550 5.1.1", or an error's name; it names nobody."""

    def __init__(self, code: str, verdict: Verdict) -> None:
        super().__init__(code)
        self.code, self.verdict = code, verdict


class Delivery:
    """The way out for the messages of one run: one connection, opened when first needed.

    A connection that broke is opened again for the next message. A provider of SMS that does not
    answer is left alone for the rest of the run, so that the e-mails go on.
    """

    def __init__(self) -> None:
        self._connection = get_connection()
        self._is_open = False
        self._sms_unanswered = 0

    def send(self, row: Notification, *, now: dt.datetime) -> None:
        """Send the message; raise NotSent when it was not taken."""
        if row.channel == Notification.Channel.SMS:
            self._send_sms(row, now)
            return
        message = compose(row, now=now)
        message.extra_headers["Message-ID"] = message_id(row)
        # Providers give it back with what they tell later; mail servers never see it.
        message.metadata = {"notification": str(row.pk)}  # type: ignore[attr-defined]
        try:
            self._send_again_when_closed(message)
        except (OSError, SMTPException) as error:
            failure = _read(error)
            if failure.verdict is Verdict.AWAY:
                self.close()
            raise failure from error

    def _send_sms(self, row: Notification, now: dt.datetime) -> None:
        if self._sms_unanswered == SMS_AWAY_AFTER:
            raise NotSent(NO_ANSWER, Verdict.LATER)
        sender = MessageSettings.of(row.practice).sms_sender
        try:
            send_sms(row.recipient, compose_sms(row, now=now), sender=sender)
        except SmsNotSent as failure:
            if failure.code == NO_ANSWER:
                self._sms_unanswered += 1
            raise NotSent(
                failure.code, Verdict.NEVER if failure.permanent else Verdict.LATER
            ) from failure
        self._sms_unanswered = 0

    def _send_again_when_closed(self, message: EmailMessage) -> None:
        """Send, once more over a new connection when the server closed the one in use.

        Many servers do so after some number of messages.
        """
        was_open = self._is_open
        try:
            self._send(message)
        except SMTPException as error:
            if not was_open or not _has_closed(error):
                raise
            self.close()
            self._send(message)

    def _send(self, message: EmailMessage) -> None:
        if not self._is_open:
            self._connection.open()
            self._is_open = True
        self._connection.send_messages([message])

    def close(self) -> None:
        """End the connection; the next message opens a new one."""
        self._is_open = False
        with suppress(OSError, SMTPException):
            self._connection.close()


def message_id(row: Notification) -> str:
    """The Message-ID, the same at each attempt, so that mail programs show a repetition once."""
    return f"<notification.{row.pk}@{urlsplit(settings.SITE_URL).hostname}>"


def _has_closed(error: SMTPException) -> bool:
    return isinstance(error, SMTPServerDisconnected) or _answer(error)[0] == SERVICE_CLOSES


def _answer(error: Exception) -> tuple[int, str]:
    """The server's (code, words); (0, "") when it did not answer."""
    words: bytes | str
    if isinstance(error, SMTPRecipientsRefused):
        # A message has one recipient.
        ((code, words),) = error.recipients.values()
    elif isinstance(error, SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    return code, words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def _read(error: Exception) -> NotSent:
    """The meaning of an error. The server's words may name the person, so only codes are kept."""
    status = getattr(error, "status_code", None)
    if status is not None:
        refused = status in ABOUT_THE_MESSAGE
        return NotSent(f"HTTP {status}", Verdict.REFUSED if refused else Verdict.AWAY)
    code, words = _answer(error)
    if code < 400 or code == SERVICE_CLOSES or code in LOGIN_REFUSED:
        return NotSent(str(code) if code > 0 else type(error).__name__, Verdict.AWAY)
    detailed = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", words)
    detail = detailed[1] if detailed else ""
    text = f"{code} {detail}".strip()
    if code < 500:
        return NotSent(text, Verdict.LATER)
    is_of_address = detail.startswith("5.1.") and detail not in ABOUT_THE_SENDER
    if is_of_address and not isinstance(error, SMTPSenderRefused):
        return NotSent(text, Verdict.NO_SUCH_ADDRESS)
    return NotSent(text, Verdict.REFUSED)
