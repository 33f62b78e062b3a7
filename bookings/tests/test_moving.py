"""Moves and cancellations of visits that have a time."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from bookings import rules, services
from bookings.models import Appointment, Notification, PatientFile
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, secretary_of
from doctors.tests.factories import ConsultationTypeFactory
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db


class TestMove:
    def test_move_keeps_the_row_and_frees_the_old_time(self):
        consultation_type = ConsultationTypeFactory()
        appointment = book(consultation_type)
        moved = services.move(
            appointment, by=appointment.booked_by, starts_at=monday("14:00"), now=FRIDAY_MORNING
        )
        assert (moved.pk, moved.starts_at, moved.ends_at, moved.sequence) == (
            appointment.pk,
            monday("14:00"),
            monday("14:30"),
            1,
        )
        assert book(consultation_type).starts_at == monday("10:00")

    def test_move_has_one_message_with_the_old_time(self):
        appointment = book(ConsultationTypeFactory())
        for _ in range(2):
            services.move(
                appointment, by=appointment.booked_by, starts_at=monday("14:00"), now=FRIDAY_MORNING
            )
        messages = appointment.notifications.filter(kind=Notification.Kind.MOVED)
        assert list(messages.values_list("previous_start", flat=True)) == [monday("10:00")]

    def test_a_visit_may_move_into_time_it_has_itself(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        open_week(consultation_type.doctor, start=9 * 60, end=17 * 60)
        appointment = book(consultation_type, at="10:00")
        secretary = secretary_of(consultation_type.doctor)
        moved = services.move(
            appointment, by=secretary, starts_at=monday("10:30"), now=FRIDAY_MORNING
        )
        assert moved.starts_at == monday("10:30")

    def test_the_desk_is_warned_of_a_patient_in_two_places_and_may_insist(self):
        appointment = book(ConsultationTypeFactory())
        AppointmentFactory(patient=appointment.patient, starts_at=monday("14:00"))
        there = {
            "by": secretary_of(appointment.doctor),
            "starts_at": monday("14:00"),
            "now": FRIDAY_MORNING,
        }
        with pytest.raises(rules.SlotTaken) as caught:
            services.move(appointment, **there)
        assert caught.value.code == "patient_overlap"
        moved = services.move(appointment, allow_patient_overlap=True, **there)
        assert moved.starts_at == monday("14:00")

    def test_move_of_a_visit_that_changed_meanwhile_is_refused(self):
        appointment = book(ConsultationTypeFactory())
        secretary = secretary_of(appointment.doctor)
        first = {"by": secretary, "expected_sequence": 0, "now": FRIDAY_MORNING}
        services.move(appointment, starts_at=monday("14:00"), **first)
        with pytest.raises(rules.StateConflict) as caught:
            services.move(appointment, starts_at=monday("15:00"), **first)
        assert caught.value.code == "changed_meanwhile"

    def test_move_to_a_taken_time_keeps_the_old_one(self):
        consultation_type = ConsultationTypeFactory()
        appointment = book(consultation_type)
        book(consultation_type, at="14:00")
        with pytest.raises(rules.SlotTaken):
            services.move(
                appointment, by=appointment.booked_by, starts_at=monday("14:00"), now=FRIDAY_MORNING
            )
        appointment.refresh_from_db()
        assert appointment.starts_at == monday("10:00")

    def test_move_of_a_cancelled_appointment_makes_no_second_live_one(self):
        appointment = book(ConsultationTypeFactory())
        services.cancel(appointment, by=appointment.booked_by, now=FRIDAY_MORNING)
        with pytest.raises(rules.StateConflict):
            services.move(
                appointment, by=appointment.booked_by, starts_at=monday("14:00"), now=FRIDAY_MORNING
            )
        assert not Appointment.objects.live().exists()

    def test_move_after_the_practices_deadline_is_by_phone(self):
        appointment = book(ConsultationTypeFactory())
        with pytest.raises(rules.RuleRefused) as caught:
            services.move(
                appointment,
                by=appointment.booked_by,
                starts_at=monday("14:00"),
                now=monday("10:00") - dt.timedelta(hours=24),
            )
        assert caught.value.code == "too_late_to_change"


class TestBlockedPatient:
    def test_the_page_gives_the_phone_and_no_way_that_leads_back_here(self, client):
        visit = AppointmentFactory(doctor__practice__phone="+33142715500")
        PatientFile.objects.create(
            patient=visit.patient, practice=visit.practice, blocked_at=FRIDAY_MORNING
        )
        with time_machine.travel(FRIDAY_MORNING, tick=False):
            client.force_login(visit.patient.account)
            page = client.get(reverse("move_appointment", args=[visit.pk])).content.decode()
        assert "01 42 71 55 00" in page
        assert "Revenir à aujourd’hui" not in page

    def test_an_emergency_too_far_ahead_leads_to_today(self, client):
        visit = AppointmentFactory(consultation_type__is_emergency_only=True)
        with time_machine.travel(FRIDAY_MORNING, tick=False):
            client.force_login(visit.patient.account)
            address = reverse("move_appointment", args=[visit.pk])
            page = client.get(address).content.decode()
        assert f'href="{address}?from=2027-02-26"' in page


class TestCancel:
    def test_cancel_offers_the_time_again_at_once(self):
        consultation_type = ConsultationTypeFactory()
        appointment = book(consultation_type)
        services.cancel(appointment, by=appointment.booked_by, now=FRIDAY_MORNING)
        assert book(consultation_type).starts_at == monday("10:00")

    def test_cancelling_twice_notifies_once(self):
        appointment = book(ConsultationTypeFactory())
        for _ in range(2):
            services.cancel(appointment, by=appointment.booked_by, now=FRIDAY_MORNING)
        kinds = appointment.notifications.values_list("kind", flat=True)
        assert list(kinds) == [Notification.Kind.BOOKED, Notification.Kind.CANCELLED]

    def test_cancel_after_the_deadline_is_for_staff_only(self):
        appointment = book(ConsultationTypeFactory())
        late = monday("10:00") - dt.timedelta(hours=2)
        with pytest.raises(rules.RuleRefused):
            services.cancel(appointment, by=appointment.booked_by, now=late)
        cancelled = services.cancel(appointment, by=appointment.doctor.user, now=late)
        assert cancelled.status == Status.CANCELLED

    def test_a_visit_under_way_cannot_be_cancelled(self):
        appointment = AppointmentFactory(status=Status.IN_PROGRESS)
        with pytest.raises(rules.StateConflict):
            services.cancel(appointment, by=appointment.doctor.user, now=FRIDAY_MORNING)

    def test_the_system_cancels_requests_whose_start_passed(self):
        consultation_type = ConsultationTypeFactory(needs_confirmation=True)
        overdue, coming = book(consultation_type, at="10:00"), book(consultation_type, at="11:00")
        assert services.cancel_unanswered_requests(now=monday("10:00")) == 1
        overdue.refresh_from_db()
        coming.refresh_from_db()
        assert (overdue.status, coming.status) == (Status.CANCELLED, Status.PENDING)
        assert overdue.changes.last().by is None
