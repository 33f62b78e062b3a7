import datetime as dt

import pytest

from accounts.models import Patient
from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings import rules, services
from bookings.models import Appointment, Hold, Notification, PatientFile, StatusChange
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, secretary_of, verified
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.services import add_absence, retire_type
from scheduling.tests.factories import OpeningHoursFactory, open_week

pytestmark = pytest.mark.django_db


class TestBook:
    def test_book_takes_name_duration_price_and_end_from_the_type(self):
        consultation_type = ConsultationTypeFactory(
            name="Suivi", duration=45, price=60, buffer_after=10
        )
        appointment = book(consultation_type, at="09:45")
        assert (
            appointment.type_name,
            appointment.duration,
            appointment.price,
            appointment.ends_at,
            appointment.buffer_minutes,
        ) == ("Suivi", 45, 60, monday("10:30"), 10)

    def test_book_confirms_at_once_without_a_queue_number(self):
        appointment = book(ConsultationTypeFactory())
        assert (appointment.status, appointment.queue_number) == (Status.CONFIRMED, None)

    def test_book_waits_for_the_practice_where_the_type_says_so(self):
        appointment = book(ConsultationTypeFactory(needs_confirmation=True))
        assert appointment.status == Status.PENDING
        assert appointment.notifications.get().kind == Notification.Kind.REQUESTED

    def test_book_writes_history_message_and_calendar_version_with_the_visit(self):
        patient = PatientFactory()
        appointment = book(ConsultationTypeFactory(), patient=patient)
        assert list(appointment.changes.values_list("verb", "to_status", "by")) == [
            (Verb.BOOK, Status.CONFIRMED, patient.account.pk)
        ]
        assert appointment.notifications.get().recipient == patient.account.email
        appointment.doctor.refresh_from_db()
        assert appointment.doctor.calendar_version == 1

    def test_later_edits_of_the_type_change_no_past(self):
        consultation_type = ConsultationTypeFactory(name="Suivi", price=60)
        appointment = book(consultation_type)
        consultation_type.name, consultation_type.price, consultation_type.duration = (
            "Contrôle",
            90,
            15,
        )
        consultation_type.save()
        appointment.refresh_from_db()
        assert (appointment.type_name, appointment.price, appointment.duration) == ("Suivi", 60, 30)

    def test_two_tabs_or_a_repost_give_one_appointment_and_one_message(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        first = book(consultation_type, patient=patient)
        second = book(consultation_type, patient=patient)
        assert second == first
        assert (Appointment.objects.count(), Notification.objects.count()) == (1, 1)

    def test_a_double_click_with_a_new_relative_adds_one_relative(self):
        consultation_type, parent = ConsultationTypeFactory(), PatientFactory()
        child = {
            "account": parent.account,
            "relation": "child",
            "first_name": "Adam",
            "last_name": "Berrada",
            "birth_date": dt.date(2020, 5, 4),
        }
        first = book(consultation_type, patient=Patient(**child), by=parent.account)
        second = book(consultation_type, patient=Patient(**child), by=parent.account)
        assert second == first
        assert Patient.objects.filter(first_name="Adam").count() == 1

    def new_at_the_desk(self, consultation_type, phone, **options):
        person = Patient(first_name="Karim", last_name="Tazi", phone=phone)
        desk = secretary_of(consultation_type.doctor)
        return book(consultation_type, patient=person, by=desk, **options)

    def test_a_double_click_with_a_new_patient_at_the_desk_gives_one_visit(self):
        consultation_type = ConsultationTypeFactory()
        first = self.new_at_the_desk(consultation_type, "+33612345678")
        assert self.new_at_the_desk(consultation_type, "+33612345678") == first
        assert Patient.objects.filter(last_name="Tazi").count() == 1

    def test_two_new_patients_of_one_name_with_different_phones_are_two(self):
        consultation_type = ConsultationTypeFactory()
        first = self.new_at_the_desk(consultation_type, "+33612345678")
        with pytest.raises(rules.SlotTaken):
            self.new_at_the_desk(consultation_type, "+33687654321")
        second = self.new_at_the_desk(consultation_type, "+33687654321", overbook=True)
        assert second.patient != first.patient
        assert Appointment.objects.count() == 2

    def test_a_refused_booking_adds_no_relative_either(self):
        consultation_type, parent = ConsultationTypeFactory(), PatientFactory()
        book(consultation_type)
        child = Patient(
            account=parent.account,
            relation="child",
            first_name="Adam",
            last_name="Berrada",
            birth_date=dt.date(2020, 5, 4),
        )
        with pytest.raises(rules.SlotTaken):
            book(consultation_type, patient=child, by=parent.account)
        assert not Patient.objects.filter(first_name="Adam").exists()


class TestClockChanges:
    """Two-hour visits that begin before a clock change in Paris end two hours later."""

    @pytest.mark.parametrize("night", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
    def test_a_visit_lasts_as_long_as_its_type_whatever_the_clock_does(self, night):
        consultation_type = ConsultationTypeFactory(duration=120, horizon_days=730)
        open_week(consultation_type.doctor, start=90, end=600)
        start = dt.datetime.combine(night, dt.time(1, 30), consultation_type.doctor.practice.zone)
        patient = PatientFactory()
        options = {
            "doctor": consultation_type.doctor,
            "consultation_type": consultation_type,
            "now": FRIDAY_MORNING,
        }
        held = services.hold(token="mine", address="192.0.2.1", starts_at=start, **options)
        booked = services.book(
            by=patient.account, patient=patient, starts_at=start, hold_token="mine", **options
        )
        lasts = {held.ends_at - held.starts_at, booked.ends_at - booked.starts_at}
        assert lasts == {dt.timedelta(minutes=120)}

    def test_book_names_the_practice_where_the_doctor_works_at_that_time(self):
        consultation_type, there = ConsultationTypeFactory(), PracticeFactory()
        for options in ({"end_minute": 720}, {"start_minute": 720, "practice": there}):
            OpeningHoursFactory(doctor=consultation_type.doctor, **options)
        patient = verified(PatientFactory())
        visits = [book(consultation_type, patient=patient, at=at) for at in ("11:30", "12:00")]
        assert [visit.practice for visit in visits] == [consultation_type.doctor.practice, there]
        moved = services.move(
            visits[0], by=patient.account, starts_at=monday("14:00"), now=FRIDAY_MORNING
        )
        assert moved.practice == there

    def test_book_is_not_sent_to_a_practice_whose_hours_are_kept_for_another_type(self):
        consultation_type = ConsultationTypeFactory()
        other = ConsultationTypeFactory(doctor=consultation_type.doctor)
        OpeningHoursFactory(doctor=consultation_type.doctor)
        OpeningHoursFactory(
            doctor=consultation_type.doctor, practice=PracticeFactory(), types=[other]
        )
        assert book(consultation_type).practice == consultation_type.doctor.practice


class TestBookRefuses:
    def refused(self, consultation_type, **options):
        before = Appointment.objects.count()
        with pytest.raises(rules.Refusal) as caught:
            book(consultation_type, **options)
        assert Appointment.objects.count() == before
        assert not StatusChange.objects.exclude(appointment__in=Appointment.objects.all()).exists()
        return caught.value.code

    def test_a_start_that_is_taken(self):
        consultation_type = ConsultationTypeFactory()
        book(consultation_type)
        assert self.refused(consultation_type) == "slot_taken"

    @pytest.mark.parametrize(("first", "second"), [("10:00", "10:15"), ("10:15", "10:00")])
    def test_starts_that_differ_but_overlap(self, first, second):
        doctor = DoctorFactory()
        book(ConsultationTypeFactory(doctor=doctor), at=first, by=secretary_of(doctor))
        wanted = ConsultationTypeFactory(doctor=doctor, duration=30 if second == "10:00" else 15)
        assert self.refused(wanted, at=second) == "slot_taken"

    @pytest.mark.parametrize(
        ("first", "first_at", "second", "second_at"),
        [(60, "10:00", 15, "10:30"), (15, "10:30", 60, "10:00")],
    )
    def test_a_short_visit_inside_a_long_one(self, first, first_at, second, second_at):
        doctor = DoctorFactory()
        booked = ConsultationTypeFactory(doctor=doctor, duration=first)
        wanted = ConsultationTypeFactory(doctor=doctor, duration=second)
        book(booked, at=first_at)
        assert self.refused(wanted, at=second_at) == "slot_taken"

    def test_a_visit_whose_pause_would_reach_into_the_next(self):
        doctor = DoctorFactory()
        book(ConsultationTypeFactory(doctor=doctor, duration=15), at="10:30")
        paused = ConsultationTypeFactory(doctor=doctor, duration=30, buffer_after=10)
        assert self.refused(paused, at="10:00") == "slot_taken"

    def test_a_start_in_the_pause_after_another_visit(self):
        doctor = DoctorFactory()
        book(ConsultationTypeFactory(doctor=doctor, duration=30, buffer_after=10), at="10:00")
        assert self.refused(ConsultationTypeFactory(doctor=doctor), at="10:30") == "slot_taken"

    def test_a_start_off_the_grid(self):
        assert self.refused(ConsultationTypeFactory(), at="10:07") == "off_grid"

    def test_a_start_before_opening(self):
        assert self.refused(ConsultationTypeFactory(), at="08:30") == "off_grid"

    def test_a_slot_in_the_past(self):
        assert self.refused(ConsultationTypeFactory(), now=monday("10:01")) == "past"

    def test_a_slot_beyond_the_horizon(self):
        assert self.refused(ConsultationTypeFactory(horizon_days=2)) == "too_far"

    def test_notice_is_exact_to_the_minute_and_checked_again_at_confirm(self):
        consultation_type = ConsultationTypeFactory(notice_minutes=24 * 60)
        a_day_before = monday("10:00") - dt.timedelta(days=1)
        assert (
            self.refused(consultation_type, now=a_day_before + dt.timedelta(minutes=1))
            == "too_soon"
        )
        assert book(consultation_type, now=a_day_before).starts_at == monday("10:00")

    def test_a_time_of_absence(self):
        consultation_type = ConsultationTypeFactory()
        add_absence(consultation_type.doctor, starts_at=monday("10:15"), ends_at=monday("12:00"))
        assert self.refused(consultation_type) == "slot_taken"

    def test_a_type_that_was_retired_meanwhile(self):
        consultation_type = ConsultationTypeFactory()
        retire_type(consultation_type)
        assert self.refused(consultation_type) == "type_not_offered"

    def test_another_doctors_type(self):
        consultation_type, elsewhere = ConsultationTypeFactory(), DoctorFactory()
        with pytest.raises(rules.TimeNotOffered):
            services.book(
                by=UserFactory(),
                patient=PatientFactory(),
                doctor=elsewhere,
                consultation_type=consultation_type,
                starts_at=monday("10:00"),
                now=FRIDAY_MORNING,
            )
        assert not Appointment.objects.exists()

    def test_a_doctor_not_yet_approved(self):
        consultation_type = ConsultationTypeFactory(doctor__approved_at=None)
        assert self.refused(consultation_type) == "no_online_booking"

    def test_one_patient_at_two_doctors_at_once(self):
        patient = verified(PatientFactory())
        book(ConsultationTypeFactory(), patient=patient)
        assert self.refused(ConsultationTypeFactory(), patient=patient) == "patient_overlap"

    def test_two_relatives_may_overlap(self):
        parent = verified(PatientFactory())
        child = RelativeFactory(account=parent.account)
        book(ConsultationTypeFactory(), patient=parent)
        assert book(ConsultationTypeFactory(), patient=child).patient == child

    def test_a_new_patient_for_an_existing_patients_type(self):
        consultation_type = ConsultationTypeFactory(require_existing_patient=True)
        assert self.refused(consultation_type) == "existing_patient_required"

    def test_who_was_absent_last_time_is_not_an_existing_patient(self):
        consultation_type, patient = (
            ConsultationTypeFactory(require_existing_patient=True),
            PatientFactory(),
        )
        AppointmentFactory(
            patient=patient,
            doctor=consultation_type.doctor,
            status=Status.NO_SHOW,
            starts_at=FRIDAY_MORNING - dt.timedelta(days=9),
        )
        assert self.refused(consultation_type, patient=patient) == "existing_patient_required"

    def test_who_came_before_is_an_existing_patient(self):
        consultation_type, patient = (
            ConsultationTypeFactory(require_existing_patient=True),
            PatientFactory(),
        )
        AppointmentFactory(
            patient=patient,
            doctor=consultation_type.doctor,
            status=Status.DONE,
            starts_at=FRIDAY_MORNING - dt.timedelta(days=9),
        )
        assert book(consultation_type, patient=patient).patient == patient

    def test_new_patients_where_the_doctor_takes_none(self):
        consultation_type = ConsultationTypeFactory(doctor__accepts_new_patients=False)
        assert self.refused(consultation_type) == "new_patients_not_taken"

    def test_an_emergency_later_than_24_hours_from_now(self):
        consultation_type = ConsultationTypeFactory(is_emergency_only=True)
        assert (
            self.refused(consultation_type, now=monday("09:59") - dt.timedelta(days=1))
            == "emergency_too_far"
        )
        assert (
            book(consultation_type, now=monday("10:00") - dt.timedelta(days=1)).status
            == Status.CONFIRMED
        )

    def test_a_blocked_account_everywhere(self):
        patient = PatientFactory(account__is_blocked=True)
        assert self.refused(ConsultationTypeFactory(), patient=patient) == "patient_blocked"

    def test_a_person_the_practice_blocked_there_only(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        PatientFile.objects.create(
            practice=consultation_type.doctor.practice, patient=patient, blocked_at=FRIDAY_MORNING
        )
        assert self.refused(consultation_type, patient=patient) == "patient_blocked"
        assert book(ConsultationTypeFactory(), patient=patient).status == Status.CONFIRMED

    def no_shows(self, patient, doctor, count, *, days_ago=30):
        for index in range(count):
            AppointmentFactory(
                patient=patient,
                doctor=doctor,
                status=Status.NO_SHOW,
                starts_at=FRIDAY_MORNING - dt.timedelta(days=days_ago + index),
            )

    def test_the_third_no_show_in_a_practice_blocks_there(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        self.no_shows(patient, consultation_type.doctor, 3)
        assert self.refused(consultation_type, patient=patient) == "patient_blocked"

    def test_a_block_holds_where_the_doctor_works_at_that_time(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        there = PracticeFactory()
        OpeningHoursFactory(doctor=consultation_type.doctor, practice=there)
        PatientFile.objects.create(patient=patient, practice=there, blocked_at=FRIDAY_MORNING)
        assert self.refused(consultation_type, patient=patient) == "patient_blocked"

    def test_two_no_shows_do_not_block(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        self.no_shows(patient, consultation_type.doctor, 2)
        assert book(consultation_type, patient=patient).status == Status.CONFIRMED

    def test_no_shows_older_than_a_year_are_forgotten(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        self.no_shows(patient, consultation_type.doctor, 3, days_ago=366)
        assert book(consultation_type, patient=patient).status == Status.CONFIRMED

    def test_a_reset_by_the_practice_forgets_them_too(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        self.no_shows(patient, consultation_type.doctor, 3)
        PatientFile.objects.create(
            practice=consultation_type.doctor.practice,
            patient=patient,
            no_shows_reset_at=FRIDAY_MORNING - dt.timedelta(days=1),
        )
        assert book(consultation_type, patient=patient).status == Status.CONFIRMED

    def test_a_second_future_appointment_of_an_unverified_account(self):
        patient = PatientFactory()
        book(ConsultationTypeFactory(), patient=patient)
        assert self.refused(ConsultationTypeFactory(), patient=patient, at="15:00") == (
            "email_not_confirmed"
        )

    def test_a_slot_that_another_visitor_holds(self):
        consultation_type = ConsultationTypeFactory()
        HoldFactory(
            consultation_type=consultation_type,
            doctor=consultation_type.doctor,
            expires_at=FRIDAY_MORNING + dt.timedelta(minutes=5),
        )
        assert self.refused(consultation_type) == "slot_taken"


class TestStaff:
    def test_staff_are_asked_no_rule_but_the_overlap(self):
        consultation_type = ConsultationTypeFactory(require_existing_patient=True, horizon_days=1)
        patient = PatientFactory(account__is_blocked=True)
        appointment = book(
            consultation_type,
            patient=patient,
            by=secretary_of(consultation_type.doctor),
            at="10:07",
        )
        assert (appointment.status, appointment.starts_at) == (Status.CONFIRMED, monday("10:07"))

    def test_staff_are_refused_a_taken_time(self):
        consultation_type = ConsultationTypeFactory()
        book(consultation_type)
        with pytest.raises(rules.SlotTaken):
            book(consultation_type, by=secretary_of(consultation_type.doctor), at="10:15")

    def test_overbooking_is_the_desks_explicit_act(self):
        consultation_type = ConsultationTypeFactory()
        book(consultation_type)
        appointment = book(
            consultation_type, by=secretary_of(consultation_type.doctor), overbook=True
        )
        assert appointment.is_overbooked

    def test_a_patient_cannot_overbook(self):
        consultation_type = ConsultationTypeFactory()
        book(consultation_type)
        with pytest.raises(rules.SlotTaken):
            book(consultation_type, overbook=True)

    def test_an_overbooked_visit_still_blocks_the_public_slot(self):
        consultation_type = ConsultationTypeFactory()
        AppointmentFactory(
            consultation_type=consultation_type, doctor=consultation_type.doctor, is_overbooked=True
        )
        with pytest.raises(rules.SlotTaken):
            book(consultation_type)

    def test_a_membership_that_ended_gives_no_desk(self):
        consultation_type = ConsultationTypeFactory(horizon_days=1)
        former = MembershipFactory(
            practice=consultation_type.doctor.practice, ended_at=FRIDAY_MORNING
        ).user
        with pytest.raises(rules.TimeNotOffered):
            book(consultation_type, by=former)


def test_book_ends_the_visitors_own_hold():
    consultation_type = ConsultationTypeFactory()
    hold = HoldFactory(
        consultation_type=consultation_type,
        doctor=consultation_type.doctor,
        token="mine",
        expires_at=FRIDAY_MORNING + dt.timedelta(minutes=5),
    )
    book(consultation_type, hold_token="mine")
    assert not Hold.objects.filter(pk=hold.pk).exists()
