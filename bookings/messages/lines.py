"""A practice's own lines: reading them for a form, and saving them."""

from __future__ import annotations

from django.db import transaction

from bookings.models import MessageLine
from doctors.models import Practice

Texts = dict[tuple[int | None, str], str]
"""{(the consultation type's pk, or None for the closing line; the language): the text}."""


def lines_of(practice: Practice) -> Texts:
    """The practice's lines of all types and languages."""
    rows = MessageLine.objects.filter(practice=practice)
    return {(row.consultation_type_id, row.language): row.text for row in rows}


@transaction.atomic
def save_lines(practice: Practice, texts: Texts) -> None:
    """Write these lines; an empty text removes its line, and a line not named here stays."""
    for (type_id, language), text in texts.items():
        lines = MessageLine.objects.filter(practice=practice, language=language)
        # `consultation_type=None` finds the closing line.
        lines = lines.filter(consultation_type=type_id)
        if not text:
            lines.delete()
        elif not lines.update(text=text):
            MessageLine.objects.create(
                practice=practice, consultation_type_id=type_id, language=language, text=text
            )
