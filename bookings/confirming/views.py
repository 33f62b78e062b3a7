"""Confirming: for whom, what to say; sign-in or sign-up happens here, in place."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.views import LogoutView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.adapter import client_address
from accounts.models import User
from accounts.requests import Request
from accounts.views import SignUpView, set_language
from bookings import rules, services
from bookings.confirming.choice import (
    Choice,
    booked_visit,
    forget_choice,
    forget_sign_up,
    remember_choice,
    remember_sign_up,
    remember_typed,
    remembered_choice,
)
from bookings.confirming.forms import BookingForm, ChoiceForm
from bookings.confirming.page import show_confirm
from bookings.confirming.refusals import (
    refuse_in_panel,
    refuse_plainly,
    refuse_unreadable_choice,
)
from bookings.finding.visitor import hold_token, new_hold_token
from bookings.models import Appointment
from doctors.models import Doctor
from web.fragments import wanted_fragment
from web.requests import any_id


@login_not_required
@require_POST
def hold_slot(request: Request) -> HttpResponse:
    """“Suivant”: keep the chosen time for five minutes, then confirm."""
    form = ChoiceForm(request.POST, user=request.user)
    if not form.is_valid():
        return refuse_unreadable_choice(request, form)
    return keep_and_confirm(request, form.choice)


def keep_and_confirm(request: Request, choice: Choice) -> HttpResponse:
    """Hold `choice` for this visitor and send them to the confirm page, or say why not."""
    remember_typed(request, choice.doctor)
    try:
        services.hold(
            token=new_hold_token(request),
            doctor=choice.doctor,
            consultation_type=choice.consultation_type,
            starts_at=choice.starts_at,
            address=client_address(request),
            by=request.user,
        )
    except rules.Refusal as refusal:
        return refuse_in_panel(request, choice, refusal)
    remember_choice(request, choice)
    response = redirect("confirm_booking")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


@login_not_required
@require_safe
def confirm_booking(request: Request) -> HttpResponse:
    """The last step before the appointment exists.

    The choice comes from the address or from the session. Without one, or when it is booked
    already, the page says so and leads on.
    """
    data = request.GET if "appointment_time" in request.GET else remembered_choice(request)
    form = ChoiceForm(data, user=request.user) if data else None
    choice = form.choice if form and form.is_valid() else None
    if choice or not form:
        booked = booked_visit(request, choice)
        if booked:
            return show_booked(request, booked)
    if not form:
        return render(request, "bookings/nothing_chosen.html")
    if not choice:
        return refuse_plainly(request, _("This choice is no longer valid. Please choose again."))
    return show_confirm(request, choice)


def show_booked(request: Request, appointment: Appointment) -> HttpResponse:
    """That the choice is booked, with the way to the visit: back after confirming, another tab."""
    if request.htmx and not request.htmx.history_restore_request:
        return see_appointment(appointment)
    return render(request, "bookings/already_booked.html", {"appointment": appointment})


@login_not_required
@require_POST
def book(request: Request) -> HttpResponse:
    """Book an appointment; without a time, from staff, a walk-in (docs/contracts.md, C4)."""
    if request.user.is_authenticated and not request.POST.get("appointment_time"):
        return _add_walk_in(request, request.user)
    form = ChoiceForm(request.POST, user=request.user)
    if not form.is_valid():
        return refuse_unreadable_choice(request, form)
    choice = form.choice
    if not request.user.is_authenticated:
        return keep_and_confirm(request, choice)
    is_staff = choice.doctor.is_staffed_by(request.user)
    booking_form = BookingForm(
        request.POST, user=request.user, doctor=choice.doctor, is_staff=is_staff
    )
    if not booking_form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return show_confirm(request, choice, booking_form=booking_form, status=status)
    try:
        appointment = services.book(
            by=request.user,
            patient=booking_form.person(),
            doctor=choice.doctor,
            consultation_type=choice.consultation_type,
            starts_at=choice.starts_at,
            reason=booking_form.cleaned_data["reason"],
            hold_token=hold_token(request),
        )
    except rules.Refusal as refusal:
        return show_confirm(request, choice, booking_form=booking_form, refusal=refusal)
    forget_choice(request, appointment)
    return see_appointment(appointment)


def see_appointment(appointment: Appointment) -> HttpResponse:
    response = redirect("appointment_page", appointment.pk)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _add_walk_in(request: Request, user: User) -> HttpResponse:
    wanted, type_id = request.POST.get("doctor", ""), request.POST.get("consultation_type", "")
    desk = Doctor.objects.staffed_by(user).for_pages()
    doctor = desk.filter(pk=any_id(wanted)).first()
    if doctor is None:
        # A patient, or somebody else's desk: an appointment needs a time there.
        choice_form = ChoiceForm(request.POST, user=user)
        choice_form.is_valid()
        return refuse_unreadable_choice(request, choice_form)
    offered = doctor.consultation_types.offered()
    consultation_type = offered.filter(pk=any_id(type_id)).first()
    if type_id and consultation_type is None:
        return refuse_plainly(request, _("This reason for a visit is not offered any more."))
    form = BookingForm(request.POST, user=user, doctor=doctor, is_staff=True)
    if not form.is_valid():
        return refuse_plainly(request, form.problems)
    try:
        appointment = services.add_walk_in(
            by=user,
            doctor=doctor,
            patient=form.person(),
            consultation_type=consultation_type,
            reason=form.cleaned_data["reason"],
        )
    except rules.Refusal as refusal:
        return refuse_plainly(request, str(refusal), status=refusal.status)
    return see_appointment(appointment)


@login_not_required
@require_POST
def extend_hold(request: Request) -> HttpResponse:
    """“Prolonger”: five more minutes, twice at most; htmx renews the countdown alone.

    Without scripts the page comes anew, with what was typed so far.
    """
    _remember_form(request)
    refusal = None
    try:
        services.extend_hold(hold_token(request) or "")
    except rules.Refusal as caught:
        refusal = caught
    data = remembered_choice(request)
    form = ChoiceForm(data, user=request.user) if data else None
    if wanted_fragment(request, {"hold"}) and form and form.is_valid():
        return show_confirm(request, form.choice, hold_refusal=refusal)
    if refusal:
        messages.warning(request, str(refusal))
    return redirect("confirm_booking")


@login_not_required
@require_POST
def set_language_to_book(request: Request) -> HttpResponse:
    """Change the language on the confirm page; what was typed so far waits in the session."""
    _remember_form(request)
    return set_language(request)


def _remember_form(request: Request) -> None:
    """Keep what the confirm page's form sent: about the visit, or to open an account."""
    if request.user.is_authenticated:
        remember_typed(request)
    else:
        remember_sign_up(request)


class SignUpToBook(SignUpView):
    """Sign-up in the middle of a booking: the kept time waits five minutes longer, once."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sign_up_url=reverse("sign_up_to_book"), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        token = hold_token(self.request)
        if self.request.user.is_authenticated and token:
            services.extend_hold_after_sign_up(token)
            forget_sign_up(self.request)
        return response


@method_decorator(login_not_required, name="dispatch")
class SignOutView(LogoutView):
    """Signing out in the middle of a booking gives the kept time back: nobody comes for it."""

    def logout(self) -> None:
        token = hold_token(self.request)
        super().logout()
        if token:
            services.release_hold(token)
