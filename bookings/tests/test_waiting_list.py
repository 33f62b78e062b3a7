"""The waiting list: to join it, to leave it, and entries that end by themselves."""

import datetime as dt

import pytest

from accounts.services import remove_relative
from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import services
from bookings.messages.offers import end_expired_entries
from bookings.models import WaitingListEntry
from bookings.rules import RuleRefused, StateConflict, TimeNotOffered
from bookings.services.files import block_patient
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, verified
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import engine
from scheduling.services import retire_type
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = pytest.mark.django_db

DAY = engine.DAY
MONDAY = dt.date(2027, 3, 1)
END = WaitingListEntry.End


def join(consultation_type, patient, *, now=FRIDAY_MORNING, **options):
    return services.join_waiting_list(
        patient=patient,
        doctor=consultation_type.doctor,
        consultation_type=consultation_type,
        now=now,
        **options,
    )


def wait(appointment, now=FRIDAY_MORNING):
    return services.wait_for_earlier(appointment, now=now)


def full_until_monday(**options):
    """A type of a doctor without a free time before Monday at nine."""
    consultation_type = ConsultationTypeFactory(**options)
    open_week(consultation_type.doctor, weekdays=[0])
    return consultation_type


def end_of(entry):
    entry.refresh_from_db()
    return entry.end


class TestJoin:
    def test_without_an_appointment_waits_for_a_time_before_the_next_free_one(self):
        patient, consultation_type = PatientFactory(), full_until_monday()
        entry = join(consultation_type, patient)
        assert (entry.patient, entry.doctor, entry.consultation_type) == (
            patient,
            consultation_type.doctor,
            consultation_type,
        )
        assert (entry.before, entry.appointment) == (monday("09:00"), None)
        assert (entry.created_at, entry.told_at, entry.is_live(FRIDAY_MORNING)) == (
            FRIDAY_MORNING,
            None,
            True,
        )

    def test_from_later_days_waits_for_a_time_before_the_next_one_from_there(self):
        entry = join(full_until_monday(), PatientFactory(), seen_from=MONDAY + DAY)
        assert entry.before == monday("09:00") + 7 * DAY

    def test_where_nothing_is_free_waits_as_long_as_the_horizon(self):
        consultation_type = full_until_monday(horizon_days=10)
        AbsenceFactory(doctor=consultation_type.doctor, ends_at=monday("20:00") + 30 * DAY)
        entry = join(consultation_type, PatientFactory())
        assert entry.local_before == dt.datetime(2027, 3, 9)

    def test_with_an_appointment_waits_for_a_time_before_it(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        appointment = book(consultation_type, patient=patient, at="14:00")
        entry = join(consultation_type, patient)
        assert (entry.before, entry.appointment) == (monday("14:00"), appointment)

    def test_from_the_appointment_itself_is_the_same(self):
        appointment = book(full_until_monday(), at="14:00")
        entry = wait(appointment)
        assert (entry.patient, entry.before, entry.appointment) == (
            appointment.patient,
            monday("14:00"),
            appointment,
        )

    def test_again_changes_the_wish_and_keeps_the_place(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        first = join(consultation_type, patient)
        again = join(consultation_type, patient, now=FRIDAY_MORNING + DAY, not_before=MONDAY)
        assert (again.pk, again.created_at, again.not_before) == (first.pk, FRIDAY_MORNING, MONDAY)
        assert WaitingListEntry.objects.count() == 1

    def test_after_the_old_wish_is_over_is_a_new_one(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        first = join(consultation_type, patient)
        again = join(consultation_type, patient, now=monday("18:00"))
        assert again.pk != first.pk
        assert end_of(first) == END.OVER

    def test_for_another_type_or_relative_is_another_place(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        join(consultation_type, patient)
        join(consultation_type, RelativeFactory(account=patient.account))
        join(ConsultationTypeFactory(doctor=consultation_type.doctor), patient)
        assert WaitingListEntry.objects.live(FRIDAY_MORNING).count() == 3


class TestJoinIsRefused:
    def refusal(self, act):
        with pytest.raises((RuleRefused, StateConflict, TimeNotOffered)) as refused:
            act()
        assert not WaitingListEntry.objects.exists()
        return refused.value.code

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"is_emergency_only": True}, "no_waiting_list"),
            ({"require_existing_patient": True}, "existing_patient_required"),
            ({"doctor__accepts_new_patients": False}, "new_patients_not_taken"),
            ({"doctor__books_online": False}, "no_online_booking"),
        ],
    )
    def test_to_a_patient_who_may_not_book(self, options, code):
        consultation_type = ConsultationTypeFactory(**options)
        assert self.refusal(lambda: join(consultation_type, PatientFactory())) == code

    def test_to_a_patient_whom_the_practice_blocked(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        practice = consultation_type.doctor.practice
        block_patient(by=consultation_type.doctor.user, patient=patient, practice=practice)
        assert self.refusal(lambda: join(consultation_type, patient)) == "patient_blocked"

    def test_for_a_retired_type(self):
        consultation_type = full_until_monday()
        retire_type(consultation_type)
        assert self.refusal(lambda: join(consultation_type, PatientFactory())) == "type_not_offered"

    def test_to_an_unconfirmed_account_with_an_appointment_elsewhere(self):
        patient = PatientFactory()
        book(ConsultationTypeFactory(), patient=patient)
        consultation_type = full_until_monday()
        assert self.refusal(lambda: join(consultation_type, patient)) == "email_not_confirmed"
        assert join(consultation_type, verified(patient)).is_live(FRIDAY_MORNING)

    def test_to_a_patient_without_an_address(self):
        patient = PatientFactory(account__email="")
        assert self.refusal(lambda: join(full_until_monday(), patient)) == "email_needed"

    def test_after_the_deadline_for_changes_online(self):
        appointment = book(full_until_monday())
        late = monday("10:00") - dt.timedelta(hours=23)
        assert self.refusal(lambda: wait(appointment, now=late)) == "too_late_to_change"

    def test_for_a_request_that_the_practice_confirmed(self):
        consultation_type = full_until_monday(needs_confirmation=True)
        appointment = AppointmentFactory(consultation_type=consultation_type)
        assert self.refusal(lambda: wait(appointment)) == "needs_the_practice"

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.DONE, Status.ARRIVED])
    def test_with_an_appointment_that_is_not_to_come(self, status):
        appointment = AppointmentFactory(status=status)
        assert self.refusal(lambda: wait(appointment)) == "state_conflict"


