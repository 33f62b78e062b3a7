"""What callers of free times and bookings send, and what they get."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from bookings.slots import Blocker
from web.problems import ProblemOut
from web.requests import any_id

DAYS, MOST_DAYS = 3, 31
BOOKED = "Appointment booked successfully!"

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


Omitted = SkipJsonSchema[None]
"""A parameter without a value: a query string can leave it out, but holds no null."""

CalendarDay = Annotated[dt.date | Omitted, BeforeValidator(calendar_day)]
DayCount = Annotated[int, BeforeValidator(day_count)]
Id = Annotated[int, BeforeValidator(any_id)]

TYPE_WORDS = gettext_noop(
    "The consultation type: its duration is the step. Without it, 30 minutes."
)
DATE_WORDS = gettext_noop("Like 2026-12-24; without it, today at the practice.")


class SlotsIn(Schema):
    start_date: CalendarDay = Field(None, description=DATE_WORDS)
    days: DayCount = Field(
        DAYS, ge=1, le=MOST_DAYS, description=gettext_noop("How many days, up to 31.")
    )
    consultation_type_id: Id | Omitted = Field(None, description=TYPE_WORDS)
    patient: Id | Omitted = Field(
        None, description=gettext_noop("One of your persons; without it, yourself.")
    )


class DayIn(Schema):
    date: CalendarDay = Field(None, description=DATE_WORDS)
    consultation_type_id: Id | Omitted = Field(None, description=TYPE_WORDS)


NAME_WORDS = gettext_noop("First and last name. Title, case, accents and order do not matter.")
NUMBER_WORDS = gettext_noop("Instead of the name, or when several doctors have it.")
PRACTICE_DATE_WORDS = gettext_noop("The practice’s date, like 2026-12-24.")
REASON_WORDS = gettext_noop("What the doctor should know.")
A_DATE: dict[str, Any] = {"format": "date"}


class AvailableSlotsIn(Schema):
    doctor_name: str = Field("", description=NAME_WORDS)
    date: str = Field("", description=PRACTICE_DATE_WORDS, json_schema_extra=A_DATE)
    doctor_id: str = Field("", description=NUMBER_WORDS)


class BookingIn(Schema):
    doctor: Id = Field(description=gettext_noop("The doctor’s number."))
    consultation_type: Id = Field(
        description=gettext_noop("One of the doctor’s consultation types.")
    )
    appointment_time: str = Field(
        description=gettext_noop("ISO 8601; without an offset the practice’s local time."),
        examples=["2026-12-24T09:00"],
    )
    patient: Id | Omitted = Field(
        None,
        description=gettext_noop("One of your persons; without it, yourself. Required from staff."),
    )
    reason: str = Field("", description=REASON_WORDS)


class BookingByNameIn(Schema):
    patient: Id = Field(alias="patient_id", description=gettext_noop("One of your persons."))
    patient_name: str = Field(description=gettext_noop("Not read: a name never finds a person."))
    doctor_name: str = Field(description=NAME_WORDS, examples=["Dr. John Smith"])
    doctor_id: str = Field("", description=NUMBER_WORDS)
    time_slot: str = Field(
        description=gettext_noop("As it was offered; the start alone is enough."),
        examples=["9:00 AM - 9:30 AM"],
    )
    date: str = Field(description=PRACTICE_DATE_WORDS, json_schema_extra=A_DATE)
    reason: str = Field("", description=REASON_WORDS)


# -- what they get ------------------------------------------------------------------------


FreeTimes = Annotated[
    dict[dt.date, list[str]],
    Field(examples=[{"2026-12-24": ["09:00", "09:30", "14:00"], "2026-12-25": []}]),
]


class DaySlotOut(Schema):
    time: str = Field(examples=["10:30"])
    available: bool
    reason: str | None = Field(
        description=gettext_noop("why this time cannot be booked, for people")
    )
    code: Blocker | None = Field(
        description=gettext_noop("why this time cannot be booked, for programs")
    )


class DayOut(Schema):
    date: dt.date
    slots: list[DaySlotOut]


RuleCode = Literal[
    "existing_patient_required", "new_patients_not_taken", "patient_blocked", "no_online_booking"
]


class SlotsRefused(ProblemOut):
    code: Literal[RuleCode, "emergency_too_far"] = Field(
        description=gettext_noop(
            "“patient_blocked”: this person books by phone only; “no_online_booking”: “detail” "
            "has the practice’s phone number; “emergency_too_far”: the consultation type is for "
            "emergencies, and the day is after tomorrow."
        )
    )


class NotOnline(ProblemOut):
    code: Literal["no_online_booking"]


class TypeNotOffered(ProblemOut):
    code: Literal["type_not_offered"] = Field(
        description=gettext_noop(
            "Another doctor’s consultation type, or one that is no longer offered; or the "
            "doctor has none."
        )
    )


class AvailableSlotsOut(Schema):
    available_slots: list[str] = Field(examples=[["9:00 AM - 9:30 AM", "9:30 AM - 10:00 AM"]])


class BookedOut(Schema):
    msg: str = Field(examples=[BOOKED])
    id: str


class Message(Schema):
    """A refusal in the contract's words and nothing else."""

    model_config = ConfigDict(extra="forbid")
    msg: Literal["All fields are required!", "Time slot already booked! Choose another slot."]


class NamesakeOut(Schema):
    id: int
    practice: str
    city: str


class SeveralDoctors(ProblemOut):
    code: Literal["several_doctors"]
    doctors: list[NamesakeOut] = Field(
        description=gettext_noop("Those of this name: send the number of yours as “doctor_id”.")
    )


class PersonRefused(ProblemOut):
    code: Literal[RuleCode, "emergency_too_far"]


class BookingRefused(ProblemOut):
    code: Literal[RuleCode, "csrf_failed", "email_not_confirmed", "emergency_too_far"] = Field(
        description=gettext_noop(
            "“csrf_failed”: the header X-CSRFToken is missing or out of date; "
            "“email_not_confirmed”: an account whose e-mail address is not confirmed has one "
            "future appointment at a time; “patient_blocked”: this person books by phone only; "
            "“no_online_booking”: “detail” has the practice’s phone number."
        )
    )


class Conflict(ProblemOut):
    code: Literal["several_doctors", "patient_overlap", "state_conflict"] = Field(
        description=gettext_noop(
            "“several_doctors”: “doctors” lists those of this name, send “doctor_id”; "
            "“patient_overlap”: this person has another appointment at that time; "
            "“state_conflict”: this person is no longer in the account."
        )
    )
    doctors: list[NamesakeOut] = []


class NotBookable(ProblemOut):
    code: Literal[
        "choice_not_understood",
        "off_grid",
        "past",
        "person_required",
        "too_far",
        "too_soon",
        "type_not_offered",
    ] = Field(
        description=gettext_noop(
            "“choice_not_understood”: no time, or one that the clock change skips; “off_grid”: "
            "not a start or an end that the practice offers; “too_soon”, “too_far”: nearer than "
            "the consultation type’s notice, or beyond its horizon; “person_required”: staff "
            "must send “patient”."
        )
    )
