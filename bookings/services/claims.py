"""Services for invitations: a practice invites a person, and an account claims that person."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings.models import Appointment, Invitation, PatientFile, WaitingListEntry
from bookings.rules import RuleRefused, StateConflict
from bookings.services.writing import lock_account, lock_patient, writing
from doctors.models import Practice
from web import photos


def invite(
    *, by: User, patient: Patient, practice: Practice, now: dt.datetime | None = None
) -> str:
    """Make a new link to `patient` and return its token; the practice's earlier link ends.

    Raises RuleRefused when `by` does not work at the practice, StateConflict when the person has
    an account already.
    """
    now = now or timezone.now()
    token = secrets.token_urlsafe(24)
    with writing():
        patient = lock_patient(patient)
        if not Practice.objects.visible_to(by).filter(pk=practice.pk).exists():
            raise RuleRefused(_("Only the practice can do this."), code="desk_only")
        if patient.account_id:
            raise already_claimed()
        Invitation.objects.filter(patient=patient, practice=practice, claimed_at=None).delete()
        Invitation.objects.create(
            patient=patient,
            practice=practice,
            digest=digest_of(token),
            created_by=by,
            created_at=now,
            expires_at=now + Invitation.LASTS,
        )
    return token


def invitation_of(token: str, *, now: dt.datetime | None = None) -> Invitation | None:
    """The open invitation of a link's token; None when it is over or does not exist."""
    found = Invitation.objects.open(now or timezone.now()).filter(digest=digest_of(token))
    return found.select_related("patient", "practice").first()


def claim(
    invitation: Invitation,
    *,
    by: User,
    relation: str,
    birth_date: dt.date | None,
    now: dt.datetime | None = None,
) -> Patient:
    """Tie the invited person to `by`'s account; return the person.

    The person becomes a relative. With the relation SELF the person becomes the account's owner,
    and the visits and files of both rows are merged. Raises StateConflict when the link is over,
    RuleRefused for a wrong birth date; five wrong dates end the link.
    """
    now = now or timezone.now()
    own = by.patients.filter(relation=Patient.Relation.SELF).first()
    is_self = relation == Patient.Relation.SELF
    with writing():
        # By pk, like every writer.
        wanted = [invitation.patient_id, *([own.pk] if is_self and own else [])]
        people = {person.pk: person for person in Patient.objects.locked(wanted)}
        fresh = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
        invited = people.get(invitation.patient_id)
        if fresh is None or invited is None or not fresh.is_open(now):
            raise StateConflict(
                _("This link is over. The practice can give you a new one."), code="link_over"
            )
        if invited.account_id:
            raise already_claimed()
        lock_account(by)
        if is_self and own != by.patients.filter(relation=Patient.Relation.SELF).first():
            # Another link made the account's own person at the same time.
            raise StateConflict(_("Your account changed in the meantime. Please try again."))
        is_right = invited.birth_date in (None, birth_date)
        if is_right:
            fresh.claimed_at, fresh.claimed_by = now, by
        else:
            fresh.wrong_answers += 1
        fresh.save()
        if is_right and is_self and own and own.pk in people:
            _merge(invited, into=people[own.pk])
            invited = people[own.pk]
        elif is_right:
            invited.account, invited.relation = by, Patient.Relation(relation)
            invited.save()
    # Raised after the transaction, so that the count of wrong answers stays.
    if not is_right:
        raise RuleRefused(_("This is not the date of birth the practice has."), code="wrong_date")
    return invited


def already_claimed() -> StateConflict:
    return StateConflict(_("This person has an account already."), code="already_claimed")


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _merge(invited: Patient, *, into: Patient) -> None:
    """Move everything of the row `invited` to the row `into` of the same person."""
    Appointment.objects.filter(patient=invited).update(patient=into)
    kept = {file.practice_id: file for file in PatientFile.objects.filter(patient=into)}
    for file in PatientFile.objects.filter(patient=invited):
        own = kept.get(file.practice_id)
        if own is None:
            file.patient = into
            file.save()
        elif file.blocked_at and not own.blocked_at:
            # The claim of another file does not lift a block.
            own.blocked_at, own.blocked_by = file.blocked_at, file.blocked_by
            own.block_reason = file.block_reason
            own.save()
    Invitation.objects.filter(patient=invited).update(patient=into)
    own_waits = WaitingListEntry.objects.filter(patient=into)
    others = WaitingListEntry.objects.filter(patient=invited).exclude(
        consultation_type__in=own_waits.values("consultation_type")
    )
    others.update(patient=into)
    if into.birth_date is None:
        into.birth_date = invited.birth_date
    if into.photo:
        photos.forget(invited.photo.name)
    else:
        into.photo = invited.photo
    into.save()
    invited.delete()
