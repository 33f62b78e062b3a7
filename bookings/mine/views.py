"""The pages of a visit: see, move, cancel; and own appointments, waiting list and claimed files."""

from __future__ import annotations

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.calendar_files.downloads import download
from bookings.confirming.forms import parse_start
from bookings.confirming.views import see_appointment
from bookings.finding.visitor import Reader, hold_token
from bookings.messages.links import offer_link
from bookings.mine.forms import ClaimForm
from bookings.mine.reads import (
    day_on_agenda,
    read_move_grid,
    read_nearest_times,
    read_offers,
    read_visit,
    read_wishes,
)
from bookings.models import Appointment
from bookings.slots import SlotQuery
from web.fragments import render_fragment, wanted_fragment

PAST_PER_PAGE = 20
MOVE_PAGE, GRID = "bookings/move_appointment.html", ("slot_grid",)
EARLIER_TIME = ("earlier_time",)


@require_safe
def my_appointments(request: SignedInRequest) -> HttpResponse:
    """Upcoming and past visits of the account's persons."""
    now = timezone.now()
    own = Appointment.objects.filter(patient__account=request.user).for_pages()
    upcoming = own.upcoming(now)
    past = own.exclude(pk__in=upcoming.values("pk")).latest_first()
    page = Paginator(past, PAST_PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    context = {
        "upcoming": list(upcoming.order_by("starts_at")),
        "offers": [(offer, offer_link(offer)) for offer in read_offers(request.user, now)],
        "waiting_list": read_wishes(request.user, now),
        "past": page,
        "now": now,
    }
    return render(request, "bookings/my_appointments.html", context)


@require_safe
def appointment_page(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """One visit as its patient sees it: confirmed, requested, cancelled."""
    appointment = _visible(request, pk)
    is_staff = appointment.is_managed_by(request.user)
    return show_appointment(request, appointment, "appointment_page", is_staff=is_staff)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_appointment(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask once, then cancel; the desk, and nobody else, may add a word for the patient."""
    appointment = _visible(request, pk)
    is_staff = appointment.is_managed_by(request.user)
    if request.method != "POST":
        return show_appointment(request, appointment, "cancel_appointment", is_staff=is_staff)
    message = ""
    if is_staff:
        message = request.POST.get("message", "").replace("\x00", " ")[:1000]
    try:
        services.cancel(appointment, by=request.user, message=message)
    except rules.Refusal as refusal:
        return show_appointment(
            request,
            appointment,
            "cancel_appointment",
            is_staff=is_staff,
            refusal=refusal,
            message=message,
        )
    messages.success(request, _("The appointment is cancelled."))
    if is_staff:
        return redirect(day_on_agenda(appointment))
    return redirect("my_appointments")


@require_http_methods(["GET", "HEAD", "POST"])
def move_appointment(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """The three-day grid again, for the same reason; the old time is kept until then."""
    appointment = _visible(request, pk)
    if request.method != "POST":
        return _show_move(request, appointment)
    starts_at = parse_start(request.POST.get("appointment_time", ""), appointment.practice.zone)
    try:
        if starts_at is None:
            raise rules.TimeNotOffered(_("Please choose a time."), code="choice_not_understood")
        token = hold_token(request)
        moved = services.move(appointment, by=request.user, starts_at=starts_at, hold_token=token)
    except rules.Refusal as refusal:
        return _show_move(request, appointment, refusal=refusal, wanted=starts_at)
    messages.success(request, _("The appointment is moved."))
    return see_appointment(moved)


@require_POST
def say_coming(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """The patient says "I am coming"; for the account's own visits only."""
    own = Appointment.objects.filter(patient__account=request.user).for_pages()
    appointment = get_object_or_404(own, pk=pk)
    try:
        services.say_coming(appointment)
    except rules.Refusal as refusal:
        is_staff = appointment.is_managed_by(request.user)
        return show_appointment(
            request, appointment, "appointment_page", is_staff=is_staff, refusal=refusal
        )
    return see_appointment(appointment)


@require_safe
def calendar_download(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """The visit as a file for the patient's calendar; a walk-in has no time to add."""
    own = Appointment.objects.filter(patient__account=request.user, starts_at__isnull=False)
    appointment = get_object_or_404(own.for_pages(), pk=pk)
    page = settings.SITE_URL + reverse("appointment_page", args=[appointment.pk])
    return download(appointment, link=page)


def _visible(request: SignedInRequest, pk: uuid.UUID) -> Appointment:
    visible = Appointment.objects.visible_to(request.user).for_pages()
    return get_object_or_404(visible, pk=pk)


def show_appointment(
    request: SignedInRequest,
    appointment: Appointment,
    template: str,
    *,
    is_staff: bool,
    refusal: rules.Refusal | None = None,
    **context: Any,
) -> HttpResponse:
    """One of the pages of a visit. `is_staff`: the reader works for its doctor, or is an admin."""
    visit = read_visit(appointment, is_staff=is_staff, now=timezone.now())
    context = visit | {"refusal": refusal} | context
    status = refusal.status if refusal else HTTPStatus.OK
    page = f"bookings/{template}.html"
    return render_fragment(request, page, context, fragments=EARLIER_TIME, status=status)


def _show_move(
    request: SignedInRequest,
    appointment: Appointment,
    *,
    refusal: rules.Refusal | None = None,
    wanted: dt.datetime | None = None,
) -> HttpResponse:
    is_staff = appointment.is_managed_by(request.user)
    now = timezone.now()
    context = read_visit(appointment, is_staff=is_staff, now=now)
    context |= {"refusal": refusal, "grid": None, "nearest": []}
    asked = context["is_asked_to_move"]
    # What the rules say of the person is said before a time is chosen. They bind neither staff
    # nor a patient whom the practice asked to move.
    reader = Reader(now, hold_token(request), None if is_staff or asked else appointment.patient)
    query = SlotQuery.of_visit(appointment, is_asked_to_move=asked, is_staff=is_staff)
    if context["may_move"] or wanted_fragment(request, GRID):
        path = reverse("move_appointment", args=[appointment.pk])
        context["grid"] = read_move_grid(query, request.GET, reader, path=path)
    if context["may_move"] and refusal and refusal.offers_times and wanted:
        context["nearest"] = read_nearest_times(query, refusal, wanted, reader)
    status = refusal.status if refusal else HTTPStatus.OK
    return render_fragment(request, MOVE_PAGE, context, fragments=GRID, status=status)


# -- a file to claim ------


@require_http_methods(["GET", "HEAD", "POST"])
def claim_file(request: SignedInRequest, token: str) -> HttpResponse:
    """Who the file is of, and the date of birth the practice has; then it is the account's."""
    invitation = services.invitation_of(token)
    if invitation is None or request.user.has_dashboard:
        is_staff = request.user.has_dashboard
        return render(request, "bookings/link_over.html", {"is_staff": is_staff}, status=404)
    form = ClaimForm(request.POST or None, invitation=invitation)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            person = services.claim(invitation, by=request.user, **form.cleaned_data)
        except rules.RuleRefused as refusal:
            form.add_error("birth_date", str(refusal))
        except rules.StateConflict:
            return redirect(request.path)
        else:
            messages.success(
                request,
                _("The visits of %(name)s at %(practice)s are in your account now.")
                % {"name": person.name, "practice": invitation.practice.name},
            )
            return redirect("my_appointments")
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "practice": invitation.practice}
    return render(request, "bookings/claim_file.html", context, status=status)
