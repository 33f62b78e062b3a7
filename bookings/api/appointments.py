"""Booking as JSON, also in the words of the systems before (docs/contracts.md, C6).

Old programs name a doctor by name, a time by "9:00 AM - 9:30 AM" and no consultation type, and
read the answer's `msg`. New programs send ids. Both book by the same services.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from ninja.decorators import decorate_view
from pydantic import ValidationError

from accounts.api import SignInRequired, signed_in
from accounts.models import Patient
from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.api import schemas
from bookings.api.slots import as_json, check_reader
from bookings.confirming.choice import Choice
from bookings.confirming.forms import parse_start, patients_for
from bookings.finding.visitor import hold_token
from bookings.slots import Blocker, SlotQuery, free_slots
from bookings.status import Status
from doctors.api import doctors_named, visible_doctor
from doctors.models import ConsultationType, Doctor
from web.problems import (
    CONTENT_TYPE,
    BadRequest,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
)
from web.requests import any_id

# What the contract says word for word, by the code of the refusal.
LITERALS = {
    "fields_missing": "All fields are required!",
    "slot_taken": "Time slot already booked! Choose another slot.",
}
CLOCK = r"(\d{1,2}):(\d{2})(?: *([AP])\.?M\.?)?"
SLOT = re.compile(rf" *{CLOCK}(?: *[-–—] *{CLOCK})? *", re.ASCII | re.IGNORECASE)

router = Router(tags=["booking"])


def in_old_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Add `msg` to a refusal; for two refusals, answer the contract's words and nothing else."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response["Content-Type"] != CONTENT_TYPE:
            return response
        body = json.loads(response.content)
        status = response.status_code
        if body["code"] in LITERALS:
            return JsonResponse({"msg": LITERALS[body["code"]]}, status=status)
        body["msg"] = body["detail"]
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)

    return answer


@router.get(
    "/available-slots",
    response={
        200: schemas.AvailableSlotsOut,
        400: BadRequest | schemas.Message,
        403: schemas.PersonRefused,
        404: NotFound,
        409: schemas.SeveralDoctors,
        422: schemas.TypeNotOffered,
        503: Unavailable,
    },
    summary=gettext_noop("Free times of a doctor by name"),
    description=gettext_noop(
        "For programs of the systems before: the times of the first consultation type that is "
        "open to everyone. The date and the doctor’s name or number are required."
    ),
)
@decorate_view(in_old_words)
def available_slots(request: HttpRequest, asked: Query[schemas.AvailableSlotsIn]) -> HttpResponse:
    """The free times of one day for the doctor's ordinary type."""
    if not asked.date.strip() or not (asked.doctor_name.strip() or asked.doctor_id.strip()):
        raise fields_missing()
    now = timezone.now()
    doctor = wanted_doctor(request, asked.doctor_name, asked.doctor_id)
    is_staff = doctor.is_staffed_by(request.user)
    query = SlotQuery(doctor, ordinary_type(doctor), is_staff=is_staff)
    day = written_day(asked.date)
    check_reader(request, query, day, None, now)
    free = free_slots(query, day, 1, now=now, token=hold_token(request))
    return as_json({"available_slots": [slot_text(query, start) for start in free[day]]})


@router.post(
    "/appointments",
    response={
        201: schemas.BookedOut,
        400: BadRequest | schemas.Message,
        401: SignInRequired,
        403: schemas.BookingRefused,
        404: NotFound,
        409: schemas.Conflict | schemas.Message,
        413: TooLarge,
        422: schemas.NotBookable,
        503: Unavailable,
    },
    auth=signed_in,
    summary=gettext_noop("Book an appointment"),
    description=gettext_noop(
        "With a doctor, a consultation type and a time; or with the five fields of the systems "
        "before, which book the first consultation type that is open to everyone. The same "
        "request again gets the same answer: nothing is booked twice."
    ),
    # Read by `sent_booking`: ninja would answer a missing field in other words than the contract.
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "anyOf": [
                            schemas.BookingIn.model_json_schema(),
                            schemas.BookingByNameIn.model_json_schema(),
                        ]
                    }
                }
            },
        }
    },
)
@decorate_view(in_old_words)
def book_appointment(request: SignedInRequest) -> HttpResponse:
    """Book; the same request again gets the same answer, and no second message."""
    sent = sent_booking(request)
    if isinstance(sent, schemas.BookingIn):
        choice = choice_by_id(request, sent)
    else:
        choice = choice_by_name(request, sent)
    appointment = services.book(
        by=request.user,
        patient=wanted_person(request, choice.doctor, sent.patient),
        doctor=choice.doctor,
        consultation_type=choice.consultation_type,
        starts_at=choice.starts_at,
        reason=sent.reason[:1000],
        hold_token=hold_token(request),
    )
    is_request = appointment.status == Status.PENDING
    msg = (
        _("Appointment requested: the practice will confirm it.") if is_request else schemas.BOOKED
    )
    return JsonResponse({"msg": msg, "id": str(appointment.pk)}, status=201)


# -- how a request is read ----------------------------------------------------------------


def sent_booking(request: HttpRequest) -> schemas.BookingIn | schemas.BookingByNameIn:
    """The body as the schema whose fields it has; a refusal in the contract's words for others."""
    fields = sent_fields(request)
    is_ours = any(name in fields for name in ("doctor", "consultation_type", "appointment_time"))
    try:
        return (schemas.BookingIn if is_ours else schemas.BookingByNameIn).model_validate(fields)
    except ValidationError:
        raise fields_missing() from None


