"""Writes the sample world, one practice at a time.

One transaction writes a practice's new doctors with their weeks, patients, visits and history.
After an interrupted run every doctor in the database is complete, and the next run adds the
missing ones. It recognises a doctor by the user name and does not change existing rows.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate, pairwise

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import User
from bookings.samples import write_visits
from bookings.samples.accounts import (
    PASSWORD,
    SignIns,
    give_secretary_a_desk,
    write_sample_accounts,
)
from bookings.samples.agenda import PAST_DAYS, Diary
from bookings.samples.chance import Chance
from bookings.samples.people import Crowd
from bookings.samples.practices import PracticePlan
from bookings.samples.roster import DoctorPlan, plan_doctors
from bookings.samples.visits import plan_visits
from bookings.samples.week import plan_week
from bookings.samples.write_doctors import DoctorWriter

DEFAULT_SEED = 2026
Progress = Callable[[int, int], None]


def write_world(
    *,
    count: int,
    patients: int,
    appointments: int | None,
    seed: int,
    now: dt.datetime,
    progress: Progress = lambda doctors, appointments: None,
) -> None:
    """Add the missing part of a world of `count` doctors and about `appointments` visits.

    `progress` gets the numbers of doctors and visits that were added since its last call.
    """
    sign_ins = SignIns(make_password(PASSWORD))
    doctors = plan_doctors(seed, count)
    wanted = shares(doctors, appointments, seed)
    with _without_bookkeeping():
        with transaction.atomic():
            write_sample_accounts(sign_ins, patients=patients, seed=seed)
        writer = DoctorWriter(sign_ins, seed=seed, now=now)
        for practice, members in by_practice(doctors):
            missing = [plan for plan in members if not sign_ins.exists(plan.username)]
            if missing:
                with transaction.atomic():
                    _write_practice(writer, practice, missing, wanted, progress)
            progress(len(members) - len(missing), 0)
        with transaction.atomic():
            give_secretary_a_desk()


@contextmanager
def _without_bookkeeping() -> Iterator[None]:
    """Switch off the log of statements and the garbage collector, which take half of the time.

    While DEBUG is on, Django logs every statement with its parameters. The code here makes no
    reference cycles, so that the garbage collector has nothing to collect.
    """
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[assignment, method-assign]
    was_collecting = gc.isenabled()
    gc.disable()
    _give_sqlite_memory(megabytes=256)
    try:
        yield
    finally:
        del connection.make_debug_cursor
        _give_sqlite_memory(megabytes=2)
        if was_collecting:
            gc.enable()


def _give_sqlite_memory(megabytes: int) -> None:
    """Of its own 2 MB it writes the pages of a large index again for each practice."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {-1024 * megabytes}")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {500 * megabytes}")


def by_practice(doctors: list[DoctorPlan]) -> Iterator[tuple[PracticePlan, list[DoctorPlan]]]:
    groups: dict[tuple[str, int], list[DoctorPlan]] = {}
    for doctor in doctors:
        groups.setdefault(doctor.practice.key, []).append(doctor)
    for members in groups.values():
        yield members[0].practice, members


def shares(doctors: list[DoctorPlan], appointments: int | None, seed: int) -> dict[int, int | None]:
    """{doctor's index: number of visits} by load and opening hours; the sum is `appointments`."""
    if appointments is None:
        return {doctor.index: None for doctor in doctors}
    weights = [
        doctor.load * sum(end - start for (_day, start, end, *_), *_ in plan_week(doctor, seed))
        for doctor in doctors
    ]
    total = sum(weights) or 1
    marks = [0, *(round(appointments * upto / total) for upto in accumulate(weights))]
    return {
        doctor.index: after - before
        for doctor, (before, after) in zip(doctors, pairwise(marks), strict=True)
    }


def _write_practice(
    writer: DoctorWriter,
    practice: PracticePlan,
    plans: list[DoctorPlan],
    wanted: dict[int, int | None],
    progress: Progress,
) -> None:
    today = writer.now.astimezone(writer.zone_of(practice)).date()
    chance = Chance(writer.seed, "visits", *practice.key, plans[0].index)
    desk = User.objects.filter(username="secretaire").first() if practice.is_known else None
    written = writer.write(practice, plans)
    numbers = [wanted[plan.index] or 0 for plan in plans]
    first_day = today - dt.timedelta(days=PAST_DAYS + 1 + max(numbers) // 2)
    crowd = Crowd(practice.country, first_day, today, chance)
    for doctor in written:
        diary = Diary(doctor.plan, doctor.week, doctor.blocked, doctor.zone, writer.now)
        visits = plan_visits(diary, crowd, wanted=wanted[doctor.plan.index], chance=chance)
        write_visits.write(doctor, visits, crowd, writer, desk=desk, chance=chance)
        progress(1, len(visits))
