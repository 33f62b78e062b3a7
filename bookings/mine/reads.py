"""What the pages of one visit show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from bookings import rules, services
from bookings.finding.address import PanelAddress
from bookings.finding.grid import Grid, read_grid
from bookings.finding.places import PlacedTime, nearest_placed, only_place, read_places
from bookings.finding.visitor import Reader
from bookings.messages.seen import read_messages
from bookings.models import Appointment, Offer, WaitingListEntry
from bookings.slots import SlotQuery, Weeks
from bookings.status import Status
from doctors.models import Practice
from scheduling.models import OpeningHours

COMING_ASKED = dt.timedelta(days=8)
"""So near to the visit its page asks whether the patient comes, like the reminders."""


def read_visit(appointment: Appointment, *, is_staff: bool, now: dt.datetime) -> dict[str, Any]:
    """What every page of the visit shows, by name; in three queries at most."""
    closes = appointment.changes_close_at
    practice = appointment.practice
    is_upcoming = appointment.is_upcoming(now)
    is_asked_to_move = is_upcoming and appointment.is_asked_to_move()
    in_time = is_staff or is_asked_to_move or bool(closes and now < closes)
    is_own = is_upcoming and not is_staff
    entries = appointment.waits.not_ended().select_related("doctor__practice")
    messages = read_messages(appointment, for_staff=is_staff, now=now)
    return {
        "appointment": appointment,
        "is_staff": is_staff,
        "is_upcoming": is_upcoming,
        "is_asked_to_move": is_asked_to_move,
        "in_time": in_time,
        "may_move": is_upcoming and in_time and appointment.consultation_type is not None,
        "changes_close": practice.local(closes) if closes else None,
        "seen_messages": messages,
        "message": next((each for each in reversed(messages) if each.has_left), None),
        "booked_on": practice.local(appointment.created_at),
        "desk_address": day_on_agenda(appointment),
        "may_say_coming": is_own
        and appointment.coming_at is None
        and services.can_say_coming(appointment, now, is_asked_to_move=is_asked_to_move)
        and appointment.is_within(COMING_ASKED, now),
        "waiting_list_entry": entries.first() if is_own else None,
        "may_wait": is_own and in_time and has_earlier_times(appointment),
    }


def read_wishes(user: User, now: dt.datetime) -> list[tuple[WaitingListEntry, Practice | None]]:
    """The account's wishes, each with its practice: that of the visit it belongs to, else the
    only one where the type is offered; None with several."""
    entries = WaitingListEntry.objects.visible_to(user).live(now).for_pages()
    queries = {each: SlotQuery(each.doctor, each.consultation_type) for each in entries}
    free = [query for entry, query in queries.items() if not entry.appointment]
    ranges = OpeningHours.objects.ranges_of({query.doctor.pk for query in free}, None)
    places = read_places(free, Weeks(ranges, {}))
    return [
        (
            entry,
            entry.appointment.practice if entry.appointment else only_place(query, places[query]),
        )
        for entry, query in queries.items()
    ]


def read_offers(user: User, now: dt.datetime) -> list[Offer]:
    """The times that are held for the account's persons at `now`, the first to end first."""
    return list(Offer.objects.visible_to(user).held(now).for_pages().order_by("held_until"))


def has_earlier_times(appointment: Appointment) -> bool:
    """Whether an earlier time would help: an emergency cannot wait for one, and what the practice
    confirmed by hand is not moved under it."""
    consultation_type = appointment.consultation_type
    if consultation_type is None or consultation_type.is_emergency_only:
        return False
    return not (consultation_type.needs_confirmation and appointment.status == Status.CONFIRMED)


def day_on_agenda(appointment: Appointment) -> str:
    """The address of that visit's day on its doctor's agenda."""
    state = {"doctor": str(appointment.doctor_id), "date": str(appointment.local_day)}
    return f"{reverse('dashboard')}?{urlencode(state)}"


def read_move_grid(query: SlotQuery, data: Mapping[str, str], reader: Reader, *, path: str) -> Grid:
    """Other times for the query's visit, first around the present one; `path` is the page's."""
    appointment = query.visit
    assert appointment is not None
    asked = PanelAddress.from_query(data, path)
    start = appointment.local_start
    day = asked.first_day or (start.date() if start else None)
    state = PanelAddress(path, first_day=day, shows_all=asked.shows_all)
    return read_grid(state, query, reader, moving=appointment)


def read_nearest_times(
    query: SlotQuery, refusal: rules.Refusal, wanted: dt.datetime, reader: Reader
) -> list[PlacedTime]:
    """The three free times nearest to `wanted`, which the query's visit could not be moved to."""
    appointment = query.visit
    assert appointment is not None
    near = nearest_placed(
        query,
        wanted,
        now=reader.now,
        token=reader.token,
        moving=appointment.pk,
        avoid=getattr(refusal, "clash", None),
        count=4,
    )
    # The visit's own time is free for it, and no other time.
    others = [time for time in near if time.start != appointment.starts_at]
    closest = sorted(others, key=lambda time: abs(time.start - wanted))[:3]
    return sorted(closest, key=lambda time: time.start)
