"""What a visitor sees when a chosen time cannot be kept or booked."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import Request
from bookings import rules, slots
from bookings.confirming.choice import Choice
from bookings.confirming.forms import ChoiceForm
from bookings.finding.views import panel_of, show_panel
from bookings.finding.visitor import hold_token


def refuse_in_panel(request: Request, choice: Choice, refusal: rules.Refusal) -> HttpResponse:
    """The panel again with what happened and, when times would help, the three nearest."""
    panel = panel_of(
        request,
        choice.doctor,
        _address_around(request, choice),
        refusal=refusal,
        nearest=nearest_times(request, choice, refusal),
    )
    return show_panel(request, panel, status=refusal.status)


def refuse_unreadable_choice(request: Request, form: ChoiceForm) -> HttpResponse:
    """A choice we cannot read: what is wrong with it, on the doctor's page when there is one."""
    doctor = form.cleaned_data.get("doctor")
    if doctor is None:
        return refuse_plainly(request, _("This doctor cannot be booked here."))
    problems = [str(error) for errors in form.errors.values() for error in errors]
    refusal = rules.TimeNotOffered(" ".join(problems), code="choice_not_understood")
    panel = panel_of(request, doctor, _address_around(request, None), refusal=refusal)
    return show_panel(request, panel, status=refusal.status)


def refuse_plainly(
    request: Request, text: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
) -> HttpResponse:
    """A refusal that has no page of its own to land on."""
    return render(request, "bookings/refused.html", {"refusal": text}, status=status)


def nearest_times(request: Request, choice: Choice, refusal: rules.Refusal) -> list[Any]:
    """The three free times to offer beside `refusal`, or none when times would not help."""
    if not refusal.offers_times or choice.consultation_type.doctor_id != choice.doctor.pk:
        return []
    return slots.nearest_free(
        choice.query,
        choice.starts_at,
        now=timezone.now(),
        token=hold_token(request),
        avoid=getattr(refusal, "clash", None),
    )


def _address_around(request: Request, choice: Choice | None) -> QueryDict:
    """The panel's state around a posted choice, as if it had been in the address."""
    data = QueryDict(mutable=True)
    data["seen"] = request.POST.get("seen") or "yes"
    data["type"] = request.POST.get("consultation_type", "")
    data["from"] = request.POST.get("from", "")
    if choice and not data["from"]:
        data["from"] = choice.local_start.date().isoformat()
    return data
