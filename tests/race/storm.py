"""Random requests of many people for some seconds: for one doctor, and for a hundred."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection

from doctors.models import ConsultationType
from scheduling.models import DoctorAbsence, OpeningHours
from tests.race.browser import Answer, Browser, FormRequest
from tests.race.clinic import Admin, Agenda, Secretary
from tests.race.scene import Scene

HONEST = (302, 303, 403, 404, 409, 422)


class Storm:
    """Sixteen people who send random requests until the time is up."""

    def __init__(self, scene: Scene, consultation_types: list[ConsultationType], seed: int) -> None:
        self.scene, self.consultation_types, self.seed = scene, consultation_types, seed
        agenda = Agenda(consultation_types[0].doctor)
        self.starts = [
            agenda.at(day, f"{hour}:{minute:02d}")
            for day in range(2)
            for hour in range(9, 12)
            for minute in (0, 30)
        ]
        self.visits: list[tuple[str, Browser]] = []
        """The ids of the visits booked so far, each with the browser that booked it."""
        self.answers: list[Answer] = []

    def run(self, seconds: float) -> list[Answer]:
        end = time.monotonic() + seconds
        roles = [
            *(self.patient(number) for number in range(9)),
            *(self.visitor(number) for number in range(2)),
            *(self.secretary() for _ in range(3)),
            *(self.admin() for _ in range(2)),
        ]
        threads = [
            threading.Thread(target=self.press, args=(role, random.Random(self.seed + n), end))
            for n, role in enumerate(roles)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.answers

    def press(
        self, role: Callable[[random.Random], FormRequest], dice: random.Random, end: float
    ) -> None:
        while time.monotonic() < end:
            answer = role(dice).send()
            self.answers.append(answer)
            pk = answer.location.rstrip("/").rpartition("/")[2]
            if answer.status == 303 and is_uuid(pk):
                self.visits.append((pk, answer.request.browser))
        connection.close()

    def wish(self, dice: random.Random) -> tuple[ConsultationType, dt.datetime]:
        return dice.choice(self.consultation_types), dice.choice(self.starts)

    def some_visit(self, dice: random.Random, owner: Browser | None = None) -> str:
        """A visit of `owner`, of anyone when None; sometimes a stranger's, for a 404."""
        anyone = [pk for pk, _browser in self.visits]
        own = [pk for pk, browser in self.visits if browser is owner]
        chosen = own if owner and dice.random() < 0.9 else anyone
        return dice.choice(chosen) if chosen else ""

    # -- the requests of each role --------------------------------------------------------

    def patient(self, number: int) -> Callable[[random.Random], FormRequest]:
        person = self.scene.clinic.patients[number]

        def act(dice: random.Random) -> FormRequest:
            consultation_type, start = self.wish(dice)
            some_visit = self.some_visit(dice, person.browser)
            deed = dice.random()
            if deed < 0.45 or not some_visit:
                return person.books(consultation_type, start)
            if deed < 0.6:
                return person.holds(consultation_type, start)
            if deed < 0.8:
                path = f"/bookings/{some_visit}/move/"
                return person.asks(path, appointment_time=start.isoformat())
            return person.cancels(some_visit)

        return act

    def visitor(self, number: int) -> Callable[[random.Random], FormRequest]:
        visitor = self.scene.visitors[number]

        def act(dice: random.Random) -> FormRequest:
            if dice.random() < 0.3:
                return visitor.asks("/bookings/hold/extend/")
            return visitor.holds(*self.wish(dice))

        return act

    def secretary(self) -> Callable[[random.Random], FormRequest]:
        secretary = Secretary(own_browser(self.scene.clinic.secretary.browser))

        def act(dice: random.Random) -> FormRequest:
            consultation_type, start = self.wish(dice)
            some_visit = self.some_visit(dice)
            person = dice.choice(self.scene.clinic.patients).patient
            deed = dice.random()
            if deed < 0.25 or not some_visit:
                return secretary.books(person, consultation_type, start + dt.timedelta(minutes=5))
            if deed < 0.4:
                return secretary.adds_walk_in(
                    consultation_type.doctor, consultation_type, patient=person.pk
                )
            if deed < 0.6:
                return secretary.moves(some_visit, start + dt.timedelta(minutes=10))
            if deed < 0.8:
                return secretary.cancels(some_visit)
            return secretary.undoes(some_visit)

        return act

    def admin(self) -> Callable[[random.Random], FormRequest]:
        admin = Admin(own_browser(self.scene.clinic.admin.browser))

        def act(dice: random.Random) -> FormRequest:
            consultation_type, start = self.wish(dice)
            absences = DoctorAbsence.objects.filter(doctor=consultation_type.doctor)
            hours = OpeningHours.objects.filter(doctor=consultation_type.doctor)
            deed = dice.random()
            if deed < 0.3:
                return admin.adds_absence(
                    consultation_type.doctor, start, start + dt.timedelta(minutes=30)
                )
            if deed < 0.6 and absences.exists():
                return admin.removes_absence(dice.choice(absences.values_list("pk", flat=True)))
            if deed < 0.8:
                closes = dice.choice(("10:30", "20:00"))
                return admin.changes_hours(dice.choice(hours), opens="08:00", closes=closes)
            return (
                admin.retires(consultation_type)
                if deed < 0.85
                else admin.offers_again(consultation_type)
            )

        return act


def own_browser(browser: Browser) -> Browser:
    return Browser(browser.port, dict(browser.cookies))


def is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def on_one_doctor(scene: Scene, seconds: float) -> None:
    agenda = scene.clinic.doctor()
    storm(scene, [agenda.quarter, agenda.half, agenda.hour, agenda.new_type(20)], seconds)


def over_many_doctors(scene: Scene, seconds: float, *, doctors: int = 100) -> None:
    """Run a storm over many doctors, which locks persons and doctors in many different pairs."""
    lengths = (15, 30, 60, 20)
    agendas = [scene.clinic.doctor() for _ in range(doctors)]
    consultation_types = [
        agenda.new_type(lengths[n % len(lengths)]) for n, agenda in enumerate(agendas)
    ]
    storm(scene, consultation_types, seconds)


def storm(
    scene: Scene, consultation_types: list[ConsultationType], seconds: float, *, seed: int = 1
) -> None:
    """Run a storm and check every answer."""
    for answer in Storm(scene, consultation_types, seed).run(seconds):
        scene.count(answer)
        scene.expect(answer.status in HONEST, f"{answer.status} {answer.request.path}")
        if answer.status == 409:
            scene.expect(answer.reason, f"409 {answer.request.path} says no reason")
        if answer.status == 409 and answer.request.path in ("/book", "/bookings/hold/"):
            offered = len(set(answer.times_offered))
            scene.expect(offered == 3, f"409 {answer.request.path} offers {offered} times")
    scene.winners = scene.statuses[303]
