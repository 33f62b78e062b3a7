"""A doctor at two practices: everything about a time follows the practice where it is.

Mondays from 9:00 to 12:00 at home and from 12:00 to 15:00 there.
"""

import datetime as dt

import pytest

from accounts.tests.factories import PatientFactory
from bookings import rules, services
from bookings.models import Appointment, PatientFile
from bookings.services import Decisions, Outcome, VisitsAffected
from bookings.slots import Calendars, SlotQuery
from bookings.slots.no_slots import NoSlotsReason
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, free_on_monday, secretary_of, verified
from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory, PracticeFactory
from scheduling.models import Holiday
from scheduling.tests.factories import HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 1)


@pytest.fixture
def there():
    return PracticeFactory(name="Là-bas", phone="+33142000000")


@pytest.fixture
def kind(there):
    kind = ConsultationTypeFactory(duration=60, doctor__practice__phone="+33140000000")
    OpeningHoursFactory(doctor=kind.doctor, end_minute=720)
    OpeningHoursFactory(doctor=kind.doctor, start_minute=720, end_minute=900, practice=there)
    return kind


@pytest.fixture
def home(kind):
    return kind.doctor.practice


def column(kind):
    calendars = Calendars([SlotQuery(kind.doctor, kind)], [MONDAY], now=FRIDAY_MORNING)
    return calendars.columns(SlotQuery(kind.doctor, kind))[0]


class TestFreeTimes:
    def test_each_names_its_practice(self, kind, home, there):
        assert column(kind).practices == (home.pk,) * 3 + (there.pk,) * 3

    def test_no_visit_spans_two_places(self, kind):
        kind.duration = 120
        kind.save()
        assert free_on_monday(kind) == ["09:00", "12:00"]

    def test_a_holiday_closes_its_own_place(self, kind, home, there):
        HolidayFactory(practice=there)
        assert free_on_monday(kind) == ["09:00", "10:00", "11:00"]
        HolidayFactory(practice=home, name="Chez moi")
        no_slots = column(kind).no_slots
        assert (no_slots.why, no_slots.holiday) == (NoSlotsReason.HOLIDAY, "Chez moi")

    def test_they_cost_no_query_more(self, kind, django_assert_num_queries):
        HolidayFactory(practice=kind.doctor.practice)
        with django_assert_num_queries(3):
            column(kind)


class TestBlocks:
    @pytest.mark.parametrize("where", ["home", "there"])
    def test_a_block_refuses_at_its_own_practice_with_its_phone(self, kind, home, there, where):
        patient = verified(PatientFactory())
        blocking, hour, free = (
            (home, "10:00", "13:00") if where == "home" else (there, "13:00", "10:00")
        )
        PatientFile.objects.create(practice=blocking, patient=patient, blocked_at=FRIDAY_MORNING)
        with pytest.raises(rules.RuleRefused) as refusal:
            book(kind, patient=patient, at=hour)
        assert str(blocking.phone.as_national) in str(refusal.value)
        assert book(kind, patient=patient, at=free).practice != blocking

    def test_who_is_blocked_at_each_is_told_before_choosing(self, kind, home, there):
        patient, query = PatientFactory(), SlotQuery(kind.doctor, kind)
        for practice in (home, there):
            services.check_patient_may_book(patient=patient, query=query, now=FRIDAY_MORNING)
            PatientFile.objects.create(
                practice=practice, patient=patient, blocked_at=FRIDAY_MORNING
            )
        with pytest.raises(rules.RuleRefused):
            services.check_patient_may_book(patient=patient, query=query, now=FRIDAY_MORNING)


class TestDesk:
    def test_a_visit_outside_the_hours_is_at_the_secretarys_practice(self, kind, home, there):
        found = [
            book(kind, by=MembershipFactory(practice=practice).user, at=at).practice
            for practice, at in ((there, "07:00"), (home, "08:00"), (there, "10:00"))
        ]
        # At ten the doctor is at home: no visit of that time is elsewhere.
        assert found == [there, home, home]

    def test_the_doctor_chooses_the_place_outside_the_hours(self, kind, home, there):
        by = kind.doctor.user
        found = [
            book(kind, by=by, at=at, practice=practice).practice
            for at, practice in (("07:00", there), ("16:00", None), ("10:00", there))
        ]
        assert found == [there, there, home]

    def test_a_walk_in_is_where_the_doctor_is_or_the_secretary(self, kind, home, there):
        def added(by, clock, **options):
            options |= {"doctor": kind.doctor, "patient": PatientFactory(), "now": monday(clock)}
            return services.add_walk_in(by=by, **options).practice

        doctor, secretary = kind.doctor.user, MembershipFactory(practice=there).user
        assert [added(doctor, clock) for clock in ("08:00", "10:00", "13:00")] == [
            home,
            home,
            there,
        ]
        assert added(secretary, "10:00") == there
        assert added(doctor, "13:00", practice=home) == home

    def test_a_visit_follows_its_practice_when_the_doctor_left(self, kind, home):
        visit, hers = AppointmentFactory(consultation_type=kind), secretary_of(kind.doctor)
        kind.doctor.practice = PracticeFactory()
        kind.doctor.save()
        new = secretary_of(kind.doctor)
        assert list(Appointment.objects.for_staff(hers)) == [visit]
        assert list(Appointment.objects.for_staff(new)) == []
        services.cancel(visit, by=hers, now=FRIDAY_MORNING)
        visit.refresh_from_db()
        assert visit.status == Status.CANCELLED

    def test_a_secretary_changes_no_visit_of_the_other_practice(self, kind, there):
        visit = AppointmentFactory(consultation_type=kind)
        stranger = MembershipFactory(practice=there).user
        with pytest.raises(rules.RuleRefused):
            services.change_status(visit, Verb.ARRIVE, by=stranger, now=monday("10:00"))
        with pytest.raises(rules.RuleRefused):
            services.ask_to_move(visit, by=stranger, now=FRIDAY_MORNING)


def test_closing_a_day_lists_the_visits_at_that_practice_alone(kind, there):
    away = AppointmentFactory(consultation_type=kind, practice=there, starts_at=monday("13:00"))
    AppointmentFactory(consultation_type=kind, starts_at=monday("10:00"))
    closing = {"by": MembershipFactory(practice=there).user, "now": FRIDAY_MORNING}
    closing["holidays"] = [HolidayFactory(practice=there, decision=Holiday.Decision.PROPOSED)]
    closing["decision"] = Holiday.Decision.CLOSED
    with pytest.raises(VisitsAffected) as refusal:
        services.decide_holidays(**closing)
    assert [each.visit for each in refusal.value.affected] == [away]
    services.decide_holidays(**closing, decisions=Decisions({away.pk: Outcome.CANCEL}))
    assert free_on_monday(kind) == ["09:00", "11:00"]


def test_a_doctor_blocks_a_patient_at_each_practice_of_the_hours(kind, there):
    options = {"by": kind.doctor.user, "patient": PatientFactory(), "practice": there}
    assert services.block_patient(**options).practice == there
