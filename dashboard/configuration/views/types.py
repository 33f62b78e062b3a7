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
    return show_types(request, open_cockpit(request))


@require_http_methods(["GET", "HEAD", "POST"])
def new_type(request: SignedInRequest) -> HttpResponse:
    cockpit = open_cockpit(request)
    kind = ConsultationType(doctor=cockpit.doctor, currency=currency_of(cockpit.doctor.practice))
    return _edit(request, cockpit, kind)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_type(request: SignedInRequest, pk: int) -> HttpResponse:
    return _edit(request, *_type(request, pk))


@require_POST
def shift(request: SignedInRequest, pk: int) -> HttpResponse:
    """One place up, or down."""
    cockpit, kind = _type(request, pk)
    shift_type(kind, places=-1 if request.POST.get("to") == "up" else 1)
    return answer_saved(request, cockpit, PANEL, show_types)


@require_POST
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer it no more; visits already booked stay."""
    cockpit, kind = _type(request, pk)
    retire_type(kind)
    return answer_saved(request, cockpit, PANEL, show_types)


@require_POST
def offer_again(request: SignedInRequest, pk: int) -> HttpResponse:
    cockpit, kind = _type(request, pk)
    offer_type_again(kind)
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
    kinds = cockpit.doctor.consultation_types.annotate(ahead=Count("appointments", filter=ahead))
    every = list(kinds.order_by("position", "pk"))
    context: dict[str, Any] = {
        "kinds": [kind for kind in every if not kind.is_retired],
        "retired": [kind for kind in every if kind.is_retired],
        "form": form,
        "edited": form.instance if form else None,
    }
    return show(request, cockpit, PANEL, context, saved=saved, status=status)


def _edit(request: SignedInRequest, cockpit: Cockpit, kind: ConsultationType) -> HttpResponse:
    form = TypeForm(request.POST if request.method == "POST" else None, instance=kind)
    if not form.is_bound:
        return show_types(request, cockpit, form=form)
    if not form.is_valid():
        return show_types(request, cockpit, form=form, status=INVALID)
    save_type(form.instance, fields=form.columns)
    return answer_saved(request, cockpit, PANEL, show_types)


def _type(request: SignedInRequest, pk: int) -> tuple[Cockpit, ConsultationType]:
    """A type of one of the reader's doctors, at that doctor's desk; a stranger's is a 404."""
    desks = Doctor.objects.staffed_by(request.user).values("pk")
    kinds = ConsultationType.objects.select_related("doctor__practice")
    kind = get_object_or_404(kinds.filter(doctor__in=desks), pk=pk)
    return open_cockpit(request).at_doctor(kind.doctor_id), kind
