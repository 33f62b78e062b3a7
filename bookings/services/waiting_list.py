"""Joining and leaving the waiting list. Who may not book may not wait either."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient
from bookings import rules, slots
from bookings.models import Appointment, WaitingListEntry
from bookings.services.booking import check_moves_online, check_person
from bookings.services.writing import (
    fresh_type,
    lock_appointment,
    lock_doctor,
    lock_patient,
    writing,
)
from bookings.slots import SlotQuery
from bookings.status import UPCOMING
from doctors.models import ConsultationType, Doctor
from scheduling import engine


def join_waiting_list(
    *,
    patient: Patient,
    doctor: Doctor,
    consultation_type: ConsultationType,
    seen_from: dt.date | None = None,
    not_before: dt.date | None = None,
    now: dt.datetime | None = None,
) -> WaitingListEntry:
    """Have `patient` told when a time opens before the one they have, or else before the next
    free one from the day `seen_from` on (today when None).

    `not_before` is the first day that suits them. Joining again changes the wish and keeps the
    place. Raises a `rules.Refusal`.
    """
    now = now or timezone.now()
    with writing():
        doctor = lock_doctor(doctor, now=now)
        patient = lock_patient(patient)
        consultation_type = fresh_type(consultation_type)
        query = SlotQuery(doctor, consultation_type)
        _check(patient, query, now)
        own = (
            Appointment.objects.upcoming(now)
            .filter(patient=patient, doctor=doctor, consultation_type=consultation_type)
            .select_related("practice", "consultation_type")
            .order_by("starts_at")
            .first()
        )
        if own:
            check_moves_online(own, now=now)
        else:
            rules.check_verified(patient.account, now)
        before = (own and own.starts_at) or next_start(query, seen_from, now=now)
        return _wait(patient, query, before, appointment=own, not_before=not_before, now=now)


def wait_for_earlier(
    appointment: Appointment, *, now: dt.datetime | None = None
) -> WaitingListEntry:
    """Have the visit's patient told when a time opens before it; the visit stays theirs.

    Raises a `rules.Refusal`.
    """
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        kind, start = appointment.consultation_type, appointment.starts_at
        if appointment.status not in UPCOMING or kind is None or start is None or start <= now:
            raise rules.StateConflict(_("This appointment can no longer be moved."))
        query = SlotQuery(appointment.doctor, kind)
        _check(appointment.patient, query, now)
        check_moves_online(appointment, now=now)
        return _wait(appointment.patient, query, start, appointment=appointment, now=now)


def leave_waiting_list(
    entry: WaitingListEntry, *, now: dt.datetime | None = None
) -> WaitingListEntry:
    """Tell them no more; leaving twice changes nothing."""
    now = now or timezone.now()
    with writing():
        lock_doctor(entry.doctor, now=now)
        lock_patient(entry.patient)
        mine = WaitingListEntry.objects.filter(pk=entry.pk)
        mine.end(WaitingListEntry.End.LEFT, now=now)
    entry.refresh_from_db()
    return entry


def next_start(query: SlotQuery, seen_from: dt.date | None, *, now: dt.datetime) -> dt.datetime:
    """The start that somebody would get who looks from `seen_from` (today) on; the end of the
    horizon when there is none."""
    today, last = query.today(now), query.last_day(now)
    after = max(seen_from or today, today)
    start = slots.next_free([query], after, now=now)[query.doctor.pk]
    return start or engine.to_utc(last + engine.DAY, 0, query.zone)


def _check(patient: Patient, query: SlotQuery, now: dt.datetime) -> None:
    check_person(patient=patient, query=query, now=now)
    if query.is_emergency_only:
        phones = ", ".join(rules.emergency_phones(query.doctor.practice))
        refusal = _("An emergency cannot wait for a time to open. Call %(phones)s.")
        raise rules.RuleRefused(refusal % {"phones": phones}, code="no_waiting_list")
    if not patient.account or not patient.account.email:
        refusal = _("To be told, please add an e-mail address to your account first.")
        raise rules.RuleRefused(refusal, code="email_needed")


def _wait(
    patient: Patient,
    query: SlotQuery,
    before: dt.datetime,
    *,
    now: dt.datetime,
    appointment: Appointment | None = None,
    not_before: dt.date | None = None,
) -> WaitingListEntry:
    """The entry, made or renewed, under the person's lock: there is one a reason."""
    kind = query.consultation_type
    assert kind is not None
    entries = WaitingListEntry.objects.filter(
        patient=patient, doctor=query.doctor, consultation_type=kind
    )
    entries.filter(before__lte=now).end(WaitingListEntry.End.OVER, now=now)
    wish = {"before": before, "appointment": appointment, "not_before": not_before}
    entry, _made = entries.not_ended().update_or_create(
        defaults=wish,
        create_defaults={
            **wish,
            "patient": patient,
            "doctor": query.doctor,
            "consultation_type": kind,
            "created_at": now,
        },
    )
    return entry
