"""The booking panel of the doctor's page: which step, which types, and whether any are offered."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from bookings.finding.address import PanelAddress
from bookings.finding.alternatives import NothingFree, soonest_colleague
from bookings.finding.search import Search
from bookings.finding.visitor import Reader
from bookings.slots.no_slots import NoSlots, NoSlotsReason
from doctors.models import ConsultationType, Doctor
from web.compiled import compiled_once

FOR_KNOWN_PATIENTS = (NoSlotsReason.NEW_PATIENTS, NoSlotsReason.EXISTING_PATIENTS)


@dataclass(frozen=True)
class BookingPanel:
    """The steps of a booking: new patient or not, what the visit is for, then the grid."""

    state: PanelAddress
    offered: list[ConsultationType]
    """Every type of the doctor."""
    types: list[ConsultationType]
    """Those for this person."""
    consultation_type: ConsultationType | None
    closed: NothingFree | None
    """Why the doctor has nothing to book for this person, whatever the day."""

    @property
    def step(self) -> int:
        if self.state.is_new_patient is None or self.closed:
            return 1
        return 3 if self.consultation_type else 2

    @property
    def is_closed(self) -> bool:
        """Whether nobody can book here online: there are no steps to take."""
        return self.closed is not None and self.closed.no_slots.why in (
            NoSlotsReason.NOT_ONLINE,
            NoSlotsReason.NO_TYPE,
        )

    @property
    def seen_addresses(self) -> dict[str, str]:
        """{"yes": …, "no": …}: the two answers of step 1."""
        return {
            "yes": self.state.address(is_new_patient=False, type_id=None),
            "no": self.state.address(is_new_patient=True, type_id=None),
        }

    @property
    def type_choices(self) -> list[tuple[str, ConsultationType]]:
        """Step 2: each type with the address that chooses it."""
        return [(self.state.address(type_id=each.pk), each) for each in self.types]

    @property
    def types_address(self) -> str:
        """Step 2 again."""
        return self.state.address(type_id=None)


def read_panel(doctor: Doctor, state: PanelAddress, reader: Reader) -> BookingPanel:
    """The panel in `state`: one query, and a colleague's times when there is nothing to book."""
    offered = offered_types(doctor)
    types = types_for(offered, state.is_new_patient)
    closed_to = why_closed(doctor, offered, state.is_new_patient)
    query = reader.query(doctor, None if closed_to else chosen_type(types, state))
    state = state.within_horizon(query, reader.now)
    closed = None
    if closed_to:
        first = state.first_day or query.today(reader.now)
        colleague = soonest_colleague(query, first, now=reader.now, token=reader.token)
        takes_no_new = closed_to.why in (
            NoSlotsReason.NEW_PATIENTS,
            NoSlotsReason.EXISTING_PATIENTS,
        )
        others = Search.for_new_patients(doctor) if takes_no_new else ""
        closed = NothingFree(closed_to, colleague=colleague, others_address=others)
    return BookingPanel(state, offered, types, query.consultation_type, closed)


def offered_types(doctor: Doctor) -> list[ConsultationType]:
    """The types of `doctor` that can be booked now, in order."""
    found = _offered(doctor.pk)
    for each in found:
        each.doctor = doctor
    return found


@compiled_once
def _offered(doctor_id: int) -> QuerySet[ConsultationType, ConsultationType]:
    return ConsultationType.objects.offered().filter(doctor=doctor_id)


def types_for(
    offered: list[ConsultationType], is_new_patient: bool | None
) -> list[ConsultationType]:
    """Those of `offered` that this person may book."""
    return [each for each in offered if not (is_new_patient and each.require_existing_patient)]


def chosen_type(types: list[ConsultationType], state: PanelAddress) -> ConsultationType | None:
    """The type that `state` names, after step 1; the only one need not be named."""
    if state.is_new_patient is None:
        return None
    if len(types) == 1:
        return types[0]
    return next((each for each in types if each.pk == state.type_id), None)


def why_closed(
    doctor: Doctor, offered: list[ConsultationType], is_new_patient: bool | None
) -> NoSlots | None:
    """Why there is nothing to book here whatever the day, by a rule of the doctor's."""
    if not doctor.books_online or not doctor.is_approved:
        return NoSlots(NoSlotsReason.NOT_ONLINE)
    if not offered:
        return NoSlots(NoSlotsReason.NO_TYPE)
    if is_new_patient and not doctor.accepts_new_patients:
        return NoSlots(NoSlotsReason.NEW_PATIENTS)
    if is_new_patient and not types_for(offered, is_new_patient):
        return NoSlots(NoSlotsReason.EXISTING_PATIENTS)
    return None
