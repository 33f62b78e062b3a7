"""Steps of tests in one line, on Friday 26 February 2027 for Monday 1 March 2027 in Paris."""

from allauth.account.models import EmailAddress

from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.slots import SlotQuery, free_slots
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.models import Doctor
from doctors.tests.factories import MembershipFactory


def book(consultation_type, *, patient=None, at="10:00", by=None, now=FRIDAY_MORNING, **options):
    patient = patient or PatientFactory()
    return services.book(
        by=by or patient.account,
        patient=patient,
        doctor=consultation_type.doctor,
        consultation_type=consultation_type,
        starts_at=monday(at),
        now=now,
        **options,
    )


def hold(
    consultation_type,
    *,
    token="mine",
    at="10:00",
    now=FRIDAY_MORNING,
    address="192.0.2.1",
    doctor=None,
):
    return services.hold(
        token=token,
        doctor=doctor or consultation_type.doctor,
        consultation_type=consultation_type,
        starts_at=monday(at),
        address=address,
        now=now,
    )


def free_on(day, consultation_type, *, now=FRIDAY_MORNING, doctor=None, **options):
    """The free starts of one day as wall times, ["09:00", …]; None stands for no type."""
    query = SlotQuery(doctor or consultation_type.doctor, consultation_type)
    found = free_slots(query, day, 1, now=now, **options)
    return [f"{start:%H:%M}" for start in found[day]]


def free_on_monday(consultation_type, **options):
    return free_on(monday("10:00").date(), consultation_type, **options)


def secretary_of(doctor):
    return MembershipFactory(practice=doctor.practice).user


def verified(patient):
    EmailAddress.objects.create(user=patient.account, email=patient.account.email, verified=True)
    return patient


def version_of(doctor):
    """The number of changes that the doctor's calendar has counted."""
    return Doctor.objects.get(pk=doctor.pk).calendar_version