def sent_fields(request: HttpRequest) -> dict[str, str]:
    """The body's texts and whole numbers, as text; an empty or any other value is left out."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):
        body = None
    if not isinstance(body, dict):
        raise Problem(400, code="bad_request", detail=_("The body must be a JSON object."))
    numbers = (int, str)
    texts = {name: plain(f"{value}") for name, value in body.items() if type(value) in numbers}
    return {name: text for name, text in texts.items() if text}


def plain(text: str) -> str:
    """`text` without what no database keeps: NULs, and halves of characters ("\\ud800")."""
    return text.replace("\x00", " ").encode(errors="replace").decode().strip()


def fields_missing() -> Problem:
    detail = _("Something is missing: all fields are required.")
    return Problem(400, code="fields_missing", detail=detail)


def written_day(text: str) -> dt.date:
    try:
        return schemas.calendar_day(text.strip())
    except ValueError as error:
        raise Problem(400, code="bad_request", detail=str(error)) from error


def choice_by_id(request: HttpRequest, sent: schemas.BookingIn) -> Choice:
    """Doctor and consultation type by id, the time in ISO 8601."""
    doctor = visible_doctor(request, sent.doctor)
    offered = doctor.consultation_types.offered()
    consultation_type = offered.filter(pk=sent.consultation_type).first()
    if consultation_type is None:
        raise rules.type_not_offered()
    starts_at = parse_start(sent.appointment_time, doctor.practice.zone)
    if starts_at is None:
        raise not_a_time()
    return Choice(doctor, consultation_type, starts_at)


def choice_by_name(request: HttpRequest, sent: schemas.BookingByNameIn) -> Choice:
    """Doctor by name, the time by day and slot, the doctor's ordinary type."""
    doctor = wanted_doctor(request, sent.doctor_name, sent.doctor_id)
    consultation_type = ordinary_type(doctor)
    day = written_day(sent.date)
    start, end = written_slot(sent.time_slot)
    starts_at = parse_start(f"{day}T{start}", doctor.practice.zone)
    if starts_at is None:
        raise not_a_time()
    choice = Choice(doctor, consultation_type, starts_at)
    if end and choice.local_end.time() != end:
        raise rules.refuse_time(Blocker.OFF_GRID, choice.query)
    return choice


def not_a_time() -> rules.TimeNotOffered:
    refusal = _("This is not a time we understand.")
    return rules.TimeNotOffered(refusal, code="choice_not_understood")


class WrittenSlot(NamedTuple):
    start: dt.time
    end: dt.time | None


def written_slot(text: str) -> WrittenSlot:
    """ "9:00 AM - 9:30 AM", or the start alone, or on 24 hours: "09:00"."""
    match = SLOT.fullmatch(text)
    if not match:
        raise not_a_time()
    start, end = match.groups()[:3], match.groups()[3:]
    return WrittenSlot(wall_clock(*start), wall_clock(*end) if end[0] else None)


def wall_clock(hour_text: str, minute_text: str, half: str | None) -> dt.time:
    hour = int(hour_text)
    if half:
        if not 1 <= hour <= 12:
            raise not_a_time()
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return dt.time(hour, int(minute_text))
    except ValueError:
        raise not_a_time() from None


def slot_text(query: SlotQuery, start: dt.datetime) -> str:
    """ "9:00 AM - 9:30 AM", both on the practice's clock."""
    end = (start.astimezone(dt.UTC) + query.length).astimezone(query.zone)
    return f"{twelve_hours(start)} - {twelve_hours(end)}"


def twelve_hours(time: dt.datetime) -> str:
    """ "9:05 AM"; not `strftime`, whose AM and PM are the server's language."""
    return f"{time.hour % 12 or 12}:{time.minute:02} {'AM' if time.hour < 12 else 'PM'}"


# -- whom a request names -----------------------------------------------------------------


def wanted_doctor(request: HttpRequest, name: str, doctor_id: str) -> Doctor:
    """The doctor by number when it is given, else by name; several of one name are refused."""
    if doctor_id:
        return visible_doctor(request, any_id(doctor_id))
    found = doctors_named(request, name)
    if not found:
        raise Http404(_("There is no such doctor."))
    if len(found) > 1:
        doctors = [
            {"id": each.pk, "practice": each.practice.name, "city": each.practice.city}
            for each in found
        ]
        detail = _("Several doctors have this name: send the number of yours as “doctor_id”.")
        raise Problem(409, code="several_doctors", detail=detail, doctors=doctors)
    return found[0]


def ordinary_type(doctor: Doctor) -> ConsultationType:
    """The default consultation type when a request names none."""
    ordinary: ConsultationType | None = doctor.consultation_types.offered().ordinary()
    if ordinary is None:
        refusal = _("This doctor has not listed any reason for a visit yet.")
        raise rules.TimeNotOffered(refusal, code="type_not_offered")
    return ordinary


def wanted_person(request: SignedInRequest, doctor: Doctor, pk: int | None) -> Patient:
    """One of the account's persons, by default its owner; for staff, one of the practice's."""
    is_staff = doctor.is_staffed_by(request.user)
    persons = patients_for(request.user, doctor, is_staff=is_staff)
    if pk is None:
        own = persons.filter(account=request.user, relation=Patient.Relation.SELF).first()
        if own is None or is_staff:
            refusal = _("Please say for whom this appointment is.")
            raise Problem(422, code="person_required", detail=refusal)
        return own
    found: Patient | None = persons.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such person in your account."))
    return found
