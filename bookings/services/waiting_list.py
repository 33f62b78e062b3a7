"""Services to join and leave the waiting list. The rules of booking hold for it too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient
from bookings import rules, slots
from bookings.models import Appointment, WaitingListEntry
from bookings.services.booking import check_patient_may_book
from bookings.services.by_patient import check_moves_online
from bookings.services.kept_times import end_entries
from bookings.services.writing import (
    fresh_type,
    lock_appointment,
    lock_doctor,
    lock_patient,
    writing,
)
from bookings.slots import SlotQuery
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
    """Put `patient` on the waiting list for a time before the visit they have.

    Without a visit, for a time before the next free start from the day `seen_from` on (today
    when None). `not_before` is the first day that suits the patient. A second call changes the
    wish and keeps the place on the list. Raises a `rules.Refusal`.
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
    """Put the visit's patient on the waiting list for an earlier time; the visit stays booked.

    Raises a `rules.Refusal`.
    """
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        consultation_type, start = appointment.consultation_type, appointment.starts_at
        if consultation_type is None or start is None or not appointment.is_upcoming(now):
            raise rules.StateConflict(_("This appointment can no longer be moved."))
        query = SlotQuery(appointment.doctor, consultation_type)
        _check(appointment.patient, query, now)
        check_moves_online(appointment, now=now)
        return _wait(appointment.patient, query, start, appointment=appointment, now=now)


def leave_waiting_list(
    entry: WaitingListEntry, *, now: dt.datetime | None = None
) -> WaitingListEntry:
    """End the entry; a second call changes nothing."""
    now = now or timezone.now()
    with writing():
        lock_doctor(entry.doctor, now=now)
        lock_patient(entry.patient)
        mine = WaitingListEntry.objects.filter(pk=entry.pk)
        end_entries(mine, WaitingListEntry.End.LEFT, now=now)
    entry.refresh_from_db()
    return entry


def change_wish(
    entry: WaitingListEntry,
    *,
    weekdays: Collection[int],
    mornings: bool,
    afternoons: bool,
    notice_hours: int,
    not_before: dt.date | None,
    now: dt.datetime | None = None,
) -> None:
    """Write which times suit the patient: weekdays (Monday = 0), half-days, shortest notice.

    The place on the list stays, and so does an open offer. Raises StateConflict when the wish
    ended.
    """
    now = now or timezone.now()
    with writing():
        lock_doctor(entry.doctor, now=now)
        lock_patient(entry.patient)
        changed = (
            WaitingListEntry.objects.live(now)
            .filter(pk=entry.pk)
            .update(
                weekdays="".join(str(each) for each in sorted(set(weekdays))),
                mornings=mornings,
                afternoons=afternoons,
                notice_hours=notice_hours,
                not_before=not_before,
            )
        )
        if not changed:
            raise rules.StateConflict(_("You are no longer on this waiting list."))


def next_start(query: SlotQuery, seen_from: dt.date | None, *, now: dt.datetime) -> dt.datetime:
    """The next free start from the day `seen_from` on (today when None), aware.

    The end of the horizon when there is none.
    """
    today, last = query.today(now), query.last_day(now)
    after = max(seen_from or today, today)
    start = slots.next_free([query], after, now=now)[query.doctor.pk]
    return start or engine.to_utc(last + engine.DAY, 0, query.zone)


def _check(patient: Patient, query: SlotQuery, now: dt.datetime) -> None:
    check_patient_may_book(patient=patient, query=query, now=now)
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
    """Make or renew the person's one entry for this doctor and type, under the person's lock."""
    consultation_type = query.consultation_type
    assert consultation_type is not None
    entries = WaitingListEntry.objects.filter(
        patient=patient, doctor=query.doctor, consultation_type=consultation_type
    )
    end_entries(entries.filter(before__lte=now), WaitingListEntry.End.OVER, now=now)
    wish = {"before": before, "appointment": appointment, "not_before": not_before}
    entry, _made = entries.not_ended().update_or_create(
        defaults=wish,
        create_defaults={
            **wish,
            "patient": patient,
            "doctor": query.doctor,
            "consultation_type": consultation_type,
            "created_at": now,
        },
    )
    return entry
