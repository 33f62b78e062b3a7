"""Free times as JSON (docs/contracts.md, C1, C2 and C3)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import BeforeValidator, Field

from accounts.models import Patient
from bookings import rules
from bookings.api import words
from bookings.finding.visitor import hold_token
from bookings.services import check_person
from bookings.services.writing import is_staff
from bookings.slots import Blocker, SlotQuery, day_slots, free_slots
from doctors.api import visible_doctor
from doctors.models import ConsultationType
from web.compiled import compiled_once
from web.requests import any_id

DAYS, MOST_DAYS = 3, 31

router = Router(tags=["free times"])


# -- what callers send --------------------------------------------------------------------


def calendar_day(text: str) -> dt.date:
    """A date, written one way only, with room for the days around it that the grid reads."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.max
    if day.isoformat() == text and dt.MINYEAR < day.year < dt.MAXYEAR:
        return day
    wrong = _("“%(text)s” is not a date we know: write it like 2026-12-24.")
    raise ValueError(wrong % {"text": text[:40]})


def day_count(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 3 and 1 <= int(text) <= MOST_DAYS:
        return int(text)
    raise ValueError(_("“days” must be a whole number from 1 to %(most)s.") % {"most": MOST_DAYS})


CalendarDay = Annotated[dt.date, BeforeValidator(calendar_day)]
DayCount = Annotated[int, Field(ge=1, le=MOST_DAYS), BeforeValidator(day_count)]
Id = Annotated[int, BeforeValidator(any_id)]


# -- what they get ------------------------------------------------------------------------


class DaySlotOut(Schema):
    time: str
    available: bool
    reason: str | None
    code: Blocker | None


class DayOut(Schema):
    date: dt.date
    slots: list[DaySlotOut]


@router.get(
    "/doctors/{int:doctor_id}/slots",
    response=dict[dt.date, list[str]],
    openapi_extra=words.SLOTS,
)
def doctor_slots(
    request: HttpRequest,
    doctor_id: int,
    start_date: CalendarDay | None = None,
    days: DayCount = DAYS,
    consultation_type_id: Id | None = None,
    patient: Id | None = None,
) -> HttpResponse:
    """{day: free starts on the practice's clock}; every day asked for is a key.

    From today there when no date is given, in steps of 30 minutes when no type is.
    """
    now = timezone.now()
    query = slot_query(request, doctor_id, consultation_type_id)
    first_day = start_date or query.today(now)
    check_reader(request, query, first_day, patient, now)
    free = free_slots(query, first_day, days, now=now, token=hold_token(request))
    return as_json({f"{day}": [clock(start) for start in free[day]] for day in free})


@router.get(
    "/doctors/{int:doctor_id}/day",
    response=DayOut,
    openapi_extra=words.DAY,
)
def doctor_day(
    request: HttpRequest,
    doctor_id: int,
    date: CalendarDay | None = None,
    consultation_type_id: Id | None = None,
) -> HttpResponse:
    """Every start of one day's grid, free or not, with the reason when not."""
    now = timezone.now()
    query = slot_query(request, doctor_id, consultation_type_id)
    if not is_staff(request.user, query.doctor):
        rules.check_books_online(query.doctor)
    day = date or query.today(now)
    slots = [
        {
            "time": clock(slot.start),
            "available": slot.blocker is None,
            "reason": slot.blocker and str(slot.blocker.label),
            "code": slot.blocker,
        }
        for slot in day_slots(query, day, now=now, token=hold_token(request))
    ]
    return as_json({"date": f"{day}", "slots": slots})


# -- whose times, and for whom ------------------------------------------------------------


def slot_query(request: HttpRequest, doctor_id: int, type_id: int | None) -> SlotQuery:
    """Http404 for a doctor not shown to the reader, a refusal for a type that is not offered."""
    doctor = visible_doctor(request, doctor_id)
    if type_id is None:
        return SlotQuery(doctor)
    kinds = _offered_type(type_id, doctor.pk)
    if not kinds:
        refusal = _("This doctor does not offer this reason for a visit.")
        raise rules.TimeNotOffered(refusal, code="type_not_offered")
    return SlotQuery(doctor, kinds[0])


@compiled_once
def _offered_type(pk: int, doctor_id: int) -> QuerySet[ConsultationType, ConsultationType]:
    return ConsultationType.objects.offered().filter(pk=pk, doctor=doctor_id).order_by()


def check_reader(
    request: HttpRequest,
    query: SlotQuery,
    first_day: dt.date,
    patient_id: int | None,
    now: dt.datetime,
) -> None:
    """Raise the refusal of a rule that these times break (docs/contracts.md, C2).

    Visitors get the rules that do not depend on the person, patients get all rules, staff none.
    """
    if is_staff(request.user, query.doctor):
        return
    person = own_person(request, patient_id)
    rules.check_books_online(query.doctor)
    rules.check_emergency_day(query, first_day, now)
    if person and query.consultation_type:
        check_person(patient=person, query=query, now=now)
    elif person:
        rules.check_not_blocked(person, query.doctor.practice, now)


def own_person(request: HttpRequest, patient_id: int | None) -> Patient | None:
    """One of the reader's persons, by default the reader; Http404 for anybody else's."""
    persons = request.user.patients if request.user.is_authenticated else None
    if patient_id is None:
        return persons.filter(relation=Patient.Relation.SELF).first() if persons else None
    person = persons.filter(pk=patient_id).first() if persons else None
    if person is None:
        raise Http404(_("There is no such person in your account."))
    return person


def clock(start: dt.datetime) -> str:
    """ "09:30"; `strftime` takes four times as long, and there may be a thousand."""
    return f"{start.hour:02}:{start.minute:02}"


def as_json(answer: dict[str, Any]) -> HttpResponse:
    """Plain JSON: a response model would only check again what is made right here."""
    return HttpResponse(json.dumps(answer), content_type="application/json")
