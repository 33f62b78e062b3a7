"""Services for patient files: block, unblock, and reset the count of no-shows."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings import rules
from bookings.models import PatientFile
from bookings.services.writing import lock_patient, writing
from doctors.models import Practice


def block_patient(
    *,
    by: User,
    patient: Patient,
    practice: Practice,
    reason: str = "",
    now: dt.datetime | None = None,
) -> PatientFile:
    """Block the patient's online booking at this practice; user and time are kept once."""
    with writing():
        file = _locked_file(by, patient, practice)
        file.block_reason = reason.strip()
        if file.blocked_at is None:
            file.blocked_at, file.blocked_by = now or timezone.now(), by
        file.save()
    return file


def unblock_patient(*, by: User, patient: Patient, practice: Practice) -> PatientFile:
    """End the practice's block. No-shows or an admin's block can still refuse the patient."""
    with writing():
        file = _locked_file(by, patient, practice)
        file.blocked_at, file.blocked_by, file.block_reason = None, None, ""
        file.save()
    return file


def reset_no_shows(
    *, by: User, patient: Patient, practice: Practice, now: dt.datetime | None = None
) -> PatientFile:
    """Count no-shows at this practice from now on; the visits keep their status."""
    with writing():
        file = _locked_file(by, patient, practice)
        file.no_shows_reset_at, file.no_shows_reset_by = now or timezone.now(), by
        file.save()
    return file


def _locked_file(by: User, patient: Patient, practice: Practice) -> PatientFile:
    """The file, made when missing, under the person's lock, so that a booking waits for it."""
    if not Practice.objects.visible_to(by).filter(pk=practice.pk).exists():
        raise rules.RuleRefused(_("Only the practice can do this."), code="desk_only")
    file, _made = PatientFile.objects.get_or_create(
        patient=lock_patient(patient), practice=practice
    )
    return file
