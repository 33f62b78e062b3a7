"""Text as people type it: compared without case and accents."""

from __future__ import annotations

import re
import unicodedata

from django.db import models

ONE_LETTER_FOR_TWO = str.maketrans({"œ": "oe", "æ": "ae"})
# What people write either way; the long stroke means nothing.
ARABIC_LETTERS = str.maketrans({"ة": "ه", "ى": "ي", "ـ": None})
ARABIC_ARTICLE = "ال"


def normalise(text: str) -> str:
    """Lower case, without accents, single spaces: "Hélène  D'Été" -> "helene d'ete".

    Kept in a column and applied to queries, because SQLite's `icontains` knows no É and
    PostgreSQL's knows no accents at all. A NUL is a space: PostgreSQL refuses it as text.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\x00", " "))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.split())


def words(text: str) -> list[str]:
    """What is written, word for word: "Jean-Luc L'Haÿ" -> ["jean", "luc", "l", "hay"].

    Normalised, without punctuation, and Arabic without its article: what is looked for and what
    is kept for it go through here alike.
    """
    plain = normalise(text).translate(ONE_LETTER_FOR_TWO).translate(ARABIC_LETTERS)
    return [_without_article(word) for word in re.findall(r"[^\W_]+", plain)]


def _without_article(word: str) -> str:
    is_long = len(word) > len(ARABIC_ARTICLE) + 2
    return word.removeprefix(ARABIC_ARTICLE) if is_long else word


def has_word(column: str, word: str) -> models.Q:
    """Rows in which a word of `column` starts like that; the column is words with one space."""
    starts, follows = {f"{column}__startswith": word}, {f"{column}__contains": f" {word}"}
    return models.Q(**starts) | models.Q(**follows)
