"""What a doctor or a secretary sees of one day."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from bookings import slots
from bookings.models import Appointment
from bookings.status import LIVE, Status
from dashboard.desk import NoDesk, chosen_desk
from scheduling import engine


@require_safe
def day(request: SignedInRequest) -> HttpResponse:
    """One doctor's day on the practice's clock, and every request still to answer.

    A patient has no desk and is sent to the own appointments.
    """
    try:
        desk = chosen_desk(request)
    except NoDesk:
        if request.user.works_at_a_desk:
            return render(request, "dashboard/no_desk.html")
        return redirect("my_appointments")
    doctor, now, today = desk.doctor, desk.now, desk.today
    shown = _wanted_day(request) or today
    start, end = engine.day_span(shown, doctor.practice.zone)
    visits = Appointment.objects.at_desk_of(request.user).of(doctor).for_pages()
    of_the_day = {"starts_at__gte": start, "starts_at__lt": end}
    timed = visits.filter(**of_the_day).order_by("starts_at")
    is_ours = Exists(visits.filter(pk=OuterRef("pk")).order_by())
    everywhere = Appointment.objects.of(doctor).for_pages().annotate(is_ours=is_ours)
    taken = everywhere.filter(Q(is_ours=True) | Q(status__in=LIVE), **of_the_day)
    context = {
        "desk": desk,
        "doctor": doctor,
        "day": shown,
        "today": today,
        "previous": shown - engine.DAY,
        "next": shown + engine.DAY,
        "visits": taken.exclude(status=Status.CANCELLED).order_by("starts_at"),
        "busy": slots.Code.BOOKED.label,
        "cancelled": timed.filter(status=Status.CANCELLED).with_last_change(),
        "walk_ins": visits.filter(queue_date=shown).order_by("queue_number"),
        "requests": visits.filter(status=Status.PENDING, starts_at__gt=now).order_by("starts_at"),
        "uses_fallback_hours": not doctor.opening_hours.exists(),
    }
    return render(request, "dashboard/day.html", context)


def _wanted_day(request: SignedInRequest) -> dt.date | None:
    """The date in the address; nonsense is today. Kept where a day has neighbours."""
    try:
        day = parse_date(request.GET.get("date", ""))
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 9000 else None
