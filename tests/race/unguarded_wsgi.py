"""The site with guards taken away, for `tests.race.controls` alone: RACE_GUARDS says which.

"constraint": the application does not look whether the time is free; the doctor's lock and the
    database's constraint stay.
"check": it looks, and nothing else: no transaction, no lock, and a pause between looking and
    writing as long as a busy server makes it. The constraint has been dropped before.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from config.wsgi import application  # isort: skip  (sets Django up)

from accounts.models import Patient
from bookings.services import booking
from doctors.models import Doctor

__all__ = ["application"]

PAUSE = 0.05  # seconds

look = booking._check_time


def look_and_dawdle(*args: Any, **options: Any) -> None:
    look(*args, **options)
    time.sleep(PAUSE)


def fresh_doctor(doctor: Doctor, **_options: Any) -> Doctor:
    return Doctor.objects.select_related("practice").get(pk=doctor.pk)


def fresh_patient(patient: Patient) -> Patient:
    return Patient.objects.get(pk=patient.pk)


if os.environ["RACE_GUARDS"] == "constraint":
    booking._check_time = lambda *args, **options: None
else:
    booking._check_time = look_and_dawdle
    booking.writing = contextlib.nullcontext
    booking.lock_doctor = fresh_doctor
    booking.lock_patient = fresh_patient
