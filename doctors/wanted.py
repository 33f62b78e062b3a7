"""Which words of a typed text say whom somebody looks for."""

from __future__ import annotations

from web.text import words

# Everybody's, so they narrow nothing.
TITLES = frozenset(
    [*words("Dr Drs Dre Docteur Docteure Doctor Pr Professeur"), *words("دكتور دكتورة طبيب طبيبة")]
)
# "un pédiatre à Lyon", "cardiologue près d’Alger", "a dentist in Paris".
SMALL_WORDS = frozenset(
    [*words("à a au aux chez d de des du en et l la le les près pres proche sur un une"),
     *words("an and at by for in near of the to"),
     *words("في من عند قرب و")]
)  # fmt: skip


def wanted_words(text: str) -> list[str]:
    """The words of `text` without titles, and without small ones unless there are no others:
    "Dr Jean-Luc de Brie" -> ["jean", "luc", "brie"], "Dr Le" -> ["le"]."""
    named = [word for word in words(text) if word not in TITLES]
    return [word for word in named if word not in SMALL_WORDS] or named


def key(text: str) -> str:
    """What two spellings of one name share: "L’Haÿ-les-Roses" -> "hay roses"."""
    return " ".join(wanted_words(text))
