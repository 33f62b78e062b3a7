"""Sends an SMS through the operator's provider, which SMS_URL names.

Apprise knows the providers; we have no code of any. It is imported when the first SMS leaves: it
takes 43 MB, which a web process does not need.
"""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import quote

from django.conf import settings

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
HTTP_CODE = re.compile(r"\berror=([0-9]{3})\b")
ABOUT_THE_MESSAGE = ("http_400", "http_404", "http_422")
"""The provider refuses this number or text; another attempt would be refused too."""
NO_ANSWER = "no_answer"


class SmsNotSent(Exception):
    """An SMS was not taken. `code` names nobody: "http_429", "no_answer", "bad_number"."""

    def __init__(self, code: str, permanent: bool) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


def send_sms(number: str, text: str, *, sender: str) -> None:
    """Send one SMS; raise SmsNotSent when the provider did not take it.

    `number` is like +33612345678. `sender` is the practice's; a provider gets it where SMS_URL
    says `{sender}`. Without SMS_URL, under DEBUG, the SMS is written to the console.
    """
    if not NUMBER.fullmatch(number):
        # Some providers would send it to the sender's own number instead.
        raise SmsNotSent("bad_number", permanent=True)
    if not settings.SMS_URL:
        if not settings.DEBUG:
            raise SmsNotSent("no_provider", permanent=False)
        print(f"SMS to {number} from {sender or 'Tbib'}:\n{text}\n", flush=True)
        return
    with _Codes() as codes:
        provider = _provider(number, sender)
        if provider is None:
            raise SmsNotSent("bad_url", permanent=False)
        # Apprise answers None where nothing was sent.
        was_sent = bool(provider.notify(body=text, body_format="text"))
    if not was_sent:
        code = codes.last or NO_ANSWER
        raise SmsNotSent(code, permanent=code in ABOUT_THE_MESSAGE)


def is_readable(sms_url: str) -> bool:
    """Whether Apprise knows the provider that this address names, and finds the secrets whole."""
    with _Codes():
        return _provider("+33612345678", "Tbib", sms_url) is not None


def _provider(number: str, sender: str, sms_url: str = "") -> Any:
    """Apprise with the one address of this SMS; None when it cannot read it."""
    import apprise

    found = apprise.Apprise()
    return found if found.add(_address(sms_url or settings.SMS_URL, number, sender)) else None


def _address(sms_url: str, number: str, sender: str) -> str:
    """The provider's address with the number: where `{number}` stands, else behind the path."""
    if "{number}" not in sms_url:
        path, mark, options = sms_url.partition("?")
        sms_url = f"{path.rstrip('/')}/{{number}}{mark and '/?'}{options}"
    named = sms_url.replace("{sender}", quote(sender or "Tbib", safe=""))
    return named.replace("{number}", quote(number, safe=""))


class _Codes(logging.Handler):
    """While it is open, Apprise logs nothing, and `last` is its last error's code.

    Apprise's log has numbers and malformed secrets; its answer has no reason.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""
        self._logger = logging.getLogger("apprise")

    def __enter__(self) -> _Codes:
        self._logger.propagate = False
        self._logger.handlers = [self]
        return self

    def __exit__(self, *_error: object) -> None:
        self._logger.handlers = [logging.NullHandler()]

    def emit(self, record: logging.LogRecord) -> None:
        code = HTTP_CODE.search(record.getMessage())
        if code:
            self.last = f"http_{code[1]}"
