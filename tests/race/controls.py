"""The same races without guards: they must be able to fail, or their success proves nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from django.db import connection

from bookings.models import Appointment
from bookings.models.appointment import OVERLAP
from scheduling.models import DoctorAbsence
from tests.race import journal
from tests.race.browser import at_once
from tests.race.checks import overlaps
from tests.race.clinic import Clinic
from tests.race.scenarios import FIFTY, adds_namesake
from tests.race.scene import Scene
from tests.race.server import serving

UNGUARDED = "tests.race.unguarded_wsgi"
ROUNDS = 5


def constraint_alone(clinic: Clinic, log: Path) -> Scene:
    """Race without the check of free time: the constraint alone must keep visits apart."""
    scene = Scene(clinic, ROUNDS)
    with serving(log, module=UNGUARDED, RACE_GUARDS="constraint") as port:
        clinic.moved_to(port)
        agenda = clinic.doctor()
        for n in range(ROUNDS):
            start = agenda.at(n, "10:00")
            scene.one_wins(scene.race([each.books(agenda.half, start) for each in scene.sixteen]))
    return scene


def check_alone(clinic: Clinic, log: Path) -> Scene:
    """Race with the check alone, without locks and constraint.

    A slot must be booked more than once, and a visit must be booked into an absence that was
    written after the check.
    """
    drop_the_constraint()
    scene = Scene(clinic, ROUNDS)
    with serving(log, module=UNGUARDED, RACE_GUARDS="check") as port:
        clinic.moved_to(port)
        agenda = clinic.doctor()
        for n in range(ROUNDS):
            start = agenda.at(n, "10:00")
            answers = scene.race([each.books(agenda.half, start) for each in scene.sixteen])
            scene.winners += sum(answer.is_done for answer in answers)
        doubles = len(overlaps(of="doctor"))
        late = sum(booked_into_an_absence(scene, n) for n in range(ROUNDS))
        lost = walk_ins_without_a_number(scene)
    scene.notes += Counter(
        {"double bookings": doubles, "in an absence": late, "walk-ins lost": lost}
    )
    scene.expect(doubles, "nobody was booked twice: the race for a slot proves nothing")
    scene.expect(late, "nobody was booked too late: the race against an absence proves nothing")
    scene.expect(lost, "every walk-in got a number of their own: the race for them proves nothing")
    return scene


def walk_ins_without_a_number(scene: Scene) -> int:
    """The number of fifty walk-ins that failed, because their queue number was given twice."""
    agenda = scene.clinic.doctor()
    answers = at_once([adds_namesake(scene, agenda) for _ in range(FIFTY)])
    return sum(answer.status >= 500 for answer in answers)


def booked_into_an_absence(scene: Scene, n: int) -> int:
    """The number of bookings that were written after the absence that closes their time."""
    agenda, admin = scene.clinic.doctor(), scene.clinic.admin
    absence = admin.adds_absence(agenda.doctor, agenda.at(n, "08:00"), agenda.at(n, "20:00"))
    books = [
        person.books(agenda.half, agenda.at(n, f"{9 + number // 2}:{number % 2 * 30:02d}"))
        for number, person in enumerate(scene.clinic.patients[:15])
    ]
    scene.race([*books[:7], absence, *books[7:]], later=[absence], lead=4 * n)
    closed = journal.number("absence", DoctorAbsence.objects.get(doctor=agenda.doctor).pk)
    numbers = [journal.number("booking", visit.pk) for visit in agenda.visits()]
    return sum(number > closed for number in numbers)


def drop_the_constraint() -> None:
    """Drop the overlap constraint of the temporary database, which is not used afterwards."""
    table = connection.ops.quote_name(Appointment._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {OVERLAP}")
            return
        for event in ("insert", "update"):
            cursor.execute(f"DROP TRIGGER {OVERLAP}_{event}")
