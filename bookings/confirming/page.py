"""The confirm page: what it reads, and how it is drawn."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.forms import PatientSignUpForm, SignInForm
from accounts.requests import Request
from bookings import rules
from bookings.confirming.choice import Choice, current_hold, typed_so_far, typed_to_sign_up
from bookings.confirming.forms import BookingForm
from bookings.confirming.refusals import nearest_times
from bookings.finding.live import token_of
from bookings.finding.places import place_at
from bookings.finding.search import Search
from bookings.finding.visitor import hold_token
from bookings.slots import Calendars
from scheduling import engine
from web.fragments import render_fragment


def show_confirm(
    request: Request,
    choice: Choice,
    *,
    booking_form: BookingForm | None = None,
    refusal: rules.Refusal | None = None,
    hold_refusal: rules.Refusal | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The whole page, its form after a refusal, or the countdown alone."""
    now = timezone.now()
    hold = current_hold(request, choice, now=now)
    day = choice.local_start.date()
    calendars = Calendars([choice.query], [day], now=now, token=hold_token(request))
    user = request.user
    is_staff = booking_form.is_staff if booking_form else choice.doctor.is_staffed_by(user)
    lost = _why_lost(choice, calendars, is_staff=is_staff)
    if lost:
        # Kept from other visitors, but not from an absence that came meanwhile.
        hold = None
    refusal = refusal or lost
    practice = place_at(choice.query, choice.starts_at, calendars.weeks) or choice.doctor.practice
    until = min(calendars.valid_until(choice.query), hold.expires_at if hold else now + engine.DAY)
    context = {
        "choice": choice,
        "doctor": choice.doctor,
        "hold": hold,
        "hold_refusal": hold_refusal,
        "live": token_of(choice.doctor, until),
        "now": now,
        # Said before an account is made; for a signed-in patient the rules speak.
        "is_for_known_patients": not user.is_authenticated
        and rules.is_for_known_patients(choice.doctor, choice.consultation_type),
        "others_address": Search.for_new_patients(choice.doctor),
        "refusal": refusal,
        "is_lost": lost is not None,
        "nearest": nearest_times(request, choice, refusal) if refusal else [],
        # A kept choice is in the session; the address is shorter then.
        "next": reverse("confirm_booking") if hold else choice.confirm_address,
        # The form that a change of the language sends along, so that nothing typed is lost.
        "typed_form": "booking" if user.is_authenticated else "sign_up_form",
        "practice": practice,
        "changes_close": choice.changes_close(practice, now),
        **_forms(request, choice, booking_form, is_staff=is_staff),
    }
    if refusal:
        status = refusal.status
    elif hold_refusal:
        status = hold_refusal.status
    page, fragments = "bookings/confirm_booking.html", ("confirm_form", "hold")
    return render_fragment(request, page, context, fragments=fragments, status=status)


def _forms(
    request: Request, choice: Choice, booking_form: BookingForm | None, *, is_staff: bool
) -> dict[str, Any]:
    """The booking form for who is signed in; sign-in and sign-up for everyone else."""
    if not request.user.is_authenticated:
        typed = typed_to_sign_up(request)
        return {
            "sign_in_form": SignInForm(),
            "sign_up_form": PatientSignUpForm(initial=typed),
            "signs_up": bool(typed),
        }
    form = booking_form or BookingForm(
        user=request.user, doctor=choice.doctor, is_staff=is_staff, initial=typed_so_far(request)
    )
    known = {str(person.pk) for person in form.own} | {BookingForm.NEW}
    default = str(form.own[0].pk) if form.own else BookingForm.NEW
    return {
        "form": form,
        "persons": form.own,
        "chosen_person": form.chosen if form.chosen in known else default,
    }


def _why_lost(choice: Choice, calendars: Calendars, *, is_staff: bool) -> rules.Refusal | None:
    """Why the choice cannot be confirmed, kept or not: said before anyone types."""
    try:
        if is_staff:
            rules.check_type_is_offered(choice.doctor, choice.consultation_type)
            return None
        rules.check_bookable(choice.doctor, choice.consultation_type)
    except rules.Refusal as refusal:
        return refusal
    blocker = calendars.blocker_at(choice.query, choice.starts_at)
    return rules.refuse_time(blocker, choice.query) if blocker else None
