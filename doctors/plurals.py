"""The plural of what practitioners are called."""

from __future__ import annotations

import re

# "Médecin du sport", "Doctor of sports medicine": the words from here on stay as they are.
PREPOSITIONS = frozenset(["de", "du", "des", "d", "en", "à", "au", "aux", "of", "in", "for"])


def plural(name: str, language: str) -> str:
    """Return "Cardiologues" for "Cardiologue", in French or English; other languages' as it is.

    In French every word takes the plural ("Sages-femmes"), in English the last one.
    """
    if language not in ("fr", "en"):
        return name
    parts = re.split(r"(\W+)", name)
    words = [at for at in range(0, len(parts), 2) if parts[at]]
    stop = next((at for at in words if parts[at].lower() in PREPOSITIONS), len(parts))
    named = [at for at in words if at < stop]
    for at in named if language == "fr" else named[-1:]:
        parts[at] += _ending(parts[at], language)
    return "".join(parts)


def _ending(word: str, language: str) -> str:
    # An abbreviation ("ORL") or a first part ("Gastro-entérologue") stays in French.
    stays = language == "fr" and (word.isupper() or word.endswith("o"))
    return "" if stays or word.endswith(("s", "x", "z")) else "s"


def in_sentence(name: str) -> str:
    """Return a name as it stands inside a sentence: "cardiologue", but "ORL"."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
