"""What the agenda shows of one doctor's time, always on the clock of the doctor's own practice.

Readers only; a constant number of queries, whatever the number of visits.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Appointment
from bookings.status import TOOK_PLACE, Status
from bookings.templatetags.statuses import STATUS_LOOKS
from dashboard.agenda.visits import no_shows_of, visits_between
from dashboard.desk.people import record_address
from doctors.models import Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from web.templatetags.tbib import day_long, phone_display, time_spoken

# Colours of the feed (docs/contracts.md, C5); the cockpit draws a status by its class.
ARRIVED_COLOR = "#798c1d"  # --color-arrived-line
NO_SHOW_COLOR = "#9aa39f"
BUSY_COLOR = "#7c8c86"
WITHOUT_TYPE_COLOR = "#129d82"

Event = dict[str, Any]


def events(
    user: User, doctor: Doctor, start: dt.datetime, end: dt.datetime, *, now: dt.datetime
) -> list[Event]:
    """FullCalendar's events, without walk-ins and cancelled visits (docs/contracts.md, C5).

    Times are the wall clock of the doctor's practice without an offset, and `end` is the start
    plus the duration: the night the clocks change draws no visit backwards.
    """
    visits: list[Any] = list(visits_between(user, doctor, start, end))
    absences = no_shows_of([visit for visit in visits if visit.is_ours], now)
    return [
        _event(visit, doctor, absences.get((visit.patient_id, visit.practice_id), 0))
        if visit.is_ours
        else _busy_event(visit, doctor)
        for visit in visits
    ]


def _event(visit: Any, doctor: Doctor, no_shows: int) -> Event:
    local = doctor.practice.local(visit.starts_at)
    consultation_type = visit.consultation_type
    type_color = consultation_type.color if consultation_type else WITHOUT_TYPE_COLOR
    color = type_color
    if visit.status in TOOK_PLACE:
        color = ARRIVED_COLOR
    elif visit.status == Status.NO_SHOW:
        color = NO_SHOW_COLOR
    return {
        **_span(visit.pk, local, visit.duration),
        "title": visit.patient_name,
        "color": color,
        "extendedProps": {
            "status": visit.status,
            "look": STATUS_LOOKS[visit.status][0],
            "status_label": visit.get_status_display(),
            "label": _label(visit, local),
            "age": visit.patient.age_on(local.date()),
            "phone": phone_display(visit.patient.phone, doctor.practice.country),
            "motif": visit.reason,
            "type": visit.type_name,
            "type_color": type_color,
            "duration": visit.duration,
            "first_visit": visit.visit_number == 1,
            "visit_number": visit.visit_number,
            "no_shows": no_shows,
            "overbooked": visit.is_overbooked,
            "sequence": visit.sequence,
            "links": links_of(visit.pk, visit.patient_id),
        },
    }


def _busy_event(visit: Any, doctor: Doctor) -> Event:
    """A visit at another practice, to its secretaries nobody's business but the time."""
    local = doctor.practice.local(visit.starts_at)
    words = {"time": time_spoken(local), "day": day_long(local), "busy": _("Busy")}
    return {
        **_span(visit.pk, local, visit.duration),
        "title": _("Busy"),
        "color": BUSY_COLOR,
        "extendedProps": {
            "status": "busy",
            "look": "busy",
            "label": _("%(day)s, %(time)s, %(busy)s") % words,
            "type": visit.practice.name,
            "type_color": BUSY_COLOR,
            "duration": visit.duration,
        },
    }


def _span(pk: UUID, local: dt.datetime, minutes: int) -> Event:
    end = local + dt.timedelta(minutes=minutes)
    return {"id": str(pk), "start": _wall(local), "end": _wall(end)}


def _label(visit: Appointment, local: dt.datetime) -> str:
    """What a screen reader says of it: "lundi 12 octobre, 10 h 45, Karim Tazi, Suivi, Arrivé"."""
    words = (visit.patient_name, visit.type_name, visit.get_status_display())
    return ", ".join(str(word) for word in (day_long(local), time_spoken(local), *words) if word)


def links_of(pk: UUID, patient_id: int) -> dict[str, str]:
    links = {"desk": reverse("desk", args=[pk]), "record": record_address(patient_id)}
    return {name: address for name, address in links.items() if address}


def background(doctor: Doctor, start: dt.datetime, end: dt.datetime) -> list[Event]:
    """What lies behind the visits: open hours, absences with their reason, holidays.

    For the desk alone: the reason of an absence is never public.
    """
    local, zone = doctor.practice.local, doctor.practice.zone
    first, last = local(start).date(), local(end - dt.datetime.resolution).date()
    days = engine.days_from(first, (last - first).days + 1)
    consultation_types = set(doctor.consultation_types.values_list("pk", flat=True))
    by_type = OpeningHours.objects.ranges_of([doctor.pk], consultation_types)[doctor.pk]
    ranges = [each for some in by_type.values() for each in some]
    opened = engine.merge(engine.openings(ranges, [first - engine.DAY, *days], zone))
    absences = DoctorAbsence.objects.filter(doctor=doctor, starts_at__lt=end, ends_at__gt=start)
    holidays = Holiday.objects.closing([doctor.practice_id], days)[doctor.practice_id]
    return [
        *(_behind("open", span, "", doctor) for span in opened if span[1] > start),
        *(
            _behind("absence", (away.starts_at, away.ends_at), away.reason or _("Away"), doctor)
            for away in absences.order_by("starts_at")
        ),
        *(
            _behind("holiday", engine.day_span(day, zone), name, doctor)
            for day, name in sorted(holidays.items())
        ),
    ]


def _behind(kind: str, span: engine.Span, title: str, doctor: Doctor) -> Event:
    start, end = (doctor.practice.local(instant) for instant in span)
    return {
        "start": _wall(start),
        "end": _wall(end),
        "title": title,
        "display": "background",
        "extendedProps": {"kind": kind},
    }


def _wall(local: dt.datetime) -> str:
    """A wall clock as ISO without an offset: "2026-10-12T10:45:00"."""
    return local.replace(tzinfo=None).isoformat(timespec="seconds")
