"""Doctors and their consultation types as JSON (docs/contracts.md, C11)."""

from __future__ import annotations

from itertools import dropwhile
from typing import Annotated, Any

from django.db.models import BigIntegerField, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import P, PathEx, Query, Router, Schema
from pydantic import BeforeValidator, Field

from doctors.models import ConsultationType, Doctor
from doctors.name_words import TITLES
from doctors.prices import plain_amount
from doctors.search import find
from web.compiled import compiled_once
from web.problems import BadRequest, NotFound, Unavailable
from web.text import words

DOCTORS_PER_PAGE = 20
LONGEST_SEARCH = 100
MOST_NAMES = 20

router = Router(tags=["doctors"])


def page_number(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise ValueError(_("“page” must be a whole number from 1."))


PageNumber = Annotated[int, BeforeValidator(page_number)]
Text = Annotated[str, BeforeValidator(lambda text: text.strip()[:LONGEST_SEARCH])]
DoctorId = PathEx[int, P(description=gettext_noop("The doctor’s number."))]


class DoctorsIn(Schema):
    q: Text = Field("", description=gettext_noop("Words of the name, specialty, practice or city."))
    specialty: Text = Field(
        "", description=gettext_noop("A specialty’s slug or name, in any language.")
    )
    city: Text = Field("", description=gettext_noop("A city’s name."))
    page: PageNumber = Field(1, ge=1, description=gettext_noop("From 1."))


class DoctorOut(Schema):
    id: int
    name: str
    slug: str
    specialty: str = Field(alias="specialty.name")
    practice: str = Field(alias="practice.name")
    city: str = Field(alias="practice.city")
    time_zone: str = Field(alias="practice.time_zone", examples=["Europe/Paris"])


class DoctorsOut(Schema):
    items: list[DoctorOut]
    count: int = Field(description=gettext_noop("of all pages"))


class ConsultationTypeOut(Schema):
    id: int
    name: str
    duration: int = Field(description=gettext_noop("in minutes"))
    price: str = Field(
        description=gettext_noop("an amount with its currency, or words, or empty"),
        examples=["49.50 EUR"],
    )
    color: str = Field(examples=["#129d82"])
    is_emergency_only: bool
    require_existing_patient: bool

    @staticmethod
    def resolve_price(consultation_type: ConsultationType) -> str:
        """Return "300 MAD" or "49.50 EUR", the same in every language, or the doctor's words."""
        price = consultation_type.price
        if price is None:
            return consultation_type.price_note
        return f"{plain_amount(price, consultation_type.currency)} {consultation_type.currency}"


@router.get(
    "/doctors",
    response={200: DoctorsOut, 400: BadRequest, 503: Unavailable},
    summary=gettext_noop("Find doctors"),
    description=gettext_noop(
        "The listed doctors by name, 20 a page. Case and accents do not matter."
    ),
)
def doctors(request: HttpRequest, query: Query[DoctorsIn]) -> dict[str, Any]:
    """Return one page of the listed doctors; `q` searches like the results page."""
    found = find(query.q).doctors.order_by("user__last_name", "user__first_name", "pk")
    if query.specialty:
        found = found.of_specialty(query.specialty)
    if query.city:
        found = found.in_city(query.city)
    first = (query.page - 1) * DOCTORS_PER_PAGE
    shown = found.for_pages()[first : first + DOCTORS_PER_PAGE]
    return {"items": shown, "count": found.count()}


@router.get(
    "/doctors/{int:doctor_id}/consultation-types",
    response={200: list[ConsultationTypeOut], 404: NotFound, 503: Unavailable},
    summary=gettext_noop("Consultation types of a doctor"),
    description=gettext_noop("What patients can book, in the doctor’s order."),
)
def consultation_types(
    request: HttpRequest, doctor_id: DoctorId
) -> QuerySet[ConsultationType, ConsultationType]:
    """Return the consultation types that the doctor offers."""
    return visible_doctor(request, doctor_id).consultation_types.offered()


def visible_doctor(request: HttpRequest, doctor_id: int) -> Doctor:
    """Return the doctor with account and practice; Http404 when the reader may not see them."""
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
    """Return the doctors of exactly this name whom the reader may see.

    Titles, case, accents and the order of first and last name do not matter.
    """
    names = list(dropwhile(TITLES.__contains__, words(text)))[:MOST_NAMES]
    orders = [" ".join(names[n:] + names[:n]) for n in range(len(names))]
    doctors = Doctor.objects.visible_to(request.user).for_pages()
    return list(doctors.filter(search_name__in=orders))


@compiled_once
def _approved_doctor(pk: int) -> QuerySet[Doctor, Doctor]:
    """Load the columns of a doctor that the grid and its rules read; Django loads others on use."""
    doctors = Doctor.objects.approved().select_related("user", "practice").filter(pk=pk).order_by()
    return doctors.only("approved_at", "books_online", "user__is_active", "practice__time_zone")
