"""Booking as JSON, also in the words of the systems before (docs/contracts.md, C6).

Those name a doctor by name, a time by "9:00 AM - 9:30 AM" and no reason for the visit, and read
the answer's `msg`. Ours name all three by id, and book by the same services.
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
from ninja import Router, Schema
from ninja.decorators import decorate_view

from accounts.api import signed_in
from accounts.models import Patient
from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.api import words
from bookings.api.slots import as_json, calendar_day, check_reader
from bookings.confirming.choice import Choice
from bookings.confirming.forms import parse_start, patients_for
from bookings.finding.visitor import hold_token
from bookings.services.writing import is_staff
from bookings.slots import Blocker, SlotQuery, free_slots
from bookings.status import Status
from doctors.api import doctors_named, visible_doctor
from doctors.models import ConsultationType, Doctor
from web.problems import CONTENT_TYPE, Problem
from web.requests import any_id

BOOKED = "Appointment booked successfully!"
# What the contract says word for word, by the code of the refusal.
LITERALS = {
    "fields_missing": "All fields are required!",
    "slot_taken": "Time slot already booked! Choose another slot.",
}
OUR_FIELDS = ("doctor", "consultation_type", "appointment_time")
THEIR_FIELDS = ("patient_id", "patient_name", "doctor_name", "time_slot", "date")

CLOCK = r"(\d{1,2}):(\d{2})(?: *([AP])\.?M\.?)?"
SLOT = re.compile(rf" *{CLOCK}(?: *[-–—] *{CLOCK})? *", re.ASCII | re.IGNORECASE)

router = Router(tags=["booking"])


class AvailableSlotsOut(Schema):
    available_slots: list[str]


class BookedOut(Schema):
    msg: str
    id: str


def in_old_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal is told in `msg` too; two of them in the contract's words and nothing else."""

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


@router.get("/available-slots", response=AvailableSlotsOut, openapi_extra=words.AVAILABLE_SLOTS)
@decorate_view(in_old_words)
def available_slots(
    request: HttpRequest, doctor_name: str = "", date: str = "", doctor_id: str = ""
) -> HttpResponse:
    """The free times of one day for the doctor's ordinary visit."""
    if not date.strip() or not (doctor_name.strip() or doctor_id.strip()):
        raise fields_missing()
    now = timezone.now()
    doctor = wanted_doctor(request, doctor_name, doctor_id)
    query, day = SlotQuery(doctor, ordinary_type(doctor)), written_day(date)
    check_reader(request, query, day, None, now)
    free = free_slots(query, day, 1, now=now, token=hold_token(request))
    return as_json({"available_slots": [slot_text(query, start) for start in free[day]]})


@router.post("/appointments", response={201: BookedOut}, auth=signed_in, openapi_extra=words.BOOK)
@decorate_view(in_old_words)
def book_appointment(request: SignedInRequest) -> HttpResponse:
    """Book; the same request again gets the same answer, and no second message."""
    fields = posted_fields(request)
    is_ours = any(name in fields for name in OUR_FIELDS)
    needed = OUR_FIELDS if is_ours else THEIR_FIELDS
    if any(name not in fields for name in needed):
        raise fields_missing()
    choice = our_choice(request, fields) if is_ours else their_choice(request, fields)
    wanted = fields.get("patient") if is_ours else fields["patient_id"]
    appointment = services.book(
        by=request.user,
        patient=wanted_person(request, choice.doctor, wanted),
        doctor=choice.doctor,
        consultation_type=choice.consultation_type,
        starts_at=choice.starts_at,
        reason=fields.get("reason", "")[:1000],
        hold_token=hold_token(request),
    )
    is_request = appointment.status == Status.PENDING
    msg = _("Appointment requested: the practice will confirm it.") if is_request else BOOKED
    return JsonResponse({"msg": msg, "id": str(appointment.pk)}, status=201)


# -- what callers send --------------------------------------------------------------------


def posted_fields(request: HttpRequest) -> dict[str, str]:
    """The body's texts and whole numbers, as text; what is empty or anything else is missing."""
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
        return calendar_day(text.strip())
    except ValueError as error:
        raise Problem(400, code="bad_request", detail=str(error)) from error


def our_choice(request: HttpRequest, fields: dict[str, str]) -> Choice:
    """Doctor and reason by id, the time in ISO 8601."""
    doctor = visible_doctor(request, any_id(fields["doctor"]))
    kinds = doctor.consultation_types.offered()
    kind = kinds.filter(pk=any_id(fields["consultation_type"])).first()
    if kind is None:
        raise rules.type_not_offered()
    starts_at = parse_start(fields["appointment_time"], doctor.practice.zone)
    if starts_at is None:
        raise not_a_time()
    return Choice(doctor, kind, starts_at)


def their_choice(request: HttpRequest, fields: dict[str, str]) -> Choice:
    """Doctor by name, the time by day and slot; the reason is the doctor's ordinary one."""
    doctor = wanted_doctor(request, fields["doctor_name"], fields.get("doctor_id", ""))
    kind = ordinary_type(doctor)
    day = written_day(fields["date"])
    start, end = written_slot(fields["time_slot"])
    starts_at = parse_start(f"{day}T{start}", doctor.practice.zone)
    if starts_at is None:
        raise not_a_time()
    choice = Choice(doctor, kind, starts_at)
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


# -- whom and what they mean --------------------------------------------------------------


def wanted_doctor(request: HttpRequest, name: str, doctor_id: str) -> Doctor:
    """By number when it is given; a name that several have is refused with their numbers."""
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
    kind: ConsultationType | None = doctor.consultation_types.offered().ordinary()
    if kind is None:
        refusal = _("This doctor has not listed any reason for a visit yet.")
        raise rules.TimeNotOffered(refusal, code="type_not_offered")
    return kind


def wanted_person(request: SignedInRequest, doctor: Doctor, wanted: str | None) -> Patient:
    """One of the account's persons, by default its owner; at the desk, one of the practice's.

    By number alone: a name never finds a person.
    """
    persons = patients_for(request.user, doctor)
    if wanted is None:
        own = persons.filter(account=request.user, relation=Patient.Relation.SELF).first()
        if own is None or is_staff(request.user, doctor):
            refusal = _("Please say for whom this appointment is.")
            raise Problem(422, code="person_required", detail=refusal)
        return own
    found: Patient | None = persons.filter(pk=any_id(wanted)).first()
    if found is None:
        raise Http404(_("There is no such person in your account."))
    return found
