"""The service that saves a doctor's private note about a visit."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from bookings import rules
from bookings.models import Appointment, PrivateNote
from bookings.services.writing import writing


class NoteChanged(rules.StateConflict):
    """Another window saved the note meanwhile; `note` is the saved one."""

    code = "note_changed"

    def __init__(self, note: PrivateNote) -> None:
        super().__init__(_("This note was changed in another window."))
        self.note = note


def save_note(
    *,
    by: User,
    appointment: Appointment,
    text: str,
    expected_version: str,
    own_text: str | None = None,
) -> PrivateNote:
    """Save `text` as the doctor's private note about this visit, and return the note.

    `by` must be the visit's doctor, else RuleRefused. `expected_version` is the `version` of the
    note that the writer opened, "" when there was none. `own_text` is what the same window sent
    before without waiting for the answer. Raises NoteChanged, and keeps the saved text, when
    another window saved the note meanwhile.
    """
    if appointment.doctor.user_id != by.pk:
        raise rules.RuleRefused(_("Only the doctor can do this."), code="doctor_only")
    with writing():
        note, is_new = PrivateNote.objects.get_or_create(
            doctor=appointment.doctor, appointment=appointment
        )
        note = PrivateNote.objects.select_for_update().get(pk=note.pk)
        if note.text == text and not is_new:
            return note
        if not is_new and note.version != expected_version and note.text != own_text:
            raise NoteChanged(note)
        note.text = text
        note.save()
    return note
