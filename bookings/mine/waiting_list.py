"""A wish for an earlier time: joining the waiting list, and leaving it."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.confirming.refusals import refuse_plainly
from bookings.mine.forms import WishForm, WishTimesForm
from bookings.mine.views import EARLIER_TIME, show_appointment
from bookings.models import Appointment, WaitingListEntry
from bookings.slots import SlotQuery
from web.fragments import wanted_fragment


@require_http_methods(["GET", "HEAD", "POST"])
def join_waiting_list(request: SignedInRequest) -> HttpResponse:
    """For whom, and from which day on; a visitor comes back here after signing in."""
    form = WishForm(request.POST if request.method == "POST" else request.GET, user=request.user)
    if not form.names_a_type:
        return refuse_plainly(request, _("This choice is no longer valid. Please choose again."))
    if request.method != "POST" or not form.is_valid():
        return _show_wish(request, form)
    wish = form.cleaned_data
    try:
        entry = services.join_waiting_list(
            patient=wish["patient"],
            doctor=wish["doctor"],
            consultation_type=wish["consultation_type"],
            seen_from=wish["seen_from"],
            not_before=wish["not_before"],
        )
    except rules.Refusal as refusal:
        return _show_wish(request, form, refusal=refusal)
    text = _("You are on the waiting list: %(email)s is told when an earlier time opens.")
    messages.success(request, text % {"email": request.user.email})
    return redirect(f"{reverse('my_appointments')}#waiting-{entry.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def change_wish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which days, half-days and notice suit; the place on the list stays."""
    now = timezone.now()
    mine = WaitingListEntry.objects.visible_to(request.user).live(now).for_pages()
    entry = get_object_or_404(mine, pk=pk)
    present = {
        "weekdays": [int(day) for day in entry.weekdays],
        "mornings": entry.mornings,
        "afternoons": entry.afternoons,
        "notice_hours": entry.notice_hours,
        "not_before": entry.not_before,
    }
    form = WishTimesForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        services.change_wish(entry, **form.cleaned_data)
        messages.success(request, _("We will offer you times that suit these wishes."))
        return redirect(f"{reverse('my_appointments')}#waiting-{entry.pk}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    today = entry.doctor.practice.local(now).date()
    context = {"form": form, "entry": entry, "today": today}
    return render(request, "bookings/change_wish.html", context, status=status)


@require_POST
def leave_waiting_list(request: SignedInRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(WaitingListEntry.objects.visible_to(request.user), pk=pk)
    services.leave_waiting_list(entry)
    messages.success(request, _("You are no longer on this waiting list."))
    return redirect("my_appointments")


@require_POST
def wait_for_earlier(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """The switch on an appointment's page: to be told of an earlier time, or no more."""
    own = Appointment.objects.filter(patient__account=request.user).for_pages()
    appointment = get_object_or_404(own, pk=pk)
    refusal = None
    try:
        if request.POST.get("wanted") == "1":
            services.wait_for_earlier(appointment)
        else:
            for entry in appointment.waits.not_ended():
                services.leave_waiting_list(entry)
    except rules.Refusal as caught:
        refusal = caught
    if refusal or wanted_fragment(request, EARLIER_TIME):
        is_staff = appointment.is_managed_by(request.user)
        return show_appointment(
            request, appointment, "appointment_page", is_staff=is_staff, refusal=refusal
        )
    return redirect("appointment_page", appointment.pk)


def _show_wish(
    request: SignedInRequest, form: WishForm, *, refusal: rules.Refusal | None = None
) -> HttpResponse:
    doctor = form.cleaned_data["doctor"]
    query = SlotQuery(doctor, form.cleaned_data["consultation_type"])
    before = services.next_start(query, form.cleaned_data.get("seen_from"), now=timezone.now())
    persons = list(form.persons)
    first = str(persons[0].pk) if persons else ""
    context = {
        "form": form,
        "persons": persons,
        "chosen_person": form.data.get("patient") or first,
        "doctor": doctor,
        "consultation_type": query.consultation_type,
        "before": doctor.practice.local(before),
        "today": query.today(timezone.now()),
        "refusal": refusal,
    }
    status = HTTPStatus.OK
    if refusal:
        status = refusal.status
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "bookings/join_waiting_list.html", context, status=status)
