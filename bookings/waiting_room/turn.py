"""Tells people who wait elsewhere that their turn is near."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from bookings.models import Appointment, MessageChoices, MessageSettings, Notification
from bookings.services.notifications import REACHABLE, Way, ways_to, write
from bookings.status import Status
from bookings.waiting_room.room import Room, RoomPlace, seen_by_all
from scheduling import engine

TOLD_WITH_AHEAD = 2
"""So many persons are called before the one who is told."""
FRESH = dt.timedelta(minutes=2)
"""A person who arrived this lately with nobody more before them need not be told."""
LONGEST_STAY = dt.timedelta(hours=16)


def tell_turns(*, now: dt.datetime | None = None) -> int:
    """Write the messages "your turn is near" of all waiting rooms; return how many.

    Each person is told once. A person who arrives when the turn is near already is not told: a
    dropped row says so.
    """
    now = now or timezone.now()
    told = 0
    for visit, place in _near(now):
        is_fresh = place.since is not None and now - place.since < FRESH
        ways = _ways(visit)
        dropped_at = now if is_fresh else None
        write(visit, Notification.Kind.TURN_SOON, ways, now=now, dropped_at=dropped_at)
        told += 0 if is_fresh else len(ways)
    return told


def _near(now: dt.datetime) -> Iterator[tuple[Appointment, RoomPlace]]:
    """The visits not told yet that have TOLD_WITH_AHEAD others before them, or fewer."""
    for (doctor, practice), visits in groupby(_waiting(now), key=lambda v: (v.doctor, v.practice)):
        untold = {visit.pk: visit for visit in visits}
        room = Room(doctor, seen_by_all(doctor, practice, now), now)
        for place in room.waiting_places[: TOLD_WITH_AHEAD + 1]:
            if place.visit.pk in untold:
                yield untold[place.visit.pk], place


def _waiting(now: dt.datetime) -> list[Appointment]:
    """Who waits anywhere and was not told yet, by doctor and practice."""
    told = Notification.objects.filter(appointment=OuterRef("pk"), kind=Notification.Kind.TURN_SOON)
    today = Q(starts_at__gt=now - LONGEST_STAY) | Q(queue_date__gte=now.date() - engine.DAY)
    arrived = Appointment.objects.filter(REACHABLE, today, ~Exists(told), status=Status.ARRIVED)
    return list(
        arrived.select_related(
            "doctor__practice",
            "practice__message_settings",
            "patient__account__message_choices",
            "patient__message_choices",
        ).order_by("doctor", "practice", "pk")
    )


def _ways(visit: Appointment) -> list[Way]:
    chosen = MessageSettings.of(visit.practice)
    if not (chosen.turn_soon and MessageChoices.of(visit.patient).turn_soon):
        return []
    # A person on the way reads an SMS first; an e-mail goes where there is no number.
    ways = list(ways_to(visit.patient, visit.practice, by_sms=True))
    return ways[-1:]
