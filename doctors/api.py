"""Doctors and what they offer, as JSON (docs/contracts.md, C11)."""

from __future__ import annotations

from decimal import Decimal
from itertools import dropwhile
from typing import Annotated, Any

from django.db.models import BigIntegerField, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import BeforeValidator, Field

from doctors import api_words
from doctors.models import ConsultationType, Doctor
from doctors.search import find
from doctors.wanted import TITLES
from web.compiled import compiled_once
from web.text import words

DOCTORS_PER_PAGE = 20
LONGEST_SEARCH = 100
MOST_NAMES = 20

router = Router(tags=["doctors"])


def page_number(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise ValueError(_("“page” must be a whole number from 1."))


Page = Annotated[int, Field(ge=1), BeforeValidator(page_number)]
Text = Annotated[str, BeforeValidator(lambda text: text.strip()[:LONGEST_SEARCH])]


class DoctorOut(Schema):
    id: int
    name: str
    slug: str
    specialty: str
    practice: str
    city: str
    time_zone: str


class DoctorsOut(Schema):
    items: list[DoctorOut]
    count: int


class ConsultationTypeOut(Schema):
    id: int
    name: str
    duration: int
    price: str
    color: str
    is_emergency_only: bool
    require_existing_patient: bool


@router.get("/doctors", response=DoctorsOut, openapi_extra=api_words.DOCTORS)
def doctors(
    request: HttpRequest, q: Text = "", specialty: Text = "", city: Text = "", page: Page = 1
) -> dict[str, Any]:
    """The listed doctors by name, 20 a page, narrowed by what is given; `count` is of all pages.

    `q` means what it means on the results page."""
    found = find(q).doctors.order_by("user__last_name", "user__first_name", "pk")
    if specialty:
        found = found.of_specialty(specialty)
    if city:
        found = found.in_city(city)
    first = (page - 1) * DOCTORS_PER_PAGE
    shown = found.for_pages()[first : first + DOCTORS_PER_PAGE]
    return {"items": [as_json(doctor) for doctor in shown], "count": found.count()}


@router.get(
    "/doctors/{int:doctor_id}/consultation-types",
    response=list[ConsultationTypeOut],
    openapi_extra=api_words.CONSULTATION_TYPES,
)
def consultation_types(request: HttpRequest, doctor_id: int) -> list[dict[str, Any]]:
    """What one can come for, in the doctor's order."""
    doctor = visible_doctor(request, doctor_id)
    return [type_as_json(kind) for kind in doctor.consultation_types.offered()]


def visible_doctor(request: HttpRequest, doctor_id: int) -> Doctor:
    """The doctor with account and practice; Http404 for one that is not shown to the reader."""
    if request.user.is_authenticated:
        doctors = Doctor.objects.visible_to(request.user).select_related("user", "practice")
        found = list(doctors.filter(pk=doctor_id))
    elif doctor_id <= BigIntegerField.MAX_BIGINT:
        found = _approved_doctor(doctor_id)
    else:
        found = []
    if not found:
        raise Http404(_("There is no such doctor."))
    return found[0]


def doctors_named(request: HttpRequest, text: str) -> list[Doctor]:
    """Those of exactly that name who are shown to the reader; titles, case, accents and which
    name comes first aside."""
    names = list(dropwhile(TITLES.__contains__, words(text)))[:MOST_NAMES]
    orders = [" ".join(names[n:] + names[:n]) for n in range(len(names))]
    doctors = Doctor.objects.visible_to(request.user).for_pages()
    return list(doctors.filter(search_name__in=orders))


@compiled_once
def _approved_doctor(pk: int) -> QuerySet[Doctor, Doctor]:
    """What the grid and its rules read of a doctor; the rest is loaded when asked for."""
    doctors = Doctor.objects.approved().select_related("user", "practice").filter(pk=pk).order_by()
    return doctors.only("approved_at", "books_online", "user__is_active", "practice__time_zone")


def as_json(doctor: Doctor) -> dict[str, Any]:
    return {
        "id": doctor.pk,
        "name": doctor.name,
        "slug": doctor.slug,
        "specialty": doctor.specialty.name,
        "practice": doctor.practice.name,
        "city": doctor.practice.city,
        "time_zone": doctor.practice.time_zone,
    }


def type_as_json(kind: ConsultationType) -> dict[str, Any]:
    return {
        "id": kind.pk,
        "name": kind.name,
        "duration": kind.duration,
        "price": price(kind),
        "color": kind.color,
        "is_emergency_only": kind.is_emergency_only,
        "require_existing_patient": kind.require_existing_patient,
    }


def price(kind: ConsultationType) -> str:
    """ "300 MAD", "49.50 EUR": the same in every language; the doctor's words without an amount."""
    if kind.price is None:
        return kind.price_note
    whole = kind.price == kind.price.to_integral_value()
    amount = kind.price.quantize(Decimal("1") if whole else Decimal("0.01"))
    return f"{amount} {kind.currency}"
