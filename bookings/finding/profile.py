"""What a doctor's page tells beside the panel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bookings.finding.panel import BookingPanel
from bookings.finding.search import Search
from doctors.models import ConsultationType, Doctor
from scheduling.week import Week, week_of

COLLEAGUES_SHOWN = 4


@dataclass(frozen=True)
class Profile:
    panel: BookingPanel

    @property
    def doctor(self) -> Doctor:
        return self.panel.doctor

    @cached_property
    def week(self) -> Week:
        return week_of(self.doctor, self.panel.now)

    @property
    def list_address(self) -> str:
        """Where the breadcrumb comes from."""
        return Search.around(self.doctor).address()

    @cached_property
    def reasons(self) -> list[tuple[str, ConsultationType]]:
        """Each reason with the address that opens the panel at its grid, "" where nobody can
        book here."""
        offered = self.doctor.consultation_types.offered()
        closed = self.panel.is_closed
        return [("" if closed else self._grid_address(kind), kind) for kind in offered]

    def _grid_address(self, kind: ConsultationType) -> str:
        seen = self.panel.seen or ("no" if self.doctor.accepts_new_patients else "yes")
        if kind.require_existing_patient:
            seen = "yes"
        return self.panel.address(seen=seen, type=kind.pk)

    @cached_property
    def _colleagues(self) -> list[Doctor]:
        """One more than are shown, to know whether there are."""
        there = Doctor.objects.listed().filter(practice=self.doctor.practice_id)
        return list(there.exclude(pk=self.doctor.pk).for_pages()[: COLLEAGUES_SHOWN + 1])

    @property
    def colleagues(self) -> list[Doctor]:
        """A few others of the same practice."""
        return self._colleagues[:COLLEAGUES_SHOWN]

    @property
    def practice_address(self) -> str:
        """The list of everybody there, where not all colleagues are shown."""
        if len(self._colleagues) <= COLLEAGUES_SHOWN:
            return ""
        return Search(self.doctor.practice.name, self.doctor.practice.city).address()
