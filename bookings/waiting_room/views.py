"""What the waiting room itself sees: the screen on the wall, and a patient's own place."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import Request
from bookings.models import Appointment, WaitingScreen
from bookings.waiting_room.room import Room, seen_by_all
from bookings.waiting_room.ticket import visit_of
from doctors.models import Doctor, Practice
from web.fragments import render_fragment, wanted_fragment
from web.requests import any_id


@login_not_required
@require_safe
def waiting_screen(request: Request, token: str) -> HttpResponse:
    """Numbers and codes, never a name; asks every few seconds, 204 while nothing changed.

    `practice=` is the practice where the wall is; without it, the doctor's own practice.
    """
    screens = WaitingScreen.objects.select_related("doctor__practice", "doctor__user")
    doctor = get_object_or_404(screens, token=token).doctor
    wanted = any_id(request.GET.get("practice", ""))
    there = Practice.objects.of_doctor(doctor).filter(pk=wanted).first() if wanted else None
    return show(request, "screen", doctor, there or doctor.practice, {"token": token})


@login_not_required
@require_safe
def waiting_ticket(request: Request, ticket: str) -> HttpResponse:
    """How many are before this visit and how long it takes; a 404 when the day is over."""
    visit = visit_of(ticket)
    if visit is None:
        raise Http404
    context: dict[str, object] = {"ticket": ticket, "visit": visit}
    return show(request, "ticket", visit.doctor, visit.practice, context)


def show(
    request: Request, name: str, doctor: Doctor, practice: Practice, context: dict[str, object]
) -> HttpResponse:
    """The page, or for htmx its region; nothing while the reader's `version` is still the
    agenda's and the minute has not changed its words."""
    now = timezone.now()
    state = f"{doctor.calendar_version}.{int(now.timestamp()) // 60}"
    if wanted_fragment(request, {name}) and request.GET.get("state") == state:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    room = Room(doctor, seen_by_all(doctor, practice, now), now)
    context |= {"doctor": doctor, "practice": practice, "room": room, "state": state, "now": now}
    if name == "ticket":
        context |= place_in(room, context["visit"])  # type: ignore[arg-type]
    page = f"bookings/waiting_{name}.html"
    response = render_fragment(request, page, context, fragments={name})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def place_in(room: Room, visit: Appointment) -> dict[str, object]:
    """{code, ahead, minutes}; `ahead` is None for who does not wait."""
    ahead = room.ahead_of(visit)
    return {
        "code": visit.call_name,
        "ahead": ahead,
        "minutes": None if ahead is None else room.estimate(ahead),
    }
