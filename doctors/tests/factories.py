"""Practices and doctors for tests; each factory builds the smallest valid object."""

import datetime as dt

import factory

from accounts.tests.factories import DoctorUserFactory, SecretaryUserFactory
from doctors.models import ConsultationType, Doctor, Membership, Practice, Specialty

LONG_AGO = dt.datetime(2025, 1, 6, 8, tzinfo=dt.UTC)


class SpecialtyFactory(factory.django.DjangoModelFactory):
    """Cardiology: every call gives the same row."""

    class Meta:
        model = Specialty
        django_get_or_create = ("slug",)

    slug = "cardiology"
    name_en = "Cardiology"
    name_fr = "Cardiologie"
    practitioner_en = "Cardiologist"
    practitioner_fr = "Cardiologue"


class PracticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Practice

    name = factory.Sequence(lambda n: f"Cabinet {n}")
    street = "1 rue de la Paix"
    city = "Paris"
    time_zone = "Europe/Paris"


class MembershipFactory(factory.django.DjangoModelFactory):
    """A secretary at work."""

    class Meta:
        model = Membership

    user = factory.SubFactory(SecretaryUserFactory)
    practice = factory.SubFactory(PracticeFactory)


class DoctorFactory(factory.django.DjangoModelFactory):
    """A listed doctor without any row of hours: open 09:00-17:00 every day, the fallback."""

    class Meta:
        model = Doctor

    user = factory.SubFactory(DoctorUserFactory)
    slug = factory.Sequence(lambda n: f"dr-smith-{n}")
    specialty = factory.SubFactory(SpecialtyFactory)
    practice = factory.SubFactory(PracticeFactory)
    approved_at = LONG_AGO
    hours_saved_at = LONG_AGO


class ConsultationTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsultationType

    doctor = factory.SubFactory(DoctorFactory)
    name = "Consultation"
    duration = 30
