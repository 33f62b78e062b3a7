"""A response as text that is the same in every run and easy to compare, line by line."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from tests.pages.list_of_pages import Page
from tests.pages.world import client_of, same_randomness

HEADERS = (
    "Location",
    "Content-Type",
    "Content-Disposition",
    "Content-Language",
    "Allow",
    "Cache-Control",
    "Vary",
    "X-Robots-Tag",
    "HX-Location",
    "HX-Push-Url",
    "HX-Redirect",
    "HX-Refresh",
    "HX-Replace-Url",
    "HX-Reswap",
    "HX-Retarget",
    "HX-Trigger",
    "HX-Trigger-After-Settle",
    "HX-Trigger-After-Swap",
)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RANDOM = (
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1TOKEN"),
    (re.compile(r'("x-csrftoken": ")[^"]*'), r"\1TOKEN"),
    (re.compile(r'( nonce=")[^"]*'), r"\1NONCE"),
    (re.compile(r"(/static/[^\"' ]*)\.[0-9a-f]{8,12}(\.[a-z0-9]+)"), r"\1.HASH\2"),
)
BLOCK = (
    r"(?:button|caption|d[dlt]|div|fieldset|figcaption|h[1-6]|label|legend|li|option|p|section"
    r"|summary|t[dhr]|title)\b[^<>]*"
)
"""Tags at whose edges a browser shows no white space."""


def draw(page: Page, role: str, sessions: dict[str, str]) -> str:
    """What `role` gets for `page`, with the mails it sends; the database stays as it is."""
    cache.clear()
    mail.outbox = []
    with taking_it_back(), same_randomness(f"{page.name} {role}"):
        response = answer(page, client_of(role, sessions))
        text = as_text(response)
        if page.method == "post":
            call_command("send_outbox", stdout=io.StringIO())
            text += "".join(map(mail_as_text, mail.outbox))
    return numbered(text)


def answer(page: Page, client: Client) -> Any:
    """The response; `page.before` are requests that the same browser sends first."""
    for path, data in page.before:
        client.post(path, data)
    if page.method == "post":
        kind = {"content_type": "application/json"} if page.is_json else {}
        return client.post(page.path, page.data, headers=page.headers, **kind)
    return client.get(page.path, headers=page.headers)


@contextmanager
def taking_it_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def as_text(response: Any) -> str:
    head = [f"{response.status_code} {response.reason_phrase}"]
    for name in HEADERS:
        if name in response:
            value = response[name]
            head.append(
                f"{name}: {', '.join(sorted(value.split(', '))) if name == 'Vary' else value}"
            )
    body = b"".join(response) if response.streaming else response.content
    return "\n".join([*head, "", body_as_text(body, response.get("Content-Type", "")), ""])


def body_as_text(body: bytes, content_type: str) -> str:
    if "html" in content_type or "xml" in content_type:
        return normalised(body.decode())
    if "json" in content_type:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"


def normalised(markup: str) -> str:
    """One tag or text a line, without the white space that only templates care for."""
    markup = re.sub(r"\s+", " ", markup)
    markup = re.sub(r" ?(/?>)", r"\1", markup)
    markup = re.sub(r"> <", "><", markup)
    markup = re.sub(rf"(<{BLOCK}>) | (?=</{BLOCK}>)", r"\1", markup)
    for pattern, placeholder in RANDOM:
        markup = pattern.sub(placeholder, markup)
    return markup.strip().replace("><", ">\n<")


def mail_as_text(message: Any) -> str:
    lines = (f"To: {', '.join(message.to)}", f"Subject: {message.subject}", "", message.body)
    return "\n-- mail --\n" + "\n".join(lines)


def numbered(text: str) -> str:
    """Each UUID as uuid-N, in the order in which they come."""
    numbers: dict[str, str] = {}
    return UUID.sub(lambda match: numbers.setdefault(match[0], f"uuid-{len(numbers) + 1}"), text)
