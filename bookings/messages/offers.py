"""Makes the offers of freed times, passes them on, and tells the patients.

A change that frees time (a cancelled visit, a deleted absence) only writes a
`scheduling.models.FreedTime` and keeps the time for a minute, so that bookings stay fast. The
worker calls `offer_freed_times` every ten seconds. Each time is held for one patient after the
other, by rank; then the public has it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from bookings.messages.matching import Match, Opening, OpeningsOfDoctor, still_suits
from bookings.messages.quiet_hours import after_quiet
from bookings.messages.recipients import ways_of
from bookings.models import Hold, MessageSettings, Notification, Offer, WaitingListEntry
from bookings.services.desk import require_staff
from bookings.services.kept_times import end_entries, token_of_freed_time, withdraw
from bookings.services.writing import lock_doctor, sweep_holds, writing
from doctors.models import Doctor
from scheduling.models import FreedTime


def offer_freed_times(*, limit: int = 1000, now: dt.datetime | None = None) -> int:
    """Look at up to `limit` doctors with freed times or ended offers; return how many were made.

    One transaction for each doctor, under the doctor's lock: two runs at the same time offer no
    time twice, and a run that failed is repeated.
    """
    now = now or timezone.now()
    end_expired_entries(now=now)
    return sum(_offer_times_of(doctor_id, now) for doctor_id in _doctors_to_see(now)[:limit])


def end_expired_entries(*, now: dt.datetime) -> int:
    """End the entries whose time has come or whose type is retired; return how many."""
    entries = WaitingListEntry.objects.not_ended()
    over = entries.filter(before__lte=now) | entries.filter(
        consultation_type__retired_at__isnull=False
    )
    ended = 0
    for doctor_id in sorted(set(over.values_list("doctor", flat=True))):
        with transaction.atomic():
            Doctor.objects.locked(doctor_id)
            mine = WaitingListEntry.objects.filter(
                pk__in=over.filter(doctor=doctor_id).values("pk")
            )
            ended += end_entries(mine, WaitingListEntry.End.OVER, now=now)
    return ended


def offer_now(
    entry: WaitingListEntry, starts_at: dt.datetime, *, by: User, now: dt.datetime | None = None
) -> Offer:
    """Offer a free time to this patient at once, whatever the rank: the desk's "propose now".

    A time that is held for somebody else is not free. Raises a `rules.Refusal`.
    """
    now = now or timezone.now()
    with writing():
        doctor = lock_doctor(entry.doctor, now=now)
        require_staff(by, doctor)
        _end_overdue(doctor.pk, now)
        openings = OpeningsOfDoctor(doctor.pk, [Opening.of_desk(starts_at, entry)], now=now)
        match = openings.match_of(entry, starts_at)
        offer = _make(match, openings, by=by)
        doctor.touch_calendar()
        return offer


def _doctors_to_see(now: dt.datetime) -> list[int]:
    """The doctors with a freed time, an offer that ended, or one that may suit no more."""
    changed = Offer.objects.open().exclude(checked_version=F("doctor__calendar_version"))
    found = FreedTime.objects.order_by().values_list("doctor")
    for offers in (Offer.objects.overdue(now), Offer.objects.to_pass_on(now), changed):
        found = found.union(offers.order_by().values_list("doctor"))
    return sorted(pk for (pk,) in found)


def _offer_times_of(doctor_id: int, now: dt.datetime) -> int:
    """Pass the doctor's freed and given-back times on; return how many offers were made."""
    with transaction.atomic():
        locked = Doctor.objects.locked(doctor_id)
        if not locked:
            return 0
        doctor = locked[0]
        sweep_holds(doctor, now=now)
        _end_overdue(doctor_id, now)
        _withdraw_what_suits_no_more(doctor, now)
        openings = _take_openings(doctor_id, now)
        made = 0
        if openings:
            found = OpeningsOfDoctor(doctor_id, openings, now=now)
            for match in found.matches():
                _make(match, found)
                made += 1
            doctor.touch_calendar()
        doctor.refresh_from_db(fields=["calendar_version"])
        checked = Offer.objects.open().filter(doctor=doctor_id)
        checked.update(checked_version=doctor.calendar_version)
    return made


