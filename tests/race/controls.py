"""The same race with guards taken away: it must be able to fail, or its success says nothing."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from bookings.models import Appointment
from bookings.models.appointment import OVERLAP
from tests.race.checks import overlaps
from tests.race.clinic import Clinic
from tests.race.scene import Scene
from tests.race.server import serving

UNGUARDED = "tests.race.unguarded_wsgi"
ROUNDS = 5


def constraint_alone(clinic: Clinic, log: Path) -> Scene:
    """Nobody looks whether the time is free: the database has the last word, kindly."""
    scene = Scene(clinic, ROUNDS)
    with serving(log, module=UNGUARDED, RACE_GUARDS="constraint") as port:
        clinic.moved_to(port)
        desk = clinic.doctor()
        for n in range(ROUNDS):
            start = desk.at(n, "10:00")
            scene.one_wins(scene.race([each.books(desk.half, start) for each in scene.sixteen]))
    return scene


def check_alone(clinic: Clinic, log: Path) -> Scene:
    """Everybody looks, nobody is kept out: the slot must be given away more than once."""
    drop_the_constraint()
    scene = Scene(clinic, ROUNDS)
    with serving(log, module=UNGUARDED, RACE_GUARDS="check") as port:
        clinic.moved_to(port)
        desk = clinic.doctor()
        for n in range(ROUNDS):
            start = desk.at(n, "10:00")
            answers = scene.race([each.books(desk.half, start) for each in scene.sixteen])
            scene.winners += sum(answer.is_done for answer in answers)
    scene.notes["double bookings"] = len(overlaps(of="doctor"))
    scene.expect(scene.notes["double bookings"], "nobody was booked twice: the race proves nothing")
    return scene


def drop_the_constraint() -> None:
    """In the throw-away database, which is not used any further."""
    table = connection.ops.quote_name(Appointment._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {OVERLAP}")
            return
        for event in ("insert", "update"):
            cursor.execute(f"DROP TRIGGER {OVERLAP}_{event}")
