"""Text from people: compared without case and accents."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii
from django.db import models
from django.utils.text import slugify

ONE_LETTER_FOR_TWO = str.maketrans({"œ": "oe", "æ": "ae"})
# Letters that people write in two ways; the long stroke has no meaning.
ARABIC_LETTERS = str.maketrans({"ة": "ه", "ى": "ي", "ـ": None})
ARABIC_ARTICLE = "ال"


def normalise(text: str) -> str:
    """Return lower case without accents and with single spaces: "Hélène  D'Été" -> "helene d'ete".

    Columns and queries both use it, because SQLite's `icontains` does not know É and PostgreSQL's
    does not know accents. A NUL becomes a space: PostgreSQL refuses a NUL in text.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\x00", " "))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.split())


def slug_of(text: str) -> str:
    """Return `text` in the letters of an address, from any script: "王小明" -> "wangxiaoming".

    "" for a text without letters and digits.
    """
    return slugify(anyascii(text)).strip("-_")


def words(text: str) -> list[str]:
    """Return the words of `text`: "Jean-Luc L'Haÿ" -> ["jean", "luc", "l", "hay"].

    They are normalised, without punctuation, and Arabic words have no article. Columns and queries
    both use this function.
    """
    plain = normalise(text).translate(ONE_LETTER_FOR_TWO).translate(ARABIC_LETTERS)
    return [_without_article(word) for word in re.findall(r"[^\W_]+", plain)]


def _without_article(word: str) -> str:
    is_long = len(word) > len(ARABIC_ARTICLE) + 2
    return word.removeprefix(ARABIC_ARTICLE) if is_long else word


def has_word(column: str, word: str) -> models.Q:
    """Match rows in which a word of `column` starts with `word`; single spaces part its words."""
    starts, follows = {f"{column}__startswith": word}, {f"{column}__contains": f" {word}"}
    return models.Q(**starts) | models.Q(**follows)
