"""One message of each kind, about the design's own example: Nadia Alaoui and Dr Salma Alami."""

from __future__ import annotations

import datetime as dt

from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings.models import Appointment, Notification
from bookings.status import Status
from bookings.tests.factories import (
    AppointmentFactory,
    MessageLineFactory,
    MessageSettingsFactory,
    NotificationFactory,
    OfferFactory,
    WaitingListEntryFactory,
)
from doctors.models import ConsultationType
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory

K = Notification.Kind
CHANNEL = Notification.Channel
NOW = dt.datetime(2026, 10, 12, 10, 42, tzinfo=dt.UTC)
"""Monday 12 October 2026, 10:42 in Casablanca."""
VISIT = dt.datetime(2026, 10, 13, 10, 30, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 11, 5, 16, tzinfo=dt.UTC)
STATUS = {
    K.REQUESTED: Status.PENDING,
    K.NEW_REQUEST: Status.PENDING,
    K.CANCELLED: Status.CANCELLED,
    K.DECLINED: Status.CANCELLED,
    K.TURN_SOON: Status.ARRIVED,
}
MOVED = (K.MOVED, K.LATE_CHANGE)


def build_samples(language: str) -> list[Notification]:
    """A saved message of each kind by e-mail, in the order of the kinds."""
    consultation_type = _consultation_type()
    patient = PatientFactory(
        account=UserFactory(language=language), first_name="Nadia", last_name="Alaoui"
    )
    child = RelativeFactory(account=patient.account, first_name="Léa", last_name="Alaoui")
    rows = []
    for number, kind in enumerate(K):
        if kind in (K.SIGNED_UP, K.APPROVED):
            about = {"appointment": None, "sequence": 0, "doctor": consultation_type.doctor}
        elif kind in (K.OFFER, K.OFFER_WITHDRAWN):
            about = _of_offer(consultation_type, kind, language)
        else:
            person = child if kind == K.REMINDER_WEEK else patient
            # Minutes apart: one doctor sees one person at a time.
            visit = _visit(consultation_type, person, kind, number)
            before = {"previous_start": LATER} if kind in MOVED else {}
            about = {"appointment": visit, **before}
        rows.append(NotificationFactory(kind=kind, language=language, **about))
    return rows


def _visit(
    consultation_type: ConsultationType, person: object, kind: str, number: int
) -> Appointment:
    return AppointmentFactory(
        consultation_type=consultation_type,
        patient=person,
        starts_at=VISIT,
        is_overbooked=True,
        status=STATUS.get(kind, Status.CONFIRMED),
        call_code="B7" if kind == K.TURN_SOON else "",
        booked_by=person.account,
        created_at=NOW + dt.timedelta(seconds=number),
    )


def _of_offer(consultation_type: ConsultationType, kind: str, language: str) -> dict[str, object]:
    # A person of its own: one person has one open offer.
    account = UserFactory(language=language)
    patient = PatientFactory(account=account, first_name="Nadia", last_name="Alaoui")
    visit = AppointmentFactory(
        consultation_type=consultation_type, patient=patient, starts_at=LATER, is_overbooked=True
    )
    entry = WaitingListEntryFactory(
        patient=patient, consultation_type=consultation_type, appointment=visit, before=LATER
    )
    freed = VISIT + dt.timedelta(days=1, hours=1 if kind == K.OFFER else 3)
    offer = OfferFactory(
        entry=entry, starts_at=freed, created_at=NOW, held_until=NOW + dt.timedelta(hours=1)
    )
    return {"appointment": None, "sequence": 0, "offer": offer}


def _consultation_type() -> ConsultationType:
    doctor = DoctorFactory(
        user__first_name="Salma",
        user__last_name="Alami",
        practice__name="Cabinet Gauthier",
        practice__street="14, rue Jean-Jaurès",
        practice__address_details="2e étage",
        practice__city="Casablanca",
        practice__country="MA",
        practice__time_zone="Africa/Casablanca",
        practice__phone="+212522274160",
        practice__access="Tram T1, Place Mohammed-V, 6 min à pied\nInterphone « Gauthier »",
        practice__cancellation_deadline_hours=14,
    )
    MessageSettingsFactory(practice=doctor.practice, neutral_name="Cabinet Gauthier")
    closing = "Le parking de la rue Jean-Jaurès est fermé jusqu’au 30 octobre : venez en tram."
    MessageLineFactory(practice=doctor.practice, text=closing)
    return ConsultationTypeFactory(
        doctor=doctor,
        name="Première consultation",
        duration=45,
        instructions="Carte d’identité, carte de mutuelle\nOrdonnances et derniers examens",
    )
