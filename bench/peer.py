"""Free times beside django-appointment, in one process on the same rows.

First both must answer the same lists. Then: a three-day grid at 100,000 visits, and the next free
time in a calendar that is full for 89 of 90 days. The value is how many times faster we are.
"""

from __future__ import annotations

import datetime as dt

from appointment.models import Appointment as TheirAppointment
from appointment.models import AppointmentRequest, Service, StaffMember, WorkingHours
from appointment.services import get_available_slots_for_staff
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Patient
from bench.measuring import options, say
from bench.plain_world import fill, make_doctors, write
from bench.timing import medians
from bookings.models import Appointment
from bookings.slots import SlotQuery, free_slots, next_free

VISITS, QUICK_VISITS, FULL_DAYS = 100_000, 20_000, 89


def main() -> None:
    chosen = options()
    # The package comes without migrations.
    call_command("migrate", run_syncdb=True, verbosity=0)
    query = make_doctors()
    fill(QUICK_VISITS if chosen.quick else VISITS)
    staff = {query: copied(query)}
    full = fullest_doctor()
    staff[full] = copied(full)
    copy_the_others(query, full)
    compare(chosen, query, full, staff)


def compare(chosen, query: SlotQuery, full: SlotQuery, staff: dict) -> None:
    now = timezone.now()
    tomorrow = query.today(now) + dt.timedelta(days=1)

    def ours() -> list[list[dt.datetime]]:
        found = free_slots(query, tomorrow, 3, now=now)
        return [[start.replace(tzinfo=None) for start in starts] for starts in found.values()]

    def theirs() -> list[list[dt.datetime]]:
        days = [tomorrow + dt.timedelta(days=number) for number in range(3)]
        return [their_slots(day, staff[query]) for day in days]

    def our_next() -> dt.date:
        start = next_free([full], tomorrow, now=now)[full.doctor.pk]
        assert start
        return start.date()

    def their_next() -> dt.date:
        day = tomorrow
        while not their_slots(day, staff[full]):
            day += dt.timedelta(days=1)
        return day

    assert ours() == theirs()
    assert 0 < sum(map(len, ours())) < 48, "some are free and some are taken"
    assert our_next() == their_next() == tomorrow + dt.timedelta(days=FULL_DAYS)
    calls = {"ours": ours, "theirs": theirs}
    nexts = {"ours": our_next, "theirs": their_next}
    for row, each, rounds in (("peer_grid", calls, chosen.rounds), ("peer_next_free", nexts, 5)):
        if not chosen.only or row in chosen.only:
            found = medians(each, rounds=rounds)
            times = {f"{name}_ms": round(value, 2) for name, value in found.items()}
            say(row, found["theirs"] / found["ours"], **times)


def their_slots(day: dt.date, staff: StaffMember) -> list[dt.datetime]:
    return list(get_available_slots_for_staff(day, staff, (day.weekday() + 1) % 7))


def fullest_doctor() -> SlotQuery:
    """A doctor without a free time in the next 89 days."""
    query = make_doctors(1)
    assert query.consultation_type
    first = query.today(timezone.now()) + dt.timedelta(days=1)
    zone = query.zone
    starts = [
        dt.datetime.combine(first + dt.timedelta(days=day), dt.time(9), zone)
        + dt.timedelta(minutes=30 * number)
        for day in range(FULL_DAYS)
        for number in range(16)
    ]
    instants = [start.astimezone(dt.UTC) for start in starts]
    write(query.consultation_type, Patient.objects.earliest("pk"), instants)
    return query


# -- the same rows in their tables --------------------------------------------------------------


def copied(query: SlotQuery) -> StaffMember:
    """The doctor as their staff member, with the same hours and visits."""
    service, _made = Service.objects.get_or_create(
        name="Consultation", defaults={"duration": query.length, "price": 30}
    )
    staff = StaffMember.objects.create(
        user=query.doctor.user, slot_duration=30, work_on_saturday=True, work_on_sunday=True
    )
    staff.services_offered.add(service)
    WorkingHours.objects.bulk_create(
        WorkingHours(
            staff_member=staff, day_of_week=day, start_time=dt.time(9), end_time=dt.time(17)
        )
        for day in range(7)
    )
    visits = Appointment.objects.of(query.doctor).values_list("starts_at", "ends_at")
    local = [[query.doctor.practice.local(at) for at in visit] for visit in visits]
    requests = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=start.date(),
            start_time=start.time(),
            end_time=end.time(),
            service=service,
            staff_member=staff,
            id_request=f"{query.doctor.pk}-{number}",
        )
        for number, (start, end) in enumerate(local)
    )
    client = Patient.objects.earliest("pk").account
    TheirAppointment.objects.bulk_create(
        TheirAppointment(client=client, appointment_request=each, id_request=each.id_request)
        for each in requests
    )
    return staff


def copy_the_others(*done: SlotQuery) -> None:
    from doctors.models import ConsultationType

    known = {query.doctor.pk for query in done}
    types = ConsultationType.objects.select_related("doctor__user", "doctor__practice")
    for each in types.exclude(doctor__in=known):
        copied(SlotQuery(each.doctor, each))
