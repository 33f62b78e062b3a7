"""The alphabet of SMS (GSM 03.38), and how many messages a text costs.

A text within the alphabet has 160 characters; one letter outside it leaves 70 for the whole text.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each counts as two."""
PLAIN = {
    **dict.fromkeys("’‘‛′ʼ", "'"),
    **dict.fromkeys("“”„«»″", '"'),
    **dict.fromkeys("–—‐‑−", "-"),
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "·": ".",
}
"""What says the same within the alphabet."""
SPACES = ("Zs", "Zl", "Zp")
INVISIBLE = ("Cf", "Mn")

ONE, OF_SEVERAL = 160, 153
ONE_WIDE, OF_SEVERAL_WIDE = 70, 67
"""Characters of one message, and of each of several; wide: outside the alphabet."""


class Length(NamedTuple):
    """`characters` as providers count them, and how many messages they bill."""

    characters: int
    messages: int
    is_wide: bool


def normalised(text: str) -> str:
    """The text in letters of the alphabet, as far as they exist: "oe" for "œ", "e" for "ê".

    Arabic stays as it is, and then has 70 characters a message.
    """
    return "".join(map(_plain, unicodedata.normalize("NFC", text)))


def length_of(text: str) -> Length:
    """How long the text is as an SMS."""
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        count = len(text) + sum(letter in EXTENDED for letter in text)
        return Length(count, _messages(count, ONE, OF_SEVERAL), False)
    # Counted in UTF-16: an emoji counts as two.
    count = len(text.encode("utf-16-le")) // 2
    return Length(count, _messages(count, ONE_WIDE, OF_SEVERAL_WIDE), True)


def _messages(count: int, one: int, of_several: int) -> int:
    return 1 if count <= one else -(-count // of_several)


def _plain(letter: str) -> str:
    if letter in BASIC or letter in EXTENDED:
        return letter
    if letter in PLAIN:
        return PLAIN[letter]
    category = unicodedata.category(letter)
    if category in SPACES:
        return " "
    if category in INVISIBLE:
        return ""
    # "ê" is "e" and an accent; "ç" is "c" and a cedilla.
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base in BASIC else letter
