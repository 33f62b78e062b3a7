"""Services that keep a slot for a visitor until the confirmation (docs/contracts.md, rule 10)."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from bookings import rules, slots
from bookings.models import Hold
from bookings.services.writing import fresh_type, sweep_holds, writing
from bookings.slots import SlotQuery
from doctors.models import ConsultationType, Doctor


def hold(
    *,
    token: str,
    doctor: Doctor,
    consultation_type: ConsultationType,
    starts_at: dt.datetime,
    address: str,
    by: Any = None,
    now: dt.datetime | None = None,
) -> Hold:
    """Hold `starts_at` (aware) for the visitor who owns `token`, in place of an earlier hold.

    `by` is the reader who asks: no rule but the type's own binds the doctor's staff.

    The same slot again returns the same hold, so that a reload does not prolong it. `address` is
    the visitor's IP address. Raises a `rules.Refusal`; the earlier hold stays then.
    """
    now = now or timezone.now()
    starts_at = starts_at.astimezone(dt.UTC)
    with writing():
        earlier = Hold.objects.filter(token=token).values_list("doctor_id", flat=True).first()
        locked = {row.pk: row for row in Doctor.objects.locked(doctor.pk, earlier or doctor.pk)}
        doctor = locked[doctor.pk]
        for row in locked.values():
            sweep_holds(row, now=now)
        mine = Hold.objects.filter(token=token).first()
        consultation_type = fresh_type(consultation_type)
        if mine and (mine.doctor_id, mine.consultation_type_id, mine.starts_at) == (
            doctor.pk,
            consultation_type.pk,
            starts_at,
        ):
            return mine
        staff = by is not None and doctor.is_staffed_by(by)
        check = rules.check_type_is_offered if staff else rules.check_bookable
        check(doctor, consultation_type)
        query = SlotQuery(doctor, consultation_type, is_staff=staff)
        blocker = slots.blocker_at(query, starts_at, now=now, token=token)
        if blocker:
            raise rules.refuse_time(blocker, query)
        digest = address_digest(address)
        if settings.RATE_LIMITS:
            _check_address(digest, token, now)
        for row in locked.values():
            row.touch_calendar()
        # Two tabs can hold at two doctors at once, under different locks: the later one replaces
        # the row that the other has just made.
        kept, _made = Hold.objects.update_or_create(
            token=token,
            defaults={
                "doctor": doctor,
                "consultation_type": consultation_type,
                "starts_at": starts_at,
                "ends_at": starts_at + consultation_type.length,
                "buffer_minutes": consultation_type.buffer_after,
                "expires_at": now + Hold.LASTS,
                "extensions": 0,
                "extended_at_sign_up": False,
                "address_digest": digest,
                "created_at": now,
            },
        )
        return kept


def extend_hold(token: str, *, now: dt.datetime | None = None) -> Hold:
    """Let the hold last five minutes longer, twice at most.

    Raises StateConflict when the hold is over or was extended twice.
    """
    now = now or timezone.now()
    with writing():
        found = _own_hold(token, now=now)
        if not found.can_be_extended:
            raise rules.StateConflict(
                _("This time cannot be kept any longer. Please confirm it now."),
                code="hold_not_extendable",
            )
        found.extensions += 1
        return _prolong(found)


def extend_hold_after_sign_up(token: str, *, now: dt.datetime | None = None) -> None:
    """Let the hold last five minutes longer, once, because a sign-up takes time.

    The visitor's two extensions are not used up. Nothing happens when the hold is over.
    """
    now = now or timezone.now()
    with writing():
        try:
            found = _own_hold(token, now=now)
        except rules.StateConflict:
            return
        if not found.extended_at_sign_up:
            found.extended_at_sign_up = True
            _prolong(found)


def release_hold(token: str, *, now: dt.datetime | None = None) -> None:
    """Delete the hold of `token`; nothing happens when there is none."""
    now = now or timezone.now()
    with writing():
        found = Hold.objects.filter(token=token).first()
        if found:
            (doctor,) = Doctor.objects.locked(found.doctor_id)
            Hold.objects.filter(token=token, doctor=doctor).delete()
            doctor.touch_calendar()


def address_digest(address: str) -> str:
    """A keyed digest of an IP address: it counts the address's holds and reveals nothing.

    Of an IPv6 address only the /64 network counts, because a visitor has 2^64 addresses there.
    """
    with contextlib.suppress(ValueError):
        parsed = ipaddress.ip_address(address)
        if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
            address = str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return salted_hmac("bookings.hold", address, algorithm="sha256").hexdigest()


def _check_address(digest: str, token: str, now: dt.datetime) -> None:
    live = Hold.objects.unexpired(now).of_others(token).filter(address_digest=digest)
    if live.count() >= Hold.PER_ADDRESS:
        raise rules.TooManyHolds(
            _(
                "Too many times are being kept from your network right now. "
                "Please try again in a few minutes."
            )
        )


def _own_hold(token: str, *, now: dt.datetime) -> Hold:
    """The visitor's hold under its doctor's lock; StateConflict when it is over."""
    found = Hold.objects.filter(token=token).first()
    if found:
        Doctor.objects.locked(found.doctor_id)
        # A hold that was made meanwhile at another doctor is not locked, so it does not count.
        mine = Hold.objects.unexpired(now).filter(token=token, doctor=found.doctor_id)
        found = mine.first()
    if not found:
        raise rules.StateConflict(
            _("The time kept for you is over. Please choose a time again."), code="hold_over"
        )
    return found


def _prolong(found: Hold) -> Hold:
    # Not five minutes from now: right after the hold was made that would add nothing.
    found.expires_at += Hold.LASTS
    found.save()
    found.doctor.touch_calendar()
    return found
