"""Some doctors with the consultation type that stands for them in a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from bookings.slots.calendars import Weeks
from bookings.slots.query import SlotQuery
from doctors.models import ConsultationType, DoctorQuerySet
from scheduling import engine


class Agendas:
    """Doctors, the type whose times their cards show, hours and holidays: each read once,
    four queries for any number of them."""

    def __init__(self, now: dt.datetime, doctors: DoctorQuerySet) -> None:
        """`doctors` are those that can be read."""
        self.now = now
        self.weeks = Weeks({}, {})
        """Hours and holidays of all that were read, from today to a day after their horizons."""
        self._doctors = doctors
        self._queries: dict[int, SlotQuery] = {}

    def of(self, pks: Collection[int]) -> list[SlotQuery]:
        """In the order of `pks`; who is not among the doctors is left out, who has no type is
        asked about without one."""
        missing = list({pk: None for pk in pks if pk not in self._queries})
        if missing:
            self._read(missing)
        return [self._queries[pk] for pk in pks if pk in self._queries]

    def _read(self, pks: list[int]) -> None:
        # Before anything else, with their agendas' versions: what is read later is not older.
        doctors = self._doctors.for_pages().in_bulk(pks)
        types = card_types(pks)
        queries = {pk: SlotQuery(doctor, types.get(pk)) for pk, doctor in doctors.items()}
        if not queries:
            return
        first = min(query.today(self.now) for query in queries.values())
        last = max(query.last_day(self.now) for query in queries.values()) + engine.DAY
        weeks = Weeks.of(queries.values(), first, last)
        self.weeks.ranges.update(weeks.ranges)
        self.weeks.holidays.update(weeks.holidays)
        self._queries.update(queries)


def card_types(doctor_ids: Collection[int]) -> dict[int, ConsultationType]:
    """{doctor: the type whose times stand for them in a list}: the first that anybody may
    book, else the first for known patients, else an emergency."""
    types = ConsultationType.objects.offered().filter(doctor__in=doctor_ids)
    order = ("doctor_id", "is_emergency_only", "require_existing_patient", "position", "pk")
    found: dict[int, ConsultationType] = {}
    for each in types.order_by(*order):
        found.setdefault(each.doctor_id, each)
    return found
