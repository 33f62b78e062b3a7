"""A move keeps what was booked; who was asked to move always may (docs/contracts.md, rule 11)."""

import re
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from bookings import rules, services
from bookings.messages.offers import offer_freed_times
from bookings.models import Notification, PatientFile
from bookings.tests.factories import AppointmentFactory, WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, secretary_of
from bookings.tests.test_mails import last_mail
from doctors.tests.factories import ConsultationTypeFactory
from scheduling.services import retire_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def grown():
    """A visit of 30 minutes at 10:00, for 50, whose type became longer and dearer since."""
    consultation_type = ConsultationTypeFactory(name="Suivi", duration=30, price=50)
    visit = book(consultation_type)
    consultation_type.name, consultation_type.duration = "Bilan", 45
    consultation_type.price, consultation_type.buffer_after = Decimal(90), 15
    consultation_type.save()
    return visit


def page_of_moving(client, visit, **asked):
    return client.get(reverse("move_appointment", args=[visit.pk]), asked).content.decode()


class TestGrownType:
    def test_a_visit_moves_with_its_own_length_price_and_name(self, grown):
        moved = services.move(
            grown, by=grown.booked_by, starts_at=monday("14:30"), now=FRIDAY_MORNING
        )
        moved.refresh_from_db()
        assert (moved.ends_at, moved.duration, moved.buffer_minutes) == (monday("15:00"), 30, 0)
        assert (moved.price, moved.type_name) == (50, "Suivi")

    def test_staff_move_it_into_a_gap_of_its_own_length(self, grown):
        AppointmentFactory(doctor=grown.doctor, starts_at=monday("14:30"))
        moved = services.move(
            grown, by=secretary_of(grown.doctor), starts_at=monday("14:00"), now=FRIDAY_MORNING
        )
        assert moved.ends_at == monday("14:30")

    def test_the_grid_has_the_starts_of_its_own_length(self, client, grown):
        client.force_login(grown.patient.account)
        page = page_of_moving(client, grown, all="1")
        assert "2027-03-01T10:30:00+01:00" in page
        assert "2027-03-01T09:45:00+01:00" not in page

    def test_the_desk_sees_them_too(self, client, grown):
        client.force_login(grown.doctor.user)
        page = client.get(reverse("desk_move", args=[grown.pk])).content.decode()
        assert "2027-03-01T10:30:00+01:00" in page
        assert "2027-03-01T09:45:00+01:00" not in page

    def test_an_offer_is_a_time_of_its_own_length(self, grown):
        other = AppointmentFactory(doctor=grown.doctor, starts_at=monday("09:30"))
        AppointmentFactory(doctor=grown.doctor, starts_at=monday("09:00"))
        entry = WaitingListEntryFactory(appointment=grown)
        services.cancel(other, by=grown.doctor.user, now=FRIDAY_MORNING)
        assert offer_freed_times(now=FRIDAY_MORNING) == 1
        assert entry.offers.get().starts_at == monday("09:30")


def blocked(visit):
    PatientFile.objects.create(
        patient=visit.patient, practice=visit.practice, blocked_at=FRIDAY_MORNING
    )


def without_online_booking(visit):
    visit.doctor.books_online = False
    visit.doctor.save()


def retired(visit):
    retire_type(visit.consultation_type)


def urgent(visit):
    visit.consultation_type.is_emergency_only = True
    visit.consultation_type.save()


def without_new_patients(visit):
    visit.doctor.accepts_new_patients = False
    visit.doctor.save()


EVERYTHING = (blocked, without_online_booking, retired, urgent, without_new_patients)


@pytest.mark.parametrize("became", EVERYTHING)
class TestAskedToMove:
    @pytest.fixture
    def visit(self, became):
        visit = book(ConsultationTypeFactory())
        became(visit)
        visit.refresh_from_db()
        return visit

    def asked(self, visit):
        return services.ask_to_move(visit, by=visit.doctor.user, now=FRIDAY_MORNING)

    def move(self, visit):
        by = visit.patient.account
        return services.move(visit, by=by, starts_at=monday("14:00"), now=FRIDAY_MORNING)

    def test_the_patient_moves(self, visit):
        assert self.move(self.asked(visit)).starts_at == monday("14:00")

    def test_the_page_offers_the_times(self, client, visit):
        client.force_login(self.asked(visit).patient.account)
        assert "2027-03-01T14:00:00+01:00" in page_of_moving(client, visit, all="1")

    def test_the_mail_leads_there(self, client, visit):
        """Without signing in."""
        found = re.search(r"(/r/[\w-]+/)\?do=move", last_mail(self.asked(visit)).body)
        assert found
        page = client.get(found.group(), {"do": "move", "all": "1"}, follow=True)
        assert page.status_code == 200
        assert page.resolver_match.url_name == "move_from_message"

    def test_who_was_not_asked_is_refused(self, visit):
        with pytest.raises(rules.Refusal):
            self.move(visit)


def test_after_an_asked_move_the_rules_bind_again():
    visit = book(ConsultationTypeFactory())
    retired(visit)
    services.ask_to_move(visit, by=visit.doctor.user, now=FRIDAY_MORNING)
    by = visit.patient.account
    services.move(visit, by=by, starts_at=monday("14:00"), now=FRIDAY_MORNING)
    with pytest.raises(rules.Refusal) as refused:
        services.move(visit, by=by, starts_at=monday("15:00"), now=FRIDAY_MORNING)
    assert refused.value.code == "type_not_offered"


@pytest.mark.parametrize(("own", "language"), [("en", "en"), ("", "fr")])
def test_a_mail_is_in_the_patients_language_never_in_the_secretarys(own, language):
    visit = AppointmentFactory(patient__account__language=own)
    with translation.override("ar"):
        services.cancel(visit, by=secretary_of(visit.doctor), now=FRIDAY_MORNING)
    cancelled = visit.notifications.get(kind=Notification.Kind.CANCELLED)
    assert cancelled.language == language
