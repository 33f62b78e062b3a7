"""Finding a time: a doctor's page with the panel and the grid, and keeping what is chosen."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import retarget

from accounts.adapter import client_address
from accounts.models import Patient
from accounts.requests import Request
from bookings import rules, services, slots
from bookings.forms import ChoiceForm
from bookings.panel import BookingPanel
from bookings.profile import Profile
from bookings.services.writing import is_staff
from bookings.visitor import Choice, hold_token, new_hold_token, remember_choice, remember_typed
from doctors.models import Doctor


@login_not_required
@require_safe
def doctor_page(request: Request, slug: str) -> HttpResponse:
    """The doctor and the booking panel; htmx asks for the panel or the grid alone."""
    doctor = get_object_or_404(Doctor.objects.visible_to(request.user).for_pages(), slug=slug)
    return show_panel(request, panel_of(request, doctor, request.GET))


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
        )
    except rules.Refusal as refusal:
        return refuse_in_panel(request, choice, refusal)
    remember_choice(request, choice)
    response = redirect("confirm_booking")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


# -- the panel, whoever shows it ----------------------------------------------------------


def panel_of(
    request: Request,
    doctor: Doctor,
    data: QueryDict,
    panel_class: type[BookingPanel] = BookingPanel,
    **options: Any,
) -> BookingPanel:
    """The panel for this reader: a signed-in patient sees at once what the rules say of them,
    a visitor at confirmation, staff never."""
    patient = None
    if request.user.is_authenticated and not is_staff(request.user, doctor):
        patient = Patient.objects.of_account(request.user).first()
    return panel_class.from_query(
        data,
        doctor,
        now=timezone.now(),
        token=hold_token(request),
        patient=patient,
        **options,
    )


def show_panel(request: Request, panel: BookingPanel, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"panel": panel, "doctor": panel.doctor}
    fragment = wanted_fragment(request, {"booking_panel", "slot_grid"})
    if fragment:
        template = f"bookings/partials/{fragment}.html"
    else:
        template = "bookings/doctor_page.html"
        context["profile"] = Profile(panel)
    response = render(request, template, context, status=status)
    if request.htmx and not fragment:
        # Sent from another page's fragment: the answer is a page of its own.
        retarget(response, "body")
    patch_vary_headers(response, ["HX-Target"])
    return response


def wanted_fragment(request: Request, known: set[str]) -> str | None:
    """The fragment htmx asks for; a history restore wants the page whole."""
    if request.htmx.history_restore_request or request.htmx.target not in known:
        return None
    return str(request.htmx.target)


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