def _end_overdue(doctor_id: int, now: dt.datetime) -> None:
    overdue = Offer.objects.overdue(now).filter(doctor=doctor_id)
    overdue.update(status=Offer.Status.EXPIRED, ended_at=F("held_until"))


def _withdraw_what_suits_no_more(doctor: Doctor, now: dt.datetime) -> None:
    """Withdraw open offers of a time that closed, or to a patient who may not book any more."""
    changed = Offer.objects.open().filter(doctor=doctor).for_pages()
    for offer in changed.exclude(checked_version=doctor.calendar_version):
        if not still_suits(offer, now=now):
            withdraw(offer, now=now)


def _take_openings(doctor_id: int, now: dt.datetime) -> list[Opening]:
    """The doctor's times to offer; what kept them until now is deleted."""
    freed = list(FreedTime.objects.filter(doctor=doctor_id).order_by("pk"))
    ended = list(Offer.objects.to_pass_on(now).filter(doctor=doctor_id).for_pages())
    tokens = [*map(token_of_freed_time, freed), *(offer.hold_token for offer in ended)]
    Hold.objects.filter(token__in=tokens).delete()
    FreedTime.objects.filter(pk__in=[row.pk for row in freed]).delete()
    Offer.objects.filter(pk__in=[offer.pk for offer in ended]).update(is_passed_on=True)
    for offer in ended:
        if offer.status == Offer.Status.WITHDRAWN:
            _tell_withdrawn(offer, now)
    openings = [Opening.of_freed_time(row) for row in freed]
    openings += [Opening.of_ended_offer(offer) for offer in ended]
    return [each for each in openings if each.ends_at > now]


def _make(match: Match, openings: OpeningsOfDoctor, *, by: User | None = None) -> Offer:
    """Write the offer, the hold that keeps its time, and its messages."""
    entry, terms, now = match.entry, match.terms, openings.now
    query = match.query
    end = match.start + query.length
    offer = Offer.objects.create(
        entry=entry,
        patient=entry.patient,
        doctor=entry.doctor,
        practice=match.chosen.practice,
        starts_at=match.start,
        ends_at=end,
        chain=match.chain,
        number=match.number,
        created_at=now,
        told_from=terms.told_from,
        held_until=match.held_until,
        kept_until=match.held_until + (Offer.KEPT if match.has_next else dt.timedelta(0)),
        made_by=by,
    )
    Hold.objects.create(
        token=offer.hold_token,
        doctor=entry.doctor,
        consultation_type=entry.consultation_type,
        starts_at=match.start,
        ends_at=end,
        buffer_minutes=query.pause // dt.timedelta(minutes=1),
        expires_at=offer.kept_until,
        is_for_waiting_list=True,
        created_at=now,
    )
    WaitingListEntry.objects.filter(pk=entry.pk).update(told_at=now)
    ways = ways_of(entry.patient, match.chosen, by_sms_only=terms.by_sms_only)
    _queue(offer, Notification.Kind.OFFER, ways, terms.told_from, now)
    return offer


def _tell_withdrawn(offer: Offer, now: dt.datetime) -> None:
    """Tell the patient, by the ways that told of the offer, that the practice needs the time."""
    told = offer.notifications.filter(kind=Notification.Kind.OFFER).exclude(sent_at=None)
    ways = list(told.values_list("channel", "recipient", "language"))
    chosen = MessageSettings.of(offer.practice)
    when = after_quiet(now, chosen)
    _queue(offer, Notification.Kind.OFFER_WITHDRAWN, ways, when, now)


def _queue(
    offer: Offer,
    kind: Notification.Kind,
    ways: Collection[tuple[Any, ...]],
    when: dt.datetime,
    now: dt.datetime,
) -> None:
    Notification.objects.bulk_create(
        Notification(
            offer=offer,
            kind=kind,
            channel=channel,
            recipient=recipient,
            language=language,
            created_at=now,
            next_attempt_at=when,
        )
        for channel, recipient, language in ways
    )
