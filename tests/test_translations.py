"""What `bin/messages.py --check` cannot see: that the French reads as print does.

That no string is missing, empty or has other placeholders is the check's, in `make lint`.
"""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parent.parent / "locale/fr/LC_MESSAGES/django.po"
TAG = re.compile(r"<[^>]+>")
# A colon inside 10:30 needs no space.
UNSPACED = re.compile(r"[^\s\u00a0!?…(][;?!»](?!\w)|\w:(?=\s|$)|«(?!\u00a0)")
BREAKABLE = re.compile(r" [:;?!»]|« ")


def french_strings():
    with CATALOGUE.open("rb") as file:
        catalog = read_po(file, locale="fr")
    for message in catalog:
        forms = [message.string] if isinstance(message.string, str) else message.string
        yield from (TAG.sub("", form) for form in forms if message.id)


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (re.compile(r"['\"“”]"), "a straight apostrophe or foreign quotation marks"),
        (BREAKABLE, "a space before : ; ? ! » or after « at which a line may break"),
        (UNSPACED, "no space before : ; ? ! » or after «"),
        (re.compile(r"\b(tu|ton|tes|toi)\b", re.IGNORECASE), "a familiar address"),
        (re.compile(r"courriel|rendez vous|créneau", re.IGNORECASE), "another word than ours"),
    ],
    ids=["quotes", "breakable", "unspaced", "familiar", "words"],
)
def test_french_has_no(fault, what):
    found = [string for string in french_strings() if fault.search(string)]

    assert not found, f"{what}: {found}"
