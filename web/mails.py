"""Mails in HTML, whose styles are written into each element; and mails on the console."""

from __future__ import annotations

import functools
import textwrap
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend as ConsoleEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi


def html_of(template: str, context: dict[str, Any]) -> str:
    """The mail's HTML, in the active language; `template` extends mail/base.html.

    Many mail programs read no style sheet, so each element gets its styles. What cannot be written
    there (the dark colors, the narrow screen) stays in a style sheet, where `!important` wins.
    Nothing is fetched: neither here nor by the reader.
    """
    page = {
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "site": settings.SITE_URL,
    }
    return _inliner().inline(render_to_string(template, page | context))


@functools.cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class ConsoleBackend(ConsoleEmailBackend):
    """Prints mails for a developer to read: the text, not the HTML."""

    def write_message(self, message: EmailMessage) -> None:
        lines = [
            f"  To: {', '.join(message.to)}",
            f"  Subject: {message.subject}",
            "",
            *textwrap.indent(str(message.body), "  ").splitlines(),
        ]
        rule = "─" * 79
        self.stream.write("\n".join([rule, *lines, rule]) + "\n")