class TestEnds:
    @pytest.fixture
    def entry(self):
        """An entry for a time before the patient's visit on Monday at 14:00."""
        return wait(book(full_until_monday(), at="14:00"))

    def test_when_left_once_and_for_all(self, entry):
        services.leave_waiting_list(entry, now=FRIDAY_MORNING)
        services.leave_waiting_list(entry, now=FRIDAY_MORNING + DAY)
        assert (entry.end, entry.ended_at) == (END.LEFT, FRIDAY_MORNING)

    def test_with_a_move_to_an_earlier_time(self, entry):
        visit = entry.appointment
        services.move(visit, by=visit.booked_by, starts_at=monday("11:00"), now=FRIDAY_MORNING)
        assert end_of(entry) == END.BOOKED

    def test_not_with_a_move_to_a_later_one(self, entry):
        visit = entry.appointment
        services.move(visit, by=visit.booked_by, starts_at=monday("15:00"), now=FRIDAY_MORNING)
        assert end_of(entry) == ""

    def test_a_move_to_a_later_time_moves_the_limit_of_the_wish(self, entry):
        visit = entry.appointment
        services.move(visit, by=visit.booked_by, starts_at=monday("16:00"), now=FRIDAY_MORNING)
        entry.refresh_from_db()
        assert (entry.before, entry.wants(monday("15:00"), now=FRIDAY_MORNING)) == (
            monday("16:00"),
            True,
        )

    def test_a_booking_later_than_the_wish_moves_its_limit(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        entry = join(consultation_type, patient)
        appointment = book(consultation_type, patient=patient, at="15:00")
        entry.refresh_from_db()
        assert (entry.appointment, entry.before) == (appointment, monday("15:00"))

    def test_with_the_appointment(self, entry):
        services.cancel(entry.appointment, by=entry.appointment.booked_by, now=FRIDAY_MORNING)
        assert end_of(entry) == END.CANCELLED

    def test_with_another_earlier_booking_of_the_same_kind(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        entry = join(consultation_type, patient, seen_from=MONDAY + DAY)
        book(consultation_type, patient=patient)
        assert end_of(entry) == END.BOOKED

    def test_not_with_the_time_that_was_free_in_any_case(self):
        consultation_type, patient = full_until_monday(), PatientFactory()
        entry = join(consultation_type, patient)
        appointment = book(consultation_type, patient=patient, at="09:00")
        assert end_of(entry) == ""
        assert entry.appointment == appointment

    def test_not_with_the_booking_of_another_patient(self, entry):
        book(entry.consultation_type, at="10:00")
        book(ConsultationTypeFactory(doctor=entry.doctor), at="11:00")
        assert end_of(entry) == ""

    def test_when_its_time_comes(self, entry):
        assert end_expired_entries(now=monday("13:59")) == 0
        assert end_expired_entries(now=monday("14:00")) == 1
        assert end_of(entry) == END.OVER

    def test_with_the_type(self, entry):
        retire_type(entry.consultation_type)
        end_expired_entries(now=FRIDAY_MORNING)
        assert end_of(entry) == END.OVER

    def test_with_a_relative_who_is_removed(self):
        child = RelativeFactory()
        entry = join(full_until_monday(), child)
        remove_relative(child)
        assert not WaitingListEntry.objects.filter(pk=entry.pk).exists()
