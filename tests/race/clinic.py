"""A small clinic, made with the ORM, and people with sessions who send its forms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import Patient, User
from accounts.tests.factories import (
    AdminFactory,
    PatientFactory,
    SecretaryUserFactory,
    UserFactory,
)
from bookings.models import Appointment, Hold, PatientFile
from doctors.models import ConsultationType, Doctor, Practice
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.engine import to_utc
from scheduling.models import OpeningHours
from scheduling.tests.factories import OpeningHoursFactory, open_week
from tests.race.browser import Answer, Browser, FormRequest
from tests.race.checks import Wanted

PATIENTS, VISITORS = 20, 8
OPENS, CLOSES = 8 * 60, 20 * 60
FIRST_DAY = 3
"""Days from today: patients can change their visits until a day before."""


def session_of(user: User) -> str:
    """The key of a session of `user`; a sign-in with a password costs 0.3 s of Argon2."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@dataclass
class Person:
    """A person with a browser."""

    browser: Browser

    def asks(self, path: str, *, wanted: Wanted | None = None, **form: Any) -> FormRequest:
        request = self.browser.will_post(path, **form)
        request.wanted = wanted
        return request


@dataclass
class Visitor(Person):
    """A person who is not signed in."""

    def holds(
        self, consultation_type: ConsultationType, start: dt.datetime, *, path: str = ""
    ) -> FormRequest:
        wanted = Wanted(consultation_type, start, browser=self.browser)
        return self.asks(
            path or "/bookings/hold/", wanted=wanted, **choice(consultation_type, start)
        )


@dataclass
class PatientOnline(Visitor):
    patient: Patient

    def books(
        self, consultation_type: ConsultationType, start: dt.datetime, **form: Any
    ) -> FormRequest:
        wanted = Wanted(consultation_type, start, browser=self.browser, patient=self.patient)
        return self.asks("/book", wanted=wanted, **choice(consultation_type, start), **form)

    def moves(self, visit: Appointment, start: dt.datetime) -> FormRequest:
        consultation_type = visit.consultation_type
        assert consultation_type
        wanted = Wanted(
            consultation_type, start, self.browser, patient=self.patient, moving=visit.pk
        )
        return self.asks(
            f"/bookings/{visit.pk}/move/", wanted=wanted, appointment_time=start.isoformat()
        )

    def cancels(self, pk: UUID | str) -> FormRequest:
        return self.asks(f"/bookings/{pk}/cancel/")


@dataclass
class Secretary(Person):
    def books(
        self, patient: Patient, consultation_type: ConsultationType, start: dt.datetime
    ) -> FormRequest:
        wanted = Wanted(consultation_type, start, browser=self.browser)
        return self.asks(
            "/book", wanted=wanted, **choice(consultation_type, start), patient=patient.pk
        )

    def adds_walk_in(
        self, doctor: Doctor, consultation_type: ConsultationType | None = None, **person: Any
    ) -> FormRequest:
        """A walk-in of `patient=pk`, a patient of the practice, or with the fields of a new one."""
        type_pk = consultation_type.pk if consultation_type else ""
        return self.asks("/book", doctor=doctor.pk, consultation_type=type_pk, **person)

    def cancels(self, pk: UUID | str) -> FormRequest:
        return self.asks(f"/bookings/{pk}/cancel/")

    def undoes(self, pk: UUID | str) -> FormRequest:
        return self.asks(f"/bookings/{pk}/undo/")

    def confirms(self, pk: UUID | str) -> FormRequest:
        return self.asks(f"/bookings/{pk}/confirm/")

    def moves(self, pk: UUID | str, start: dt.datetime) -> FormRequest:
        return self.asks(f"/bookings/{pk}/move/", appointment_time=start.isoformat())


@dataclass
class Admin(Person):
    def adds_absence(self, doctor: Doctor, start: dt.datetime, end: dt.datetime) -> FormRequest:
        """An absence; the admin's form takes the wall clock of the doctor's practice."""
        local = [doctor.practice.local(instant) for instant in (start, end)]
        form = {
            f"{name}_{part}": text
            for name, wall in zip(("starts_at", "ends_at"), local, strict=True)
            for part, text in enumerate((f"{wall:%Y-%m-%d}", f"{wall:%H:%M}"))
        }
        return self.asks("/admin/scheduling/doctorabsence/add/", doctor=doctor.pk, **form)

    def removes_absence(self, pk: int) -> FormRequest:
        return self.asks(f"/admin/scheduling/doctorabsence/{pk}/delete/", post="yes")

    def changes_hours(self, row: OpeningHours, *, opens: str, closes: str) -> FormRequest:
        return self.asks(
            f"/admin/scheduling/openinghours/{row.pk}/change/",
            weekday=row.weekday,
            opens=opens,
            closes=closes,
            valid_from=row.valid_from or "",
            valid_until=row.valid_until or "",
        )

    def retires(
        self, consultation_type: ConsultationType, *, action: str = "retire"
    ) -> FormRequest:
        page = "/admin/doctors/consultationtype/"
        return self.asks(page, action=action, _selected_action=consultation_type.pk)

    def offers_again(self, consultation_type: ConsultationType) -> FormRequest:
        return self.retires(consultation_type, action="offer_again")

    def sees_after(self, answer: Answer) -> str:
        """The HTML of the page to which a saved form redirects."""
        return self.browser.get(answer.location).html


