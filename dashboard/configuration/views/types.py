"""Reasons for a visit: add, change, put in order, retire."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from bookings.status import UPCOMING
from dashboard.cockpit import Cockpit, open_cockpit
from dashboard.configuration.forms import TypeForm, currency_of
from dashboard.configuration.tabs import INVALID, answer_saved, show
from doctors.models import ConsultationType, Doctor
from scheduling.services import offer_type_again, retire_type, save_type, shift_type

PANEL = "types_panel"


@require_safe
def types(request: SignedInRequest) -> HttpResponse:
    return show_types(request, open_cockpit(request, only_staffed=True))


@require_http_methods(["GET", "HEAD", "POST"])
def new_type(request: SignedInRequest) -> HttpResponse:
    cockpit = open_cockpit(request, only_staffed=True)
    consultation_type = ConsultationType(
        doctor=cockpit.doctor, currency=currency_of(cockpit.doctor.practice)
    )
    return _edit(request, cockpit, consultation_type)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_type(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, *_type(request, pk))


@require_POST
def shift(request: SignedInRequest, pk: int) -> HttpResponse:
    """One place up, or down."""
    cockpit, consultation_type = _type(request, pk)
    shift_type(consultation_type, places=-1 if request.POST.get("to") == "up" else 1)
    return answer_saved(request, cockpit, PANEL, show_types)


@require_POST
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer it no more; visits already booked stay."""
    cockpit, consultation_type = _type(request, pk)
    retire_type(consultation_type)
    return answer_saved(request, cockpit, PANEL, show_types)


@require_POST
def offer_again(request: SignedInRequest, pk: int) -> HttpResponse:
    cockpit, consultation_type = _type(request, pk)
    offer_type_again(consultation_type)
    return answer_saved(request, cockpit, PANEL, show_types)


def show_types(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    form: TypeForm | None = None,
    saved: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The list, with the form open at its place when there is one."""
    ahead = Q(appointments__status__in=UPCOMING, appointments__starts_at__gt=cockpit.now)
    consultation_types = cockpit.doctor.consultation_types.annotate(
        ahead=Count("appointments", filter=ahead)
    )
    every = list(consultation_types.order_by("position", "pk"))
    context: dict[str, Any] = {
        "consultation_types": [each for each in every if not each.is_retired],
        "retired": [each for each in every if each.is_retired],
        "form": form,
        "edited": form.instance if form else None,
    }
    return show(request, cockpit, PANEL, context, saved=saved, status=status)


def _edit(
    request: SignedInRequest, cockpit: Cockpit, consultation_type: ConsultationType
) -> HttpResponse:
    form = TypeForm(request.POST if request.method == "POST" else None, instance=consultation_type)
    if not form.is_bound:
        return show_types(request, cockpit, form=form)
    if not form.is_valid():
        return show_types(request, cockpit, form=form, status=INVALID)
    save_type(form.instance, fields=form.columns)
    return answer_saved(request, cockpit, PANEL, show_types)


def _type(request: SignedInRequest, pk: int) -> tuple[Cockpit, ConsultationType]:
    """A type of one of the reader's doctors, at that doctor's desk; a stranger's is a 404."""
    desks = Doctor.objects.staffed_by(request.user).values("pk")
    consultation_types = ConsultationType.objects.select_related("doctor__practice")
    consultation_type = get_object_or_404(consultation_types.filter(doctor__in=desks), pk=pk)
    return open_cockpit(request, only_staffed=True).at_doctor(
        consultation_type.doctor_id
    ), consultation_type
