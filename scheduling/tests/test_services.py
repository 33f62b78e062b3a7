"""Writes of hours, absences, types and holidays: each counts as one change of the agenda, and
an error writes nothing."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from doctors.models import ConsultationType, Doctor
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.services import (
    add_absence,
    changing_agenda,
    decide_holiday,
    decide_holidays,
    offer_type_again,
    propose_holidays,
    remove_absence,
    replace_days,
    replace_hours,
    retire_type,
    save_practice,
    save_type,
    shift_type,
)
from scheduling.tests.factories import (
    AbsenceFactory,
    HolidayFactory,
    OpeningHoursFactory,
    open_week,
)

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 3, 1, 11, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def version_of(doctor):
    return Doctor.objects.get(pk=doctor.pk).calendar_version


def hours(weekday=0, start=540, end=720, kept_for=(), **options):
    row = OpeningHours(weekday=weekday, start_minute=start, end_minute=end, **options)
    row.kept_for = kept_for
    return row


def week(doctor):
    """Return [(weekday, start, end, types)] of the saved rows."""
    return [
        (row.weekday, row.start_minute, row.end_minute, list(row.types.all()))
        for row in doctor.opening_hours.all()
    ]


class TestChangingAgenda:
    def test_hands_out_the_doctors_by_pk_and_counts_one_change_each(self):
        doctors = DoctorFactory.create_batch(3)
        with changing_agenda(doctors[2].pk, doctors[0].pk) as locked:
            assert locked == [doctors[0], doctors[2]]
        assert [version_of(doctor) for doctor in doctors] == [1, 0, 1]

    def test_counts_nothing_when_the_change_fails(self):
        doctor = DoctorFactory()
        with pytest.raises(RuntimeError), changing_agenda(doctor.pk):
            raise RuntimeError("halfway")
        assert version_of(doctor) == 0


class TestReplaceHours:
    def test_makes_the_rows_the_whole_week(self):
        doctor = DoctorFactory()
        open_week(doctor)
        consultation_type = ConsultationTypeFactory(doctor=doctor)
        replace_hours(
            doctor, [hours(0), hours(2, 1320, 1560), hours(4, kept_for=[consultation_type])]
        )
        assert week(doctor) == [
            (0, 540, 720, []),
            (2, 1320, 1560, []),
            (4, 540, 720, [consultation_type]),
        ]
        assert version_of(doctor) == 1

    def test_without_rows_goes_back_to_the_fallback(self):
        doctor = OpeningHoursFactory().doctor
        replace_hours(doctor, [])
        assert (week(doctor), version_of(doctor)) == ([], 1)

    def test_leaves_other_doctors_weeks_alone(self):
        doctor, other = DoctorFactory(), OpeningHoursFactory().doctor
        replace_hours(doctor, [hours(3)])
        assert (week(other), version_of(other)) == ([(0, 540, 1020, [])], 0)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"start": 720, "end": 540},
            {"start": 0, "end": 1441},
            {"start": 1440, "end": 1500},
            {"weekday": 7},
            {"valid_from": dt.date(2027, 3, 2), "valid_until": dt.date(2027, 3, 1)},
        ],
        ids=["ends before it starts", "over a day", "starts after midnight", "weekday", "validity"],
    )
    def test_with_one_wrong_row_writes_nothing(self, wrong):
        doctor = OpeningHoursFactory(doctor__hours_saved_at=None).doctor
        with pytest.raises(ValidationError):
            replace_hours(doctor, [hours(1), hours(**wrong)])
        doctor.refresh_from_db()
        assert week(doctor) == [(0, 540, 1020, [])]
        assert (doctor.calendar_version, doctor.hours_saved_at) == (0, None)

    def test_kept_for_another_doctors_type_writes_nothing(self):
        doctor = OpeningHoursFactory().doctor
        with pytest.raises(ValidationError):
            replace_hours(doctor, [hours(1, kept_for=[ConsultationTypeFactory()])])
        assert (week(doctor), version_of(doctor)) == ([(0, 540, 1020, [])], 0)

    def test_lists_an_approved_doctor_at_the_first_save(self):
        doctor = DoctorFactory(hours_saved_at=None)
        assert doctor not in Doctor.objects.listed()
        replace_hours(doctor, [hours()])
        first = Doctor.objects.listed().get(pk=doctor.pk).hours_saved_at
        replace_hours(doctor, [hours(1)])
        assert Doctor.objects.get(pk=doctor.pk).hours_saved_at == first


class TestReplaceDays:
    def test_makes_the_rows_the_whole_of_these_days(self):
        doctor = DoctorFactory()
        open_week(doctor, weekdays=[0, 1, 2])
        replace_days(doctor, {0: [hours(start=600, end=660)], 2: [], 5: [hours()]})
        assert week(doctor) == [(0, 600, 660, []), (1, 540, 1020, []), (5, 540, 720, [])]
        assert version_of(doctor) == 1

    def test_puts_each_row_on_its_day(self):
        doctor = DoctorFactory()
        replace_days(doctor, {3: [hours(weekday=0)]})
        assert week(doctor) == [(3, 540, 720, [])]

    def test_with_one_wrong_row_writes_nothing(self):
        doctor = OpeningHoursFactory(doctor__hours_saved_at=None).doctor
        with pytest.raises(ValidationError):
            replace_days(doctor, {0: [], 1: [hours(start=720, end=540)]})
        doctor.refresh_from_db()
        assert (week(doctor), doctor.hours_saved_at) == ([(0, 540, 1020, [])], None)

    def test_lists_an_approved_doctor_at_the_first_save(self):
        doctor = DoctorFactory(hours_saved_at=None)
        replace_days(doctor, {0: [hours()]})
        assert doctor in Doctor.objects.listed()


class TestAbsence:
    def test_is_added_with_its_reason(self):
        doctor = DoctorFactory()
        absence = add_absence(doctor, starts_at=NOON, ends_at=NOON + HOUR, reason="Congrès")
        saved = DoctorAbsence.objects.get()
        assert (saved, saved.starts_at, saved.ends_at, saved.reason) == (
            absence,
            NOON,
            NOON + HOUR,
            "Congrès",
        )
        assert version_of(doctor) == 1

    @pytest.mark.parametrize("length", [dt.timedelta(0), -HOUR])
    def test_that_does_not_end_after_it_starts_writes_nothing(self, length):
        doctor = DoctorFactory()
        with pytest.raises(ValidationError):
            add_absence(doctor, starts_at=NOON, ends_at=NOON + length)
        assert (DoctorAbsence.objects.count(), version_of(doctor)) == (0, 0)

    def test_with_too_long_a_reason_writes_nothing(self):
        doctor = DoctorFactory()
        with pytest.raises(ValidationError):
            add_absence(doctor, starts_at=NOON, ends_at=NOON + HOUR, reason="x" * 121)
        assert (DoctorAbsence.objects.count(), version_of(doctor)) == (0, 0)

    def test_is_removed_alone(self):
        absence, other = AbsenceFactory(), AbsenceFactory()
        remove_absence(absence)
        assert list(DoctorAbsence.objects.all()) == [other]
        assert (version_of(absence.doctor), version_of(other.doctor)) == (1, 0)


class TestSaveType:
    def test_a_new_one_comes_after_all_others_retired_ones_too(self):
        first = ConsultationTypeFactory(position=3, retired_at=NOON)
        new = ConsultationTypeFactory.build(doctor=first.doctor)
        save_type(new, fields=["name"])
        assert ConsultationType.objects.get(pk=new.pk).position == 4
        assert version_of(first.doctor) == 1

    def test_an_old_one_keeps_what_others_changed_meanwhile(self):
        consultation_type = ConsultationTypeFactory()
        ConsultationType.objects.filter(pk=consultation_type.pk).update(retired_at=NOON)
        consultation_type.name = "Suivi"
        save_type(consultation_type, fields=["name"])
        consultation_type.refresh_from_db()
        assert (consultation_type.name, consultation_type.retired_at) == ("Suivi", NOON)


class TestShiftType:
    def order(self, doctor):
        return "".join(each.name for each in doctor.consultation_types.offered())

    @pytest.mark.parametrize(
        ("name", "places", "order"), [("C", -1, "ACB"), ("A", 1, "BAC"), ("A", -1, "ABC")]
    )
    def test_goes_up_or_down_and_at_the_end_nowhere(self, name, places, order):
        doctor = DoctorFactory()
        types = {name: ConsultationTypeFactory(doctor=doctor, name=name) for name in "ABC"}
        shift_type(types[name], places=places)
        assert (self.order(doctor), version_of(doctor)) == (order, 1)

    def test_that_is_retired_goes_nowhere(self):
        consultation_type = ConsultationTypeFactory(retired_at=NOON, position=2)
        shift_type(consultation_type, places=-1)
        consultation_type.refresh_from_db()
        assert consultation_type.position == 2


class TestRetireType:
    def test_stamps_when_and_offers_it_no_more(self):
        consultation_type, other = ConsultationTypeFactory(), ConsultationTypeFactory()
        retire_type(consultation_type, now=NOON)
        assert (consultation_type.is_retired, consultation_type.retired_at) == (True, NOON)
        assert list(ConsultationType.objects.offered()) == [other]
        assert (version_of(consultation_type.doctor), version_of(other.doctor)) == (1, 0)

    def test_again_keeps_the_first_stamp(self):
        consultation_type = ConsultationTypeFactory()
        retire_type(consultation_type, now=NOON)
        retire_type(consultation_type, now=NOON + HOUR)
        assert ConsultationType.objects.get().retired_at == NOON


class TestOfferTypeAgain:
    def test_brings_it_back(self):
        consultation_type = ConsultationTypeFactory(retired_at=NOON)
        offer_type_again(consultation_type)
        assert not consultation_type.is_retired
        assert list(ConsultationType.objects.offered()) == [consultation_type]
        assert version_of(consultation_type.doctor) == 1


class TestSavePractice:
    def test_writes_these_columns_and_counts_for_every_doctor_there(self):
        doctors = DoctorFactory.create_batch(2, practice=PracticeFactory())
        practice = doctors[0].practice
        practice.name, practice.country = "Cabinet du Port", "MA"
        save_practice(practice, fields=["name"])
        practice.refresh_from_db()
        assert (practice.name, practice.country) == ("Cabinet du Port", "FR")
        assert [version_of(doctor) for doctor in doctors] == [1, 1]
        assert set(Doctor.objects.search("port")) == set(doctors)


class TestDecideHoliday:
    @pytest.mark.parametrize("decision", Holiday.Decision)
    def test_is_written_and_counts_for_every_doctor_of_the_practice(self, decision):
        holiday = HolidayFactory(decision=Holiday.Decision.PROPOSED)
        doctors = DoctorFactory.create_batch(2, practice=holiday.practice)
        elsewhere = DoctorFactory()
        decide_holiday(holiday, decision)
        assert Holiday.objects.get().decision == decision
        assert [version_of(doctor) for doctor in doctors] == [1, 1]
        assert version_of(elsewhere) == 0

    def test_of_several_days_is_one_change(self):
        first = HolidayFactory(decision=Holiday.Decision.PROPOSED)
        other = HolidayFactory(practice=first.practice, date=dt.date(2027, 3, 2))
        doctor = DoctorFactory(practice=first.practice)
        decide_holidays([first, other], Holiday.Decision.OPEN)
        decided = Holiday.objects.values_list("decision", flat=True)
        assert (list(decided), version_of(doctor)) == (["open", "open"], 1)

    def test_of_a_practice_without_doctors(self):
        holiday = HolidayFactory(practice=PracticeFactory())
        decide_holiday(holiday, Holiday.Decision.OPEN)
        assert Holiday.objects.get().decision == Holiday.Decision.OPEN

    def test_leaves_the_other_days_as_they_are(self):
        holiday = HolidayFactory()
        next_day = HolidayFactory(practice=holiday.practice, date=dt.date(2027, 3, 2))
        decide_holiday(holiday, Holiday.Decision.OPEN)
        next_day.refresh_from_db()
        assert next_day.decision == Holiday.Decision.CLOSED

    def test_with_an_unknown_word_writes_nothing(self):
        holiday = HolidayFactory()
        doctor = DoctorFactory(practice=holiday.practice)
        with pytest.raises(ValueError, match="perhaps"):
            decide_holiday(holiday, "perhaps")
        holiday.refresh_from_db()
        assert (holiday.decision, version_of(doctor)) == (Holiday.Decision.CLOSED, 0)


class TestProposeHolidays:
    NOW = dt.datetime(2026, 12, 24, 23, 30, tzinfo=dt.UTC)  # in Paris it is Christmas Day

    def propose(self, practice):
        return propose_holidays(practice, now=self.NOW)

    def test_lists_18_months_from_the_practices_own_today(self):
        practice = PracticeFactory()
        assert self.propose(practice) == 18
        found = list(practice.holidays.values_list("date", "name", "decision"))
        assert found[0] == (dt.date(2026, 12, 25), "Noël", "proposed")
        assert found[-1] == (dt.date(2028, 6, 5), "Lundi de Pentecôte", "proposed")

    def test_again_adds_nothing_and_changes_nothing(self):
        practice = PracticeFactory()
        self.propose(practice)
        rows = list(Holiday.objects.values_list())
        assert (self.propose(practice), list(Holiday.objects.values_list())) == (0, rows)

    @pytest.mark.parametrize("decision", [Holiday.Decision.CLOSED, Holiday.Decision.OPEN])
    def test_a_decision_and_the_practices_own_name_stay(self, decision):
        mine = HolidayFactory(date=dt.date(2027, 1, 1), name="Fermé", decision=decision)
        self.propose(mine.practice)
        mine.refresh_from_db()
        assert (mine.name, mine.decision) == ("Fermé", decision)

    def moved(self, **options):
        """Whether a holiday stays at a date that the package does not have any more."""
        practice = PracticeFactory(country="MA", time_zone="Africa/Casablanca")
        HolidayFactory(practice=practice, date=dt.date(2027, 3, 8), **options)
        self.propose(practice)
        return practice.holidays.filter(date=dt.date(2027, 3, 8)).exists()

    def test_an_estimated_date_that_moved_before_anybody_decided_goes(self):
        assert not self.moved(decision=Holiday.Decision.PROPOSED, is_estimated=True)

    def test_what_was_decided_or_never_estimated_stays(self):
        assert self.moved(decision=Holiday.Decision.CLOSED, is_estimated=True)
        assert self.moved(decision=Holiday.Decision.PROPOSED, is_estimated=False)

    def test_what_is_past_stays(self):
        before = dt.date(2026, 12, 24)
        past = HolidayFactory(date=before, decision=Holiday.Decision.PROPOSED, is_estimated=True)
        self.propose(past.practice)
        assert Holiday.objects.filter(pk=past.pk).exists()

    def test_no_calendar_counts_it_because_no_time_closes(self):
        doctor = DoctorFactory()
        self.propose(doctor.practice)
        assert version_of(doctor) == 0

    def test_the_command_asks_every_practice(self, capsys):
        practices = PracticeFactory.create_batch(2)
        call_command("propose_holidays")
        listed = [practice.holidays.count() for practice in practices]
        assert listed[0] == listed[1] > 10
        assert capsys.readouterr().out == f"{sum(listed)} holidays proposed\n"
