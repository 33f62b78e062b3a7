"""The words of a typed text that name a doctor, a practice, a specialty or a city."""

from __future__ import annotations

from web.text import words

# All doctors have them, so they do not help to find one.
TITLES = frozenset(
    [*words("Dr Drs Dre Docteur Docteure Doctor Pr Professeur"), *words("دكتور دكتورة طبيب طبيبة")]
)
# "un pédiatre à Lyon", "cardiologue près d’Alger", "a dentist in Paris".
SMALL_WORDS = frozenset(
    [*words("à a au aux chez d de des du en et l la le les près pres proche sur un une"),
     *words("an and at by for in near of the to"),
     *words("في من عند قرب و")]
)  # fmt: skip


def name_words(text: str) -> list[str]:
    """Return the words of `text` without titles, and without small words if others remain:
    "Dr Jean-Luc de Brie" -> ["jean", "luc", "brie"], "Dr Le" -> ["le"]."""
    named = [word for word in words(text) if word not in TITLES]
    return [word for word in named if word not in SMALL_WORDS] or named


def name_key(text: str) -> str:
    """Return the same text for two spellings of a name: "L’Haÿ-les-Roses" -> "hay roses"."""
    return " ".join(name_words(text))
