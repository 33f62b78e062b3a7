"""Services that answer and withdraw offers of the waiting list (docs/decisions/waiting-list.md)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings import rules
from bookings.models import Appointment, Offer, WaitingListEntry
from bookings.services.booking import book, move
from bookings.services.desk import require_staff
from bookings.services.kept_times import keep_for_the_next, withdraw
from bookings.services.writing import lock_doctor, lock_patient, writing


def take_offer(offer: Offer, *, now: dt.datetime | None = None) -> Appointment:
    """Give the offered time to its patient, and return the visit; a second call returns it too.

    A present visit moves there on its own row: its old time goes to the next person in line.
    Without one, the time is booked. The rules of booking bind the patient as ever. Raises a
    `rules.Refusal`; everything stays as it was then.
    """
    now = now or timezone.now()
    with writing():
        offer = _locked(offer, now)
        if offer.status == Offer.Status.TAKEN and offer.appointment:
            return offer.appointment
        if not (offer.is_held(now) or offer.can_still_change(now)):
            raise rules.StateConflict(_("This time is no longer kept for you."), code="offer_over")
        account, entry = offer.patient.account, offer.entry
        assert account is not None
        mine = Offer.objects.filter(pk=offer.pk)
        mine.update(status=Offer.Status.TAKEN, ended_at=now, is_passed_on=True)
        present = entry.appointment
        replaced = present.starts_at if present else None
        if present:
            visit = move(
                present,
                by=account,
                starts_at=offer.starts_at,
                hold_token=offer.hold_token,
                now=now,
            )
        else:
            visit = book(
                by=account,
                patient=offer.patient,
                doctor=offer.doctor,
                consultation_type=entry.consultation_type,
                starts_at=offer.starts_at,
                hold_token=offer.hold_token,
                now=now,
            )
        mine.update(appointment=visit, replaced_start=replaced)
        return visit


def decline_offer(offer: Offer, *, now: dt.datetime | None = None) -> Offer:
    """Note the patient's "no"; the next person gets the time after Offer.SECOND_THOUGHTS.

    A second call, and a "no" to an offer that ended, change nothing. The place on the list stays.
    """
    now = now or timezone.now()
    with writing():
        offer = _locked(offer, now)
        if offer.is_held(now):
            ended = {"status": Offer.Status.DECLINED, "ended_at": now}
            Offer.objects.filter(pk=offer.pk).update(**ended)
            keep_for_the_next(offer, now=now)
            offer.doctor.touch_calendar()
    offer.refresh_from_db()
    return offer


def withdraw_offer(offer: Offer, *, by: User, now: dt.datetime | None = None) -> None:
    """End an open offer for the practice; the patient is told kindly.

    The time goes to the next person in rank, or to the public. Nothing happens to an offer that
    ended.
    """
    now = now or timezone.now()
    with writing():
        offer = _locked(offer, now)
        require_staff(by, offer.doctor)
        if offer.status == Offer.Status.OPEN:
            withdraw(offer, now=now)
            offer.doctor.touch_calendar()


def mark_urgent(entry: WaitingListEntry, *, by: User, is_urgent: bool) -> None:
    """Put the patient first in rank on this doctor's list, or back by the order of joining."""
    with writing():
        doctor = lock_doctor(entry.doctor, now=timezone.now())
        require_staff(by, doctor)
        WaitingListEntry.objects.filter(pk=entry.pk).update(is_urgent=is_urgent)


def _locked(offer: Offer, now: dt.datetime) -> Offer:
    """The offer, read again after its doctor and its patient are locked."""
    doctor = lock_doctor(offer.doctor, now=now)
    patient = lock_patient(offer.patient)
    fresh = Offer.objects.for_pages().get(pk=offer.pk)
    fresh.doctor, fresh.patient = doctor, patient
    return fresh
