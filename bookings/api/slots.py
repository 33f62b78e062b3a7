"""Free times as JSON (docs/contracts.md, C1, C2 and C3)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db.models import BigIntegerField, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router

from accounts.models import Patient
from bookings import rules
from bookings.api import schemas
from bookings.finding.visitor import hold_token
from bookings.services import check_patient_may_book
from bookings.slots import SlotQuery, day_slots, free_slots, free_slots_until
from doctors.api import DoctorId, visible_doctor
from doctors.models import ConsultationType, Doctor
from web import kept
from web.compiled import compiled_once
from web.problems import BadRequest, NotFound, Unavailable

router = Router(tags=["free times"])


@router.get(
    "/doctors/{int:doctor_id}/slots",
    response={
        200: schemas.FreeTimes,
        400: BadRequest,
        403: schemas.SlotsRefused,
        404: NotFound,
        422: schemas.TypeNotOffered,
        503: Unavailable,
    },
    summary=gettext_noop("Free times over some days"),
    description=gettext_noop(
        "Every requested day is a key; its times are the practice’s local time, sorted. Past days "
        "and days that are too far ahead are empty. For signed-in patients the rules about the "
        "person apply at once; for others they apply when the booking is made."
    ),
)
def doctor_slots(
    request: HttpRequest, doctor_id: DoctorId, asked: Query[schemas.SlotsIn]
) -> HttpResponse:
    """{day: free starts on the practice's clock} with every requested day."""
    now, token = timezone.now(), hold_token(request)
    if not (token or asked.patient or request.user.is_authenticated):
        return slots_for_everybody(request, doctor_id, asked, now)
    query = slot_query(request, doctor_id, asked.consultation_type_id)
    first_day = asked.start_date or query.today(now)
    check_reader(request, query, first_day, asked.patient, now)
    return free_json(free_slots(query, first_day, asked.days, now=now, token=token))


def slots_for_everybody(
    request: HttpRequest, doctor_id: int, asked: schemas.SlotsIn, now: dt.datetime
) -> HttpResponse:
    """The free times of a reader of whom nothing is known, kept while they are true."""
    version = version_for_everybody(doctor_id)
    key = f"slots.{doctor_id}.{asked.consultation_type_id}.{asked.start_date}.{asked.days}"
    if version and (body := kept.recall(key, version, now=now)):
        return HttpResponse(body, content_type="application/json")
    query = query_for_everybody(request, doctor_id, asked.consultation_type_id, bool(version))
    first_day = asked.start_date or query.today(now)
    check_reader(request, query, first_day, None, now)
    free, until = free_slots_until(query, first_day, asked.days, now=now)
    response = free_json(free)
    if version:
        kept.keep(key, version, response.content, now=now, until=until)
    return response


def version_for_everybody(doctor_id: int) -> list[int]:
    """[the calendar's version] of a doctor who takes bookings online; [] for any other."""
    return _version(doctor_id) if doctor_id <= BigIntegerField.MAX_BIGINT else []


@compiled_once
def _version(doctor_id: int) -> QuerySet[Doctor, int]:
    online = Doctor.objects.approved().filter(pk=doctor_id, books_online=True).order_by()
    return online.values_list("calendar_version", flat=True)


def query_for_everybody(
    request: HttpRequest, doctor_id: int, type_id: int | None, is_public: bool
) -> SlotQuery:
    """`slot_query`, in one query where the doctor `is_public`."""
    found = _type_with_doctor(type_id, doctor_id) if is_public and type_id else []
    return (
        SlotQuery(found[0].doctor, found[0]) if found else slot_query(request, doctor_id, type_id)
    )


@compiled_once
def _type_with_doctor(pk: int, doctor_id: int) -> QuerySet[ConsultationType, ConsultationType]:
    offered = ConsultationType.objects.offered().filter(pk=pk, doctor=doctor_id).order_by()
    return offered.select_related("doctor__user", "doctor__practice")


def free_json(free: dict[dt.date, list[dt.datetime]]) -> HttpResponse:
    return as_json({f"{day}": [clock(start) for start in free[day]] for day in free})


@router.get(
    "/doctors/{int:doctor_id}/day",
    response={
        200: schemas.DayOut,
        400: BadRequest,
        403: schemas.NotOnline,
        404: NotFound,
        422: schemas.TypeNotOffered,
        503: Unavailable,
    },
    summary=gettext_noop("One day, with the reasons"),
    description=gettext_noop(
        "Every start of the day, free or not. “held” means that another person is booking it now."
    ),
)
def doctor_day(
    request: HttpRequest, doctor_id: DoctorId, asked: Query[schemas.DayIn]
) -> HttpResponse:
    """Every start of one day's grid; `reason` and `code` say why it is not free."""
    now = timezone.now()
    query = slot_query(request, doctor_id, asked.consultation_type_id)
    if not query.is_staff:
        rules.check_books_online(query.doctor)
    day = asked.date or query.today(now)
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
    """The query of the times; Http404 for a hidden doctor, a refusal for a type not offered."""
    doctor = visible_doctor(request, doctor_id)
    is_staff = doctor.is_staffed_by(request.user)
    if type_id is None:
        return SlotQuery(doctor, is_staff=is_staff)
    found = _offered_type(type_id, doctor.pk)
    if not found:
        refusal = _("This doctor does not offer this reason for a visit.")
        raise rules.TimeNotOffered(refusal, code="type_not_offered")
    return SlotQuery(doctor, found[0], is_staff=is_staff)


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
    if query.is_staff:
        return
    person = own_person(request, patient_id)
    rules.check_books_online(query.doctor)
    rules.check_emergency_day(query, first_day, now)
    if person and query.consultation_type:
        check_patient_may_book(patient=person, query=query, now=now)
    elif person:
        rules.check_not_blocked_everywhere(person, query.doctor, now)


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
    """Plain JSON: ninja would check again each of up to a thousand times."""
    return HttpResponse(json.dumps(answer), content_type="application/json")
