"""How to reach a practice: the subject of each line on access, and the link to a map."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from web.text import words

MAP = "https://www.openstreetmap.org"
"""Only a link: our pages load nothing from another origin."""

# {subject of a line: its words}; the first subject with a word in the line wins.
ABOUT = {
    "accessible": words("accessible fauteuil handicap PMR rampe wheelchair ramp step كرسي")
    + words("plain ascenseur lift elevator مصعد"),
    "transit": words("tram tramway métro metro RER bus arrêt station gare train ferry")
    + words("underground subway tube stop ligne line ترام مترو حافلة محطة"),
    "bike": words("vélo vélos bike bikes bicycle bicycles دراجة"),
    "parking": words("parking stationnement park garage موقف"),
    "door": words("sonner sonnette interphone digicode code porte ring bell door intercom باب"),
}


class AccessLine(NamedTuple):
    """`about`: a key of ABOUT, or "" (includes/access_icon.html)."""

    text: str
    about: str


def access_lines(text: str) -> list[AccessLine]:
    """Return the lines of a practice's access text, without the empty ones."""
    return [AccessLine(line, _about(line)) for line in map(str.strip, text.splitlines()) if line]


def _about(line: str) -> str:
    said = set(words(line))
    return next((about for about, known in ABOUT.items() if said.intersection(known)), "")


def map_address(address: str, latitude: float | None, longitude: float | None) -> str:
    """Return a link to directions, or to a search for the address without a point on the map."""
    if latitude is None or longitude is None:
        return f"{MAP}/search?{urlencode({'query': address})}"
    return f"{MAP}/directions?{urlencode({'to': f'{latitude},{longitude}'})}"
