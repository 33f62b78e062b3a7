"""Names as people type them: without caring for case or accents."""

import re
import unicodedata
from typing import Any

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


class SearchTextField(models.CharField):
    """The normalised copy of another attribute, rewritten whenever the row is.

    In `pre_save` and not in `Model.save`, so that `bulk_create` keeps it too.
    """

    def __init__(self, *, of: str = "", **options: Any) -> None:
        self.of = of
        options.setdefault("max_length", 300)
        options.setdefault("editable", False)
        options.setdefault("default", "")
        options.setdefault("db_index", True)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        # Django leaves out what is its own default; ours is the other.
        return name, path, args, {"db_index": False, **options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = normalise(getattr(model_instance, self.of))[: self.max_length]
        setattr(model_instance, self.attname, text)
        return text


class LowerCaseMixin:
    """Stored and looked up in lower case: sign-in, where people type either, asks for that."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)  # type: ignore[misc]
        return value.lower() if isinstance(value, str) else value


class LowerCaseCharField(LowerCaseMixin, models.CharField):
    pass


class LowerCaseEmailField(LowerCaseMixin, models.EmailField):
    pass