def choice(consultation_type: ConsultationType, start: dt.datetime) -> dict[str, Any]:
    return {
        "doctor": consultation_type.doctor_id,
        "consultation_type": consultation_type.pk,
        "appointment_time": start.isoformat(),
    }


@dataclass
class Clinic:
    """The people of the clinic; `port` is the server's."""

    port: int
    practice: Practice = field(default_factory=lambda: PracticeFactory(time_zone="Europe/Paris"))

    def __post_init__(self) -> None:
        self.patients = [self._patient(number) for number in range(PATIENTS)]
        self.visitors = [Visitor(Browser(self.port)) for _ in range(VISITORS)]
        user = SecretaryUserFactory(password=None)
        MembershipFactory(user=user, practice=self.practice)
        self.secretary = Secretary(self._browser_of(user))
        self.admin = Admin(self._browser_of(AdminFactory(password=None)))

    def _patient(self, number: int) -> PatientOnline:
        account = UserFactory(password=None, with_verified_email=True, last_name=f"B{number}")
        patient = PatientFactory(account=account, last_name=account.last_name)
        # The practice has a file, so that the secretary can book for the patient.
        PatientFile.objects.create(practice=self.practice, patient=patient)
        return PatientOnline(self._browser_of(account), patient)

    def _browser_of(self, user: User) -> Browser:
        return Browser(self.port, {"sessionid": session_of(user)})

    def moved_to(self, port: int) -> None:
        """Send the same people to another server on the same database."""
        everyone = [*self.patients, *self.visitors, self.secretary, self.admin]
        for person in everyone:
            person.browser.port = port

    def doctor(self, *, practice: Practice | None = None) -> Agenda:
        """A new doctor with hours 08:00-20:00 every day."""
        doctor = DoctorFactory(practice=practice or self.practice, user__password=None)
        open_week(doctor, OPENS, CLOSES)
        return Agenda(doctor)

    def doctor_with_dated_hours(self, days: int) -> Agenda:
        """A new doctor with a row of hours for each day, so that one day can be changed."""
        agenda = Agenda(DoctorFactory(practice=self.practice, user__password=None))
        for number in range(days + 1):
            date = agenda.date(number)
            OpeningHoursFactory(
                doctor=agenda.doctor,
                weekday=date.weekday(),
                start_minute=OPENS,
                end_minute=CLOSES,
                valid_from=date,
                valid_until=date,
            )
        return agenda


@dataclass
class Agenda:
    """A doctor with consultation types, and instants by day and wall clock."""

    doctor: Doctor

    def new_type(self, minutes: int) -> ConsultationType:
        made: ConsultationType = ConsultationTypeFactory(
            doctor=self.doctor, name=f"{minutes} min", duration=minutes
        )
        return made

    @cached_property
    def quarter(self) -> ConsultationType:
        return self.new_type(15)

    @cached_property
    def half(self) -> ConsultationType:
        return self.new_type(30)

    @cached_property
    def hour(self) -> ConsultationType:
        return self.new_type(60)

    def date(self, number: int) -> dt.date:
        today = self.doctor.practice.local(timezone.now()).date()
        return today + dt.timedelta(days=FIRST_DAY + number)

    def at(self, number: int, clock: str) -> dt.datetime:
        """The instant of a wall time on day `number` at the practice: at(0, "10:30")."""
        hours, minutes = map(int, clock.split(":"))
        return to_utc(self.date(number), hours * 60 + minutes, self.doctor.practice.zone)

    def visits(self, start: dt.datetime | None = None) -> list[Appointment]:
        """The doctor's live visits; with `start`, only those at that start."""
        found = Appointment.objects.live().of(self.doctor)
        return list(found.filter(starts_at=start) if start else found)

    def holds(self, start: dt.datetime) -> list[Hold]:
        now = timezone.now()
        return list(Hold.objects.unexpired(now).filter(doctor=self.doctor, starts_at=start))
