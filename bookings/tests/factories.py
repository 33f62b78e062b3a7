"""Factories of visits, holds and messages; each builds the smallest valid object."""

import datetime as dt

import factory
from django.utils import timezone

from accounts.tests.factories import PatientFactory, UserFactory
from bookings.models import (
    Appointment,
    FirstTime,
    Hold,
    Invitation,
    MessageChoices,
    MessageLine,
    MessageSettings,
    Notification,
    Offer,
    WaitingListEntry,
)
from bookings.status import Status
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory

MONDAY_AT_TEN = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
"""Monday 1 March 2027, 10:00 in Paris."""


class TimeOfDoctorFactory(factory.django.DjangoModelFactory):
    """A stretch of a doctor's time, as long as the type lasts.

    Pass the doctor, the type (its doctor is used then), both or neither.
    """

    class Meta:
        abstract = True

    doctor = factory.SubFactory(DoctorFactory)
    consultation_type = factory.SubFactory(
        ConsultationTypeFactory, doctor=factory.SelfAttribute("..doctor")
    )
    starts_at = MONDAY_AT_TEN
    ends_at = factory.LazyAttribute(
        lambda made: made.starts_at + dt.timedelta(minutes=_of_type(made, "duration", 30))
    )
    buffer_minutes = factory.LazyAttribute(lambda made: _of_type(made, "buffer_after", 0))

    @classmethod
    def _generate(cls, strategy, params):
        if params.get("consultation_type") and "doctor" not in params:
            params["doctor"] = params["consultation_type"].doctor
        return super()._generate(strategy, params)


def _of_type(made, attribute, default):
    return getattr(made.consultation_type, attribute) if made.consultation_type else default


class AppointmentFactory(TimeOfDoctorFactory):
    """A confirmed visit on Monday 1 March 2027, 10:00 in Paris.

    `walk_in=True` builds a visit without a time, in that day's waiting room.
    """

    class Meta:
        model = Appointment

    class Params:
        walk_in = factory.Trait(
            starts_at=None,
            ends_at=None,
            queue_date=MONDAY_AT_TEN.date(),
            queue_number=factory.Sequence(lambda n: n + 1),
            status=Status.ARRIVED,
        )

    patient = factory.SubFactory(PatientFactory)
    practice = factory.SelfAttribute("doctor.practice")
    status = Status.CONFIRMED
    patient_name = factory.SelfAttribute("patient.name")
    doctor_name = factory.SelfAttribute("doctor.name")
    type_name = factory.LazyAttribute(lambda made: _of_type(made, "name", ""))
    duration = factory.LazyAttribute(lambda made: _of_type(made, "duration", 30))
    price = factory.LazyAttribute(lambda made: _of_type(made, "price", None))
    currency = factory.LazyAttribute(lambda made: _of_type(made, "currency", ""))
    is_video = factory.LazyAttribute(lambda made: _of_type(made, "is_video", False))
    booked_by = factory.SelfAttribute("patient.account")


class HoldFactory(TimeOfDoctorFactory):
    """A hold of Monday 1 March 2027, 10:00 in Paris; it ends five minutes from now."""

    class Meta:
        model = Hold

    token = factory.Sequence(lambda n: f"token{n}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + Hold.LASTS)
    address_digest = "digest"


class FirstTimeFactory(factory.django.DjangoModelFactory):
    """MONDAY_AT_TEN is the doctor's first free time until it begins."""

    class Meta:
        model = FirstTime

    doctor = factory.SubFactory(DoctorFactory)
    specialty = factory.SelfAttribute("doctor.specialty")
    start = MONDAY_AT_TEN
    since = MONDAY_AT_TEN - dt.timedelta(days=1)
    until = MONDAY_AT_TEN


class NotificationFactory(factory.django.DjangoModelFactory):
    """The message about a booking, due at once."""

    class Meta:
        model = Notification

    appointment = factory.SubFactory(AppointmentFactory)
    kind = Notification.Kind.BOOKED
    sequence = factory.SelfAttribute("appointment.sequence")
    recipient = "patient@example.org"
    language = "fr"


class MessageLineFactory(factory.django.DjangoModelFactory):
    """The practice's closing line in French."""

    class Meta:
        model = MessageLine

    practice = factory.SubFactory(PracticeFactory)
    language = "fr"
    text = "Le parking est fermé : venez plutôt en tram."


class MessageSettingsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MessageSettings

    practice = factory.SubFactory(PracticeFactory)


class MessageChoicesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MessageChoices

    account = factory.SubFactory(UserFactory)


class WaitingListEntryFactory(factory.django.DjangoModelFactory):
    """An entry for a time before Monday 1 March 2027, 10:00, of a patient without a visit.

    For a patient with a visit, pass `appointment` and nothing else.
    """

    class Meta:
        model = WaitingListEntry

    patient = factory.SubFactory(PatientFactory)
    consultation_type = factory.SubFactory(ConsultationTypeFactory)
    doctor = factory.SelfAttribute("consultation_type.doctor")
    before = MONDAY_AT_TEN

    @classmethod
    def _generate(cls, strategy, params):
        if visit := params.get("appointment"):
            own = ("patient", "consultation_type", "doctor")
            params = {name: getattr(visit, name) for name in own} | params
            params.setdefault("before", visit.starts_at)
        return super()._generate(strategy, params)


class OfferFactory(factory.django.DjangoModelFactory):
    """Monday 1 March 2027, 10:00 in Paris, held for a patient until 14:00 of the Friday before.

    Pass `entry`, or fields of it like `entry__appointment`.
    """

    class Meta:
        model = Offer

    entry = factory.SubFactory(
        WaitingListEntryFactory, before=MONDAY_AT_TEN + dt.timedelta(hours=4)
    )
    patient = factory.SelfAttribute("entry.patient")
    doctor = factory.SelfAttribute("entry.doctor")
    practice = factory.SelfAttribute("doctor.practice")
    starts_at = MONDAY_AT_TEN
    ends_at = factory.LazyAttribute(
        lambda made: made.starts_at + made.entry.consultation_type.length
    )
    created_at = MONDAY_AT_TEN - dt.timedelta(hours=73)
    told_from = factory.SelfAttribute("created_at")
    held_until = factory.LazyAttribute(lambda made: made.told_from + dt.timedelta(hours=5))
    kept_until = factory.SelfAttribute("held_until")


class InvitationFactory(factory.django.DjangoModelFactory):
    """An invitation of a person without an account, valid for two weeks."""

    class Meta:
        model = Invitation

    patient = factory.SubFactory(PatientFactory, account=None)
    practice = factory.SubFactory(PracticeFactory)
    digest = factory.Sequence(lambda n: f"digest{n}")
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda made: made.created_at + Invitation.LASTS)
