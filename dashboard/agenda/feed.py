"""What the agenda shows of one doctor's time, always on the clock of the doctor's own practice.

Readers only; a constant number of queries, whatever the number of visits.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import CharField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User, age_on
from bookings.status import TOOK_PLACE, Status
from bookings.templatetags.statuses import STATUS_LOOKS
from dashboard.agenda.proposals import Proposal, read_proposals
from dashboard.agenda.visits import no_shows_of, taken_between, visit_numbers
from doctors.models import Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.places import holiday_spans, practice_ids
from web.templatetags.tbib import day_long, phone_display, time_spoken

# Colours of the feed (docs/contracts.md, C5); the cockpit draws a status by its class.
ARRIVED_COLOR = "#798c1d"  # --color-arrived-line
NO_SHOW_COLOR = "#9aa39f"
BUSY_COLOR = "#7c8c86"
WITHOUT_TYPE_COLOR = "#129d82"

Event = dict[str, Any]


COLUMNS = (
    *("pk", "starts_at", "duration", "status", "is_ours", "patient_id", "practice_id"),
    *("patient_name", "type_name", "reason", "is_overbooked", "sequence", "coming_at"),
    *("patient__birth_date", "phone", "consultation_type__color", "practice__name"),
)
"""Rows and not models: a calendar asks for weeks at every look."""


def events(
    user: User, doctor: Doctor, start: dt.datetime, end: dt.datetime, *, now: dt.datetime
) -> list[Event]:
    """FullCalendar's events, without walk-ins and cancelled visits (docs/contracts.md, C5).

    Times are the wall clock of the doctor's practice without an offset, and `end` is the start
    plus the duration: the night the clocks change draws no visit backwards.
    """
    taken = taken_between(user, [doctor], start, end)
    # As text: the field would parse each number.
    phone = Cast("patient__phone", CharField())
    visits: list[Any] = list(taken.annotate(phone=phone).values_list(*COLUMNS, named=True))
    shared = Shared(doctor, [visit for visit in visits if visit.is_ours], now)
    return [
        _event(visit, doctor, shared) if visit.is_ours else _busy_event(visit, doctor)
        for visit in visits
    ]


class Shared:
    """What is read once for all events of one answer."""

    def __init__(self, doctor: Doctor, visits: list[Any], now: dt.datetime) -> None:
        self.no_shows = no_shows_of(visits, now)
        self.numbers = visit_numbers(doctor, visits)
        self.statuses = {status.value: str(status.label) for status in Status}
        self.desk = reverse("desk", args=[UUID(int=0)])
        self.record = reverse("patient_record", args=[0])

    def links(self, pk: UUID, patient_id: int) -> dict[str, str]:
        """`reverse` would take longer than the rest of an event."""
        desk = self.desk.replace(str(UUID(int=0)), str(pk))
        return {"desk": desk, "record": self.record.replace("/0/", f"/{patient_id}/")}


def _event(visit: Any, doctor: Doctor, shared: Shared) -> Event:
    local = doctor.practice.local(visit.starts_at)
    status = shared.statuses[visit.status]
    type_color = visit.consultation_type__color or WITHOUT_TYPE_COLOR
    color = type_color
    if visit.status in TOOK_PLACE:
        color = ARRIVED_COLOR
    elif visit.status == Status.NO_SHOW:
        color = NO_SHOW_COLOR
    coming = visit.coming_at is not None and visit.status == Status.CONFIRMED
    said = (
        *(day_long(local), time_spoken(local), visit.patient_name, visit.type_name, status),
        _("is coming") if coming else "",
    )
    return {
        **_span(visit.pk, local, visit.duration),
        "title": visit.patient_name,
        "color": color,
        "extendedProps": {
            "status": visit.status,
            "look": STATUS_LOOKS[visit.status][0],
            "status_label": status,
            # What a screen reader says: "lundi 12 octobre, 10 h 45, Karim Tazi, Suivi, Arrivé".
            "label": ", ".join(filter(None, said)),
            "age": age_on(visit.patient__birth_date, local.date()),
            "phone": phone_display(visit.phone, doctor.practice.country),
            "motif": visit.reason,
            "type": visit.type_name,
            "type_color": type_color,
            "duration": visit.duration,
            "first_visit": shared.numbers[visit.pk] == 1,
            "visit_number": shared.numbers[visit.pk],
            "no_shows": shared.no_shows.get((visit.patient_id, visit.practice_id), 0),
            "overbooked": visit.is_overbooked,
            "sequence": visit.sequence,
            "coming": coming,
            "links": shared.links(visit.pk, visit.patient_id),
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
            "type": visit.practice__name,
            "type_color": BUSY_COLOR,
            "duration": visit.duration,
        },
    }


def _span(pk: UUID, local: dt.datetime, minutes: int) -> Event:
    end = local + dt.timedelta(minutes=minutes)
    return {"id": str(pk), "start": _wall(local), "end": _wall(end)}


def background(user: User, doctor: Doctor, start: dt.datetime, end: dt.datetime) -> list[Event]:
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
    closed = Holiday.objects.closing(practice_ids(doctor, ranges), days)
    return [
        *(_behind("open", span, "", doctor) for span in opened if span[1] > start),
        *(
            _behind("absence", (away.starts_at, away.ends_at), away.reason or _("Away"), doctor)
            for away in absences.order_by("starts_at")
        ),
        *(
            _behind("holiday", span, name, doctor)
            for span, name in holiday_spans(doctor, ranges, closed)
        ),
        *(
            _proposal(day, proposal, doctor)
            for day, proposal in read_proposals(user, doctor, ranges, days).items()
        ),
    ]


def _proposal(day: dt.date, proposal: Proposal, doctor: Doctor) -> Event:
    """A public holiday about which nobody decided yet, with the reader's page that decides."""
    words = _("%(name)s: open or closed?") % {"name": proposal.name}
    event = _behind("proposal", engine.day_span(day, doctor.practice.zone), words, doctor)
    if proposal.is_here:
        event["extendedProps"]["link"] = f"{reverse('configure_holidays')}?doctor={doctor.pk}"
    return event


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
