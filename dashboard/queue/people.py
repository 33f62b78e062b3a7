"""Who is in the waiting room, and whom the text of its one field means."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404

from accounts.models import Patient
from bookings.confirming.forms import patients_for
from bookings.models import Appointment, WaitingScreen
from bookings.waiting_room.room import Room, seen_by_staff
from dashboard.cockpit import Cockpit
from dashboard.desk.forms import people_named
from dashboard.queue.newcomer import read_newcomer
from scheduling.places import desk_practice, practices_at_desk
from web.requests import any_id

MOST_FOUND = 5
LONGEST_TEXT = 160


def read_room(cockpit: Cockpit) -> dict[str, Any]:
    """The doctor's room now, the screen on its wall, and the places to choose from, by name."""
    visits = seen_by_staff(cockpit.user, cockpit.doctor, cockpit.now)
    places = practices_at_desk(cockpit.user, cockpit.doctor)
    here = None
    if len(places) > 1:
        here = desk_practice(cockpit.user, cockpit.doctor, cockpit.now)
    walk_ins = Appointment.objects.of(cockpit.doctor).filter(queue_date=cockpit.today)
    return {
        # What the next walk-in most likely gets; the service decides.
        "next_number": walk_ins.next_number(),
        "places": places,
        "place_here": here,
        "room": Room(cockpit.doctor, visits, cockpit.now),
        "screen": WaitingScreen.objects.filter(doctor=cockpit.doctor).first(),
    }


def typed_text(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]


def read_found(cockpit: Cockpit, text: str) -> dict[str, Any]:
    """Who is meant by what is typed: people the practice knows, and the new patient it names."""
    text = typed_text(text)
    try:
        newcomer = read_newcomer(text, cockpit.doctor.practice.country) if text else None
    except ValidationError:
        newcomer = None
    people = list(people_named(cockpit.user, cockpit.doctor, text)[:MOST_FOUND])
    return {"q": text, "people": people, "newcomer": newcomer}


def wanted_person(cockpit: Cockpit, text: str, *, chosen: str, is_new: bool) -> Patient | None:
    """Whom to add: the known person `chosen`, else the new patient that `text` names.

    None when several are meant and the reader has to say which. ValidationError when the text
    makes nobody; Http404 for a stranger's id.
    """
    if chosen:
        known = patients_for(cockpit.user, cockpit.doctor, is_staff=True)
        person: Patient | None = known.filter(pk=any_id(chosen)).first()
        if person is None:
            raise Http404
        return person
    if not is_new and people_named(cockpit.user, cockpit.doctor, text)[:1]:
        return None
    return read_newcomer(text, cockpit.doctor.practice.country)
