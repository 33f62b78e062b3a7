"""The filters that mark the typed letters in a suggestion, and put a name into a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from doctors import plurals
from web.text import words

register = template.Library()


@register.filter
def in_sentence(name: str) -> str:
    """Return "cardiologue" for "Cardiologue"."""
    return plurals.in_sentence(name)


@register.filter
def mark(text: str, typed: Iterable[str]) -> SafeString:
    """Return `text`, escaped, with <mark> around the letters that `typed` starts with:
    "Dr <mark>Hél</mark>ène" for ["hel"]."""
    parts = re.split(r"([^\W_]+)", unicodedata.normalize("NFC", text))
    shown = (_marked(part, typed) if at % 2 else escape(part) for at, part in enumerate(parts))
    return mark_safe("".join(shown))


def _marked(word: str, typed: Iterable[str]) -> str:
    whole = "".join(words(word))
    starts = [start for start in typed if whole.startswith(start)]
    if not starts:
        return escape(word)
    longest = max(starts, key=len)
    end = next(n for n in range(1, len(word) + 1) if "".join(words(word[:n])).startswith(longest))
    return format_html("<mark>{}</mark>{}", word[:end], word[end:])
