"""What the agenda shows of one doctor's time, always on the clock of the doctor's own practice.

Readers only; a constant number of queries, whatever the number of visits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Appointment, PatientFile
from bookings.models.appointment import AppointmentQuerySet
from bookings.status import LIVE, TOOK_PLACE, Status
from bookings.templatetags.statuses import STATUS_LOOKS
from dashboard.people import record_address
from doctors.models import Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from web.templatetags.tbib import day_long, phone_display, time_spoken

# Contract C5's colours, for programs; the cockpit draws a status by its class.
ARRIVED_COLOR = "#9aa82b"
NO_SHOW_COLOR = "#9aa39f"
BUSY_COLOR = "#7c8c86"
WITHOUT_TYPE_COLOR = "#129d82"

Event = dict[str, Any]


def visits_between(
    user: User, doctor: Doctor, start: dt.datetime, end: dt.datetime
) -> AppointmentQuerySet:
    """As `taken_between`, each with `visit_number`: the patient's n-th at this doctor, from 1."""
    earlier = (
        Appointment.objects.took_place()
        .filter(doctor=OuterRef("doctor"), patient=OuterRef("patient"))
        .filter(starts_at__lt=OuterRef("starts_at"))
        .order_by()
        .values("patient")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return taken_between(user, [doctor], start, end).annotate(
        visit_number=Coalesce(Subquery(earlier), 0) + 1
    )


def taken_between(
    user: User, doctors: Iterable[Doctor], start: dt.datetime, end: dt.datetime
) -> AppointmentQuerySet:
    """Visits with a time that share some of `[start, end)`, those elsewhere as taken time.

    Each has `is_ours`: the reader may see for whom. What is cancelled is left out.
    """
    ours = Appointment.objects.at_desk_of(user).filter(pk=OuterRef("pk")).order_by()
    everywhere = Appointment.objects.filter(doctor__in=doctors).overlapping(start, end)
    return (
        everywhere.for_pages()
        .exclude(status=Status.CANCELLED)
        .annotate(is_ours=Exists(ours))
        # Of a visit elsewhere only that it takes time: one that does not is nothing here.
        .filter(Q(is_ours=True) | Q(status__in=LIVE))
        .order_by("starts_at")
    )


def no_shows_of(visits: Iterable[Appointment], now: dt.datetime) -> dict[tuple[int, int], int]:
    """{(patient, practice): absences that count}, in one query.

    The same count as `bookings.models.files.no_shows`, for many patients at once.
    """
    visits = list(visits)
    reset = PatientFile.objects.filter(patient=OuterRef("patient"), practice=OuterRef("practice"))
    absences = (
        Appointment.objects.filter(
            patient__in={visit.patient_id for visit in visits},
            practice__in={visit.practice_id for visit in visits},
            status=Status.NO_SHOW,
            starts_at__gte=now - settings.NO_SHOWS_FORGOTTEN_AFTER,
        )
        .annotate(reset_at=Subquery(reset.values("no_shows_reset_at")[:1]))
        .filter(Q(reset_at=None) | Q(starts_at__gte=F("reset_at")))
        .order_by()
        .values_list("patient", "practice")
        .annotate(count=Count("pk"))
    )
    return {(patient, practice): count for patient, practice, count in absences}


def events(
    user: User, doctor: Doctor, start: dt.datetime, end: dt.datetime, *, now: dt.datetime
) -> list[Event]:
    """Contract C5: FullCalendar's events, walk-ins and what is cancelled left out.

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
    kind = visit.consultation_type
    type_color = kind.color if kind else WITHOUT_TYPE_COLOR
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
    kinds = set(doctor.consultation_types.values_list("pk", flat=True))
    by_type = OpeningHours.objects.ranges_of([doctor.pk], kinds)[doctor.pk]
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


class UsualHours(NamedTuple):
    """What a week of this doctor shows at least: whole hours, and the days of a weekend that are
    never open, as FullCalendar counts them (Sunday is 0)."""

    first: int
    last: int
    closed: str


def usual_hours(doctor: Doctor) -> UsualHours:
    kinds = set(doctor.consultation_types.values_list("pk", flat=True))
    by_type = OpeningHours.objects.ranges_of([doctor.pk], kinds)[doctor.pk]
    ranges = [each for some in by_type.values() for each in some]
    weekdays = {each.weekday for each in ranges}
    weekend = {"6": 5, "0": 6}
    closed = ",".join(name for name, day in weekend.items() if weekdays and day not in weekdays)
    if not ranges or any(each.end_minute > 24 * 60 for each in ranges):
        return UsualHours(0 if ranges else 8, 24 if ranges else 20, closed)
    first = min(each.start_minute for each in ranges) // 60
    last = -(-max(each.end_minute for each in ranges) // 60)
    return UsualHours(first, max(last, first + 1), closed)


class Gap(NamedTuple):
    """Open time between two visits of a day, long enough for somebody else."""

    start: dt.datetime
    minutes: int

    @property
    def end(self) -> dt.datetime:
        return self.start + dt.timedelta(minutes=self.minutes)


class Row(NamedTuple):
    """One line of the day's list: a visit, or a gap."""

    local: dt.datetime
    visit: Any = None
    gap: Gap | None = None


SHORTEST_GAP = dt.timedelta(minutes=15)


def within(spans: Iterable[engine.Span], limits: engine.Span) -> list[engine.Span]:
    """The union of what `spans` have inside `limits`, sorted."""
    start, end = limits
    return engine.merge((max(first, start), min(last, end)) for first, last in spans)


def gaps(
    opened: Iterable[engine.Span],
    blocked: Iterable[engine.Span],
    local: Callable[[dt.datetime], dt.datetime],
) -> list[Gap]:
    """Open time that nothing blocks, where it is long enough for somebody else."""
    return [
        Gap(local(start), int((end - start).total_seconds() // 60))
        for start, end in engine.without(opened, blocked)
        if end - start >= SHORTEST_GAP
    ]


def day_rows(user: User, doctor: Doctor, day: dt.date, *, now: dt.datetime) -> list[Row]:
    """The day as a list: its visits, and where open hours are still free after now.

    A visit across midnight stands on both its days.
    """
    local, zone = doctor.practice.local, doctor.practice.zone
    start, end = engine.day_span(day, zone)
    visits: list[Any] = list(visits_between(user, doctor, start, end))
    rows = [Row(local(visit.starts_at), visit) for visit in visits]
    closed = [
        (away.starts_at, away.ends_at)
        for away in DoctorAbsence.objects.filter(
            doctor=doctor, starts_at__lt=end, ends_at__gt=start
        )
    ]
    if Holiday.objects.closing([doctor.practice_id], [day])[doctor.practice_id]:
        closed.append((start, end))
    ranges = OpeningHours.objects.ranges_of([doctor.pk])[doctor.pk].get(None, [])
    taken = [(visit.starts_at, visit.ends_at) for visit in visits if visit.status in LIVE]
    opened = engine.openings(ranges, [day - engine.DAY, day], zone)
    still_open = within(opened, (max(start, now), end))
    rows += [Row(gap.start, gap=gap) for gap in gaps(still_open, [*taken, *closed], local)]
    return sorted(rows, key=lambda row: (row.local, row.visit is None))
