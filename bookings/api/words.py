"""What the API's description says about times and bookings."""

from django.utils.translation import gettext_lazy as _

from bookings.slots import Blocker
from doctors.api_words import NO_DOCTOR, THE_DOCTOR
from web.openapi import (
    BAD_REQUEST,
    CSRF_FAILED,
    SIGN_IN_REQUIRED,
    TOO_LARGE,
    Kind,
    described,
    literally,
    says,
    shows,
)

# -- refusals -----------------------------------------------------------------------------

EXISTING_PATIENT_REQUIRED = Kind(
    403,
    "existing_patient_required",
    _("The reason is for people the doctor has already seen."),
)
NEW_PATIENTS_NOT_TAKEN = Kind(
    403, "new_patients_not_taken", _("The doctor takes no new patients at the moment.")
)
EMERGENCY_TOO_FAR = Kind(
    403, "emergency_too_far", _("The reason is for emergencies, and the day is after tomorrow.")
)
PATIENT_BLOCKED = Kind(
    403,
    "patient_blocked",
    _("This person books by phone only: blocked there, or three missed appointments."),
)
NO_ONLINE_BOOKING = Kind(
    403,
    "no_online_booking",
    _("The doctor takes no bookings online; “detail” has the practice’s phone number."),
)
EMAIL_NOT_CONFIRMED = Kind(
    403,
    "email_not_confirmed",
    _("Until its e-mail address is confirmed, an account has one future appointment."),
)
RULES_OF_THE_PERSON = (
    EXISTING_PATIENT_REQUIRED,
    NEW_PATIENTS_NOT_TAKEN,
    PATIENT_BLOCKED,
    NO_ONLINE_BOOKING,
)
NO_DOCTOR_OR_PERSON = Kind(
    404, "not_found", _("There is no such doctor, or no such person in your account.")
)
SEVERAL_DOCTORS = Kind(
    409,
    "several_doctors",
    _("Several doctors have this name; “doctors” lists them. Send “doctor_id”."),
    {"doctors": [{"id": 1, "practice": "Cabinet des Lilas", "city": "Paris"}]},
)
PATIENT_OVERLAP = Kind(
    409, "patient_overlap", _("This person has another appointment at that time.")
)
STATE_CONFLICT = Kind(409, "state_conflict", _("This person is no longer in the account."))
TYPE_NOT_OFFERED = Kind(
    422,
    "type_not_offered",
    _("The reason is another doctor’s, or no longer offered, or the doctor has none."),
)
CHOICE_NOT_UNDERSTOOD = Kind(
    422,
    "choice_not_understood",
    _("Not a time there: written another way, or skipped when the clocks change."),
)
OFF_GRID = Kind(422, "off_grid", _("The practice does not offer this start, or this end."))
PAST = Kind(422, "past", _("The time is already past."))
TOO_SOON = Kind(422, "too_soon", _("The time is nearer than the reason’s notice."))
TOO_FAR = Kind(422, "too_far", _("The day is not open for booking yet."))
PERSON_REQUIRED = Kind(422, "person_required", _("At the desk, say for whom: send “patient”."))

# -- free times ---------------------------------------------------------------------------

THE_TYPE = says(
    "consultation_type_id",
    _("The reason for the visit: its duration is the step. Without it, 30 minutes."),
)

SLOTS = described(
    _("Free times over some days"),
    _(
        "Every day asked for is a key; the times are the practice’s local time, sorted. Days gone "
        "by, and days too far ahead to be booked, are empty. For who is signed in, the rules "
        "about the person are asked at once; for others when the booking is made."
    ),
    BAD_REQUEST,
    EMERGENCY_TOO_FAR,
    *RULES_OF_THE_PERSON,
    NO_DOCTOR_OR_PERSON,
    TYPE_NOT_OFFERED,
    parameters=[
        THE_DOCTOR,
        says("start_date", _("Today there, when left out."), "2026-12-24"),
        says("days", _("How many days, up to 31."), 3),
        THE_TYPE,
        says("patient", _("One of your persons; yourself, when left out.")),
    ],
    answers={
        200: shows({"2026-12-24": ["09:00", "09:30", "14:00"], "2026-12-25": [], "2026-12-26": []})
    },
)

DAY = described(
    _("One day, with the reasons"),
    _(
        "Every start of the day, free or not. “reason” says in words why one cannot be booked, "
        "“code” for programs: booked, held (somebody is booking it now), past, too_soon, "
        "too_far, closed."
    ),
    BAD_REQUEST,
    NO_ONLINE_BOOKING,
    NO_DOCTOR,
    TYPE_NOT_OFFERED,
    parameters=[
        THE_DOCTOR,
        says("date", _("Today there, when left out."), "2026-12-24"),
        THE_TYPE,
    ],
    answers={
        200: shows(
            {
                "date": "2026-12-24",
                "slots": [
                    {"time": "10:00", "available": True, "reason": None, "code": None},
                    {
                        "time": "10:30",
                        "available": False,
                        "reason": Blocker.BOOKED.label,
                        "code": "booked",
                    },
                ],
            }
        )
    },
)

