"""Texts with one typing error in a word: "cardiolgue", "smyth", "pediatre lion".

Only words that nothing starts with are wrong. One letter is missing, added, another one, or two
have changed places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from doctors.models import SearchWord, Specialty
from doctors.name_words import name_key, name_words
from doctors.search import every_own_city, place_named, their_gazetteer
from web.text import words

SHORTEST_WORD = 4
"""Of fewer letters too many words are one error away."""
SHORTEST_START = 6
"""The fewest letters of an unfinished word: "opthalmo"."""
ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئ")


def without_typing_errors(what: str, where: str = "") -> tuple[str, str] | None:
    """Return both texts with known words in place of the wrong ones; None when that fails."""
    known = _Known()
    right_what = re.sub(r"\S+", lambda typed: known.corrected(typed[0]), what)
    right_where = where
    if where.strip() and not place_named(where):
        right_where = _city_like(name_key(where)) or where
    if (right_what, right_where) == (what, where):
        return None
    return right_what, right_where


class _Known:
    """The words that a search can mean, each as it is written; read once."""

    def __init__(self) -> None:
        self.specialties = {
            word: written
            for field in Specialty.objects.all()
            for name in field.every_spelling
            for word, written in _written(name)
        }
        self.cities = {name_key(city): city for city in sorted(every_own_city())}

    def corrected(self, typed: str) -> str:
        """Return the word that `typed` misspells; `typed` when it is right, or unlike any."""
        named = name_words(typed)
        if len(named) != 1 or len(named[0]) < SHORTEST_WORD or self._starts_something(named[0]):
            return typed
        return self._nearest(named[0]) or typed

    def _starts_something(self, word: str) -> bool:
        own = (*self.specialties, *self.cities)
        if any(each.startswith(word.removesuffix("s")) for each in own):
            return True
        if SearchWord.objects.starting(word).exists():
            return True
        return word.isdecimal() or their_gazetteer().named(word) is not None

    def _nearest(self, word: str) -> str:
        """A specialty, else a city, else a doctor's or practice's name; "" for none."""
        near = set(one_error_away(word))
        for own in (self.specialties, self.cities):
            if same := next((own[each] for each in own if each in near), ""):
                return same
        if started := _starts(near, self.specialties, len(word)):
            return started
        if used := SearchWord.objects.most_used(near, 1):
            return used[0].capitalize()
        # Some city somewhere is called "Arl".
        return _atlas_name(near) if len(word) >= SHORTEST_START else ""


def _city_like(key: str) -> str:
    near = set(one_error_away(key)) if len(key) >= SHORTEST_WORD else set()
    own = {name_key(city): city for city in every_own_city()}
    found = sorted(near & own.keys())
    return own[found[0]] if found else _atlas_name(near)


def _atlas_name(near: Iterable[str]) -> str:
    atlas = their_gazetteer()
    return next((place.name for each in sorted(near) if (place := atlas.named(each))), "")


def _starts(near: set[str], own: dict[str, str], length: int) -> str:
    """The first word of `own` that starts with one of `near`; "" for none."""
    if length < SHORTEST_START:
        return ""
    sizes = range(length - 1, length + 2)
    return next((own[word] for word in own for size in sizes if word[:size] in near), "")


def _written(name: str) -> Iterator[tuple[str, str]]:
    """Yield (word, the word as written): ("pediatre", "pédiatre")."""
    for written in re.findall(r"[^\W_]+", name):
        for word in words(written):
            yield word, written if written.isupper() else written.lower()


def one_error_away(word: str) -> Iterator[str]:
    """Yield every word that differs from `word` by one typing error; some of them twice."""
    alphabet = next((each for each in ALPHABETS if word[:1] in each), ALPHABETS[0])
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in alphabet)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in alphabet)
