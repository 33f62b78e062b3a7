"""What a visitor sees when a chosen time cannot be kept or booked."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import Request
from bookings import rules
from bookings.confirming.choice import Choice
from bookings.confirming.forms import ChoiceForm
from bookings.finding.address import PanelAddress
from bookings.finding.places import PlacedTime, nearest_placed
from bookings.finding.views import show_panel
from bookings.finding.visitor import hold_token
from doctors.models import Doctor


def refuse_in_panel(request: Request, choice: Choice, refusal: rules.Refusal) -> HttpResponse:
    """The panel again with what happened and, when times would help, the three nearest."""
    state = _state_around(request, choice.doctor, choice)
    nearest = nearest_times(request, choice, refusal)
    return show_panel(request, choice.doctor, state, refusal=refusal, nearest=nearest)


def refuse_unreadable_choice(request: Request, form: ChoiceForm) -> HttpResponse:
    """A choice we cannot read: what is wrong with it, on the doctor's page when there is one."""
    doctor = form.cleaned_data.get("doctor")
    if doctor is None:
        return refuse_plainly(request, _("This doctor cannot be booked here."))
    problems = [str(error) for errors in form.errors.values() for error in errors]
    refusal = rules.TimeNotOffered(" ".join(problems), code="choice_not_understood")
    return show_panel(request, doctor, _state_around(request, doctor), refusal=refusal)


def refuse_plainly(
    request: Request, text: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
) -> HttpResponse:
    """A refusal that has no page of its own to land on."""
    return render(request, "bookings/refused.html", {"refusal": text}, status=status)


def nearest_times(request: Request, choice: Choice, refusal: rules.Refusal) -> list[PlacedTime]:
    """The three free times to offer beside `refusal`, or none when times would not help."""
    if not refusal.offers_times or choice.consultation_type.doctor_id != choice.doctor.pk:
        return []
    return nearest_placed(
        choice.query,
        choice.starts_at,
        now=timezone.now(),
        token=hold_token(request),
        avoid=getattr(refusal, "clash", None),
    )


def _state_around(request: Request, doctor: Doctor, choice: Choice | None = None) -> PanelAddress:
    """The panel's state around a posted choice, as if it had been in the address."""
    day = choice.local_start.date().isoformat() if choice else ""
    asked = {
        "seen": request.POST.get("seen") or "yes",
        "type": request.POST.get("consultation_type", ""),
        "from": request.POST.get("from") or day,
    }
    return PanelAddress.from_query(asked, doctor.get_absolute_url())