# -- booking ------------------------------------------------------------------------------

THE_NAME = _("First and last name; title, case, accents and order do not matter.")
THE_NUMBER = _("Instead of the name, or when several doctors have it.")
THE_DATE = _("The practice’s date.")
A_DATE = {"type": "string", "format": "date"}

AVAILABLE_SLOTS = described(
    _("Free times of a doctor by name"),
    _(
        "For programs of the system before. The times are those of the doctor’s ordinary visit, "
        "the first reason that is open to everyone."
    ),
    BAD_REQUEST,
    *RULES_OF_THE_PERSON,
    NO_DOCTOR,
    SEVERAL_DOCTORS,
    TYPE_NOT_OFFERED,
    parameters=[
        says("doctor_name", THE_NAME, "Dr. John Smith"),
        says("date", THE_DATE, "2026-12-24", required=True, schema=A_DATE),
        says("doctor_id", THE_NUMBER, schema={"type": "integer"}),
    ],
    answers={
        200: shows({"available_slots": ["9:00 AM - 9:30 AM", "9:30 AM - 10:00 AM"]}),
        400: literally("All fields are required!", _("The name or the date is missing.")),
    },
    with_msg=True,
)

AN_ID = {"type": ["integer", "string"]}
A_TEXT = {"type": "string", "minLength": 1}
OURS = {
    "title": "Booking",
    "type": "object",
    "properties": {
        "doctor": {**AN_ID, "description": _("The doctor’s number.")},
        "consultation_type": {**AN_ID, "description": _("One of the doctor’s reasons.")},
        "appointment_time": {
            **A_TEXT,
            "description": _("ISO 8601; without an offset the practice’s local time."),
        },
        "patient": {
            **AN_ID,
            "description": _("One of your persons; yourself, when left out. Needed at the desk."),
        },
        "reason": {"type": "string", "description": _("What the doctor should know.")},
    },
    "required": ["doctor", "consultation_type", "appointment_time"],
}
THEIRS = {
    "title": "BookingByName",
    "type": "object",
    "properties": {
        "patient_id": {**AN_ID, "description": _("One of your persons.")},
        "patient_name": {**A_TEXT, "description": _("Not looked at: names never find a person.")},
        "doctor_name": {**A_TEXT, "description": THE_NAME},
        "doctor_id": {**AN_ID, "description": THE_NUMBER},
        "time_slot": {**A_TEXT, "description": _("As it was offered; the start alone will do.")},
        "date": {**A_DATE, "description": THE_DATE},
    },
    "required": ["patient_id", "patient_name", "doctor_name", "time_slot", "date"],
}

BOOK = described(
    _("Book an appointment"),
    _(
        "With a doctor, a reason and a time; or with the five fields of the system before, which "
        "book the doctor’s ordinary visit. The same request again gets the same answer: nothing "
        "is booked twice."
    ),
    BAD_REQUEST,
    SIGN_IN_REQUIRED,
    CSRF_FAILED,
    *RULES_OF_THE_PERSON,
    EMAIL_NOT_CONFIRMED,
    NO_DOCTOR_OR_PERSON,
    SEVERAL_DOCTORS,
    PATIENT_OVERLAP,
    STATE_CONFLICT,
    TOO_LARGE,
    TYPE_NOT_OFFERED,
    CHOICE_NOT_UNDERSTOOD,
    PERSON_REQUIRED,
    OFF_GRID,
    PAST,
    TOO_SOON,
    TOO_FAR,
    answers={
        201: shows(
            {
                "msg": "Appointment booked successfully!",
                "id": "7f3a1c52-8f0e-4b57-9a7e-2d1c6f0b9e11",
            }
        ),
        400: literally("All fields are required!", _("A field is missing or empty.")),
        409: literally(
            "Time slot already booked! Choose another slot.",
            _("Somebody has that time, or the doctor is away."),
        ),
    },
    with_msg=True,
    requestBody={
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [OURS, THEIRS]},
                "examples": {
                    "ours": {
                        "summary": _("By number"),
                        "value": {
                            "doctor": 1,
                            "consultation_type": 3,
                            "appointment_time": "2026-12-24T09:00",
                        },
                    },
                    "theirs": {
                        "summary": _("By name"),
                        "value": {
                            "patient_id": 12,
                            "patient_name": "Nadia Benali",
                            "doctor_name": "Dr. John Smith",
                            "time_slot": "9:00 AM - 9:30 AM",
                            "date": "2026-12-24",
                        },
                    },
                },
            }
        },
    },
    security=[{"session": [], "csrf": []}],
)
