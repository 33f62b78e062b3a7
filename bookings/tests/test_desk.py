import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from accounts.models import Patient
from accounts.tests.factories import AdminFactory, PatientFactory
from bookings import rules, services
from bookings.models import Appointment, Notification
from bookings.models.files import no_shows
from bookings.services.desk import HasVisitToday
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, secretary_of, version_of
from doctors.models import ConsultationType
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, MembershipFactory
from scheduling.services import retire_type

pytestmark = pytest.mark.django_db

ELEVEN = monday("11:00")
"""An hour after the visits of these tests begin."""


TUESDAY = ELEVEN + dt.timedelta(days=1)


def apply(verb, appointment, *, by=None, to=None, now=ELEVEN):
    """Apply the verb with its service."""
    by = by or appointment.doctor.user
    if verb is Verb.CANCEL:
        return services.cancel(appointment, by=by, now=now)
    return services.change_status(appointment, verb, by=by, to=to, now=now)


VERBS = [Verb.CONFIRM, Verb.ARRIVE, Verb.START, Verb.FINISH, Verb.MARK_ABSENT, Verb.CANCEL]


class TestChangeStatus:
    @pytest.mark.parametrize("verb", [Verb.REQUEST, Verb.BOOK, Verb.ADD_WALK_IN, Verb.MOVE])
    def test_refuses_verbs_that_are_no_change_of_status(self, verb):
        with pytest.raises(rules.StateConflict):
            apply(verb, AppointmentFactory())

    def test_cancel_has_a_service_of_its_own_that_notifies_the_patient(self):
        with pytest.raises(ValueError, match="use cancel"):
            services.change_status(
                appointment := AppointmentFactory(), Verb.CANCEL, by=appointment.doctor.user
            )

    def test_nobody_is_absent_before_the_visit_begins(self):
        appointment = AppointmentFactory()
        with pytest.raises(rules.StateConflict) as refused:
            apply(Verb.MARK_ABSENT, appointment, now=monday("10:00") - dt.timedelta(seconds=1))
        assert refused.value.code == "not_begun"
        absent = apply(Verb.MARK_ABSENT, appointment, now=monday("10:00"))
        assert absent.status == Status.NO_SHOW

    @pytest.mark.parametrize("verb", [Verb.ARRIVE, Verb.START])
    @pytest.mark.parametrize(
        ("start", "now", "code"),
        [
            ("2027-03-01T17:00", "2027-02-28T17:00", "not_its_day"),
            ("2027-03-01T17:00", "2027-03-01T00:00", None),
            ("2027-03-01T17:00", "2027-03-01T23:59", None),
            ("2027-03-01T17:00", "2027-03-02T00:00", "day_is_over"),
            ("2027-03-02T00:30", "2027-03-01T21:29", "not_its_day"),
            ("2027-03-02T00:30", "2027-03-01T21:30", None),
            ("2027-03-01T23:45", "2027-03-02T00:10", None),
        ],
    )
    def test_patients_arrive_and_are_called_on_the_day_or_three_hours_before(
        self, verb, start, now, code
    ):
        paris = ZoneInfo("Europe/Paris")
        start, now = (
            dt.datetime.fromisoformat(each).replace(tzinfo=paris) for each in (start, now)
        )
        refusal = services.why_not_now(AppointmentFactory(starts_at=start), verb, now)
        assert (refusal and refusal.code) == code

    def test_a_visit_nobody_saw_is_finished_once_its_day_is_over(self):
        appointment = AppointmentFactory()
        with pytest.raises(rules.StateConflict) as refused:
            apply(Verb.FINISH, appointment, now=monday("23:59"))
        assert refused.value.code == "not_arrived"
        assert apply(Verb.FINISH, appointment, now=TUESDAY).status == Status.DONE

    def test_confirm_notifies_the_patient_and_no_other_verb_does(self):
        appointment = AppointmentFactory(status=Status.PENDING, starts_at=monday("12:00"))
        for verb in (Verb.CONFIRM, Verb.ARRIVE, Verb.START, Verb.FINISH):
            apply(verb, appointment)
        kinds = appointment.notifications.values_list("kind", flat=True)
        assert list(kinds) == [Notification.Kind.CONFIRMED]

    def test_a_request_whose_time_has_come_cannot_be_confirmed_any_more(self):
        appointment = AppointmentFactory(status=Status.PENDING, starts_at=ELEVEN)
        with pytest.raises(rules.StateConflict) as caught:
            apply(Verb.CONFIRM, appointment)
        assert caught.value.code == "request_is_over"
        appointment.refresh_from_db()
        assert appointment.status == Status.PENDING

    def test_a_change_of_a_visit_that_changed_names_the_person_and_the_time(self):
        appointment = AppointmentFactory()
        secretary = secretary_of(appointment.doctor)
        apply(Verb.ARRIVE, appointment, by=secretary)
        with pytest.raises(rules.StateConflict) as caught, translation.override("en"):
            services.change_status(
                appointment, Verb.START, by=appointment.doctor.user, expected_sequence=0, now=ELEVEN
            )
        assert (caught.value.code, str(caught.value)) == (
            "changed_meanwhile",
            "This appointment has changed in the meantime: it is “Arrived” now. "
            f"11:00, {secretary}: arrived.",
        )

    def test_of_two_people_the_later_one_gets_the_present_status(self):
        appointment = AppointmentFactory()
        seen_by_the_other = Appointment.objects.get(pk=appointment.pk)
        apply(Verb.ARRIVE, appointment)
        with pytest.raises(rules.StateConflict) as caught, translation.override("en"):
            apply(Verb.MARK_ABSENT, seen_by_the_other)
        assert str(caught.value) == (
            "This appointment is “Arrived”: it cannot become “marked absent” now."
        )
        assert caught.value.status == 409


class TestCorrect:
    @pytest.mark.parametrize("to", [Status.DONE, Status.NO_SHOW])
    def test_is_for_a_later_day(self, to):
        appointment = AppointmentFactory(status=Status.ARRIVED)
        with pytest.raises(rules.StateConflict) as refused:
            apply(Verb.CORRECT, appointment, to=to)
        assert refused.value.code == "day_is_not_over"
        assert apply(Verb.CORRECT, appointment, to=to, now=TUESDAY).status == to

    def test_is_stamped_and_counted_like_the_others(self):
        appointment = AppointmentFactory(status=Status.DONE)
        secretary = secretary_of(appointment.doctor)
        apply(Verb.CORRECT, appointment, by=secretary, to=Status.NO_SHOW, now=TUESDAY)
        (row,) = appointment.changes.all()
        assert (row.verb, row.from_status, row.to_status, row.by, row.at) == (
            Verb.CORRECT,
            Status.DONE,
            Status.NO_SHOW,
            secretary,
            TUESDAY,
        )
        person = {"patient": appointment.patient, "practice": appointment.practice}
        assert no_shows(**person, now=TUESDAY) == 1
        apply(Verb.CORRECT, appointment, to=Status.DONE, now=TUESDAY)
        assert no_shows(**person, now=TUESDAY) == 0

    def test_of_an_absence_whose_time_was_given_away_is_refused_until_the_desk_insists(self):
        absent = AppointmentFactory(status=Status.NO_SHOW)
        AppointmentFactory(doctor=absent.doctor, starts_at=monday("10:15"), status=Status.DONE)
        with pytest.raises(rules.SlotTaken) as refused:
            apply(Verb.CORRECT, absent, to=Status.DONE, now=TUESDAY)
        assert refused.value.status == 409
        came = services.change_status(
            absent, Verb.CORRECT, by=absent.doctor.user, to=Status.DONE, overbook=True, now=TUESDAY
        )
        assert (came.status, came.is_overbooked) == (Status.DONE, True)

    def test_of_a_walk_in_that_left_makes_an_absence(self):
        walk_in = AppointmentFactory(walk_in=True)
        changed = apply(Verb.CORRECT, walk_in, to=Status.NO_SHOW, now=TUESDAY)
        assert changed.status == Status.NO_SHOW


class TestTheDesk:
    @pytest.mark.parametrize("verb", VERBS)
    def test_is_never_the_patient_another_practice_or_a_former_member(self, verb):
        status = Status.PENDING if verb is Verb.CONFIRM else Status.ARRIVED
        if verb in (Verb.ARRIVE, Verb.MARK_ABSENT):
            status = Status.CONFIRMED
        appointment = AppointmentFactory(status=status)
        practice = appointment.practice
        for by in (
            appointment.patient.account,
            MembershipFactory().user,
            MembershipFactory(practice=practice, ended_at=FRIDAY_MORNING).user,
            DoctorFactory(practice=practice).user,
        ):
            with pytest.raises(rules.Refusal):
                apply(verb, appointment, by=by)
        appointment.refresh_from_db()
        assert appointment.status == status

    def test_is_the_doctor_each_secretary_of_the_practice_and_an_admin(self):
        doctor = DoctorFactory()
        staff = [doctor.user, secretary_of(doctor), secretary_of(doctor), AdminFactory()]
        for hour, by in enumerate(staff, start=10):
            appointment = AppointmentFactory(doctor=doctor, starts_at=monday(f"{hour}:00"))
            assert apply(Verb.ARRIVE, appointment, by=by).status == Status.ARRIVED


class TestWalkIn:
    def walk_in(self, doctor, *, now=ELEVEN, by=None, patient=None, **options):
        return services.add_walk_in(
            by=by or doctor.user,
            doctor=doctor,
            patient=patient or PatientFactory(account=None),
            now=now,
            **options,
        )

    def numbers(self, doctor):
        rows = doctor.appointments.order_by("created_at", "queue_number")
        return list(rows.values_list("queue_number", flat=True))

    def test_has_no_time_todays_date_and_the_next_number_and_has_arrived(self):
        doctor = DoctorFactory()
        first, second = self.walk_in(doctor), self.walk_in(doctor)
        assert (second.starts_at, second.ends_at, second.queue_date, second.status) == (
            None,
            None,
            dt.date(2027, 3, 1),
            Status.ARRIVED,
        )
        assert (first.queue_number, second.queue_number) == (1, 2)
        assert list(first.changes.values_list("verb", "to_status", "by", "at")) == [
            (Verb.ADD_WALK_IN, Status.ARRIVED, doctor.user.pk, ELEVEN)
        ]
        assert version_of(doctor) == 2

    def test_has_the_types_name_duration_and_price(self):
        consultation_type = ConsultationTypeFactory(
            name="Urgence", duration=20, price=45, currency="MAD"
        )
        added = self.walk_in(consultation_type.doctor, consultation_type=consultation_type)
        assert (added.type_name, added.duration, added.price, added.currency) == (
            "Urgence",
            20,
            45,
            "MAD",
        )

    def test_one_person_has_one_number_a_day_and_doctor_however_often_it_is_posted(self):
        doctor, person = DoctorFactory(), PatientFactory()
        first, again = (self.walk_in(doctor, patient=person) for _post in range(2))
        assert (again, self.numbers(doctor)) == (first, [1])
        assert first.changes.count() == 1
        assert self.walk_in(DoctorFactory(), patient=person).queue_number == 1
        assert self.walk_in(doctor, patient=person, now=TUESDAY).queue_date.day == 2

    def test_a_newcomer_posted_twice_is_one_person_with_one_number(self):
        doctor = DoctorFactory()
        phones = ["+33661204815", "+33661204815", "+33661204816"]
        people = [Patient(first_name="Omar", last_name="Idrissi", phone=phone) for phone in phones]
        added = [self.walk_in(doctor, patient=person) for person in people]
        assert [each.queue_number for each in added] == [1, 1, 2]
        assert Patient.objects.filter(last_name="Idrissi").count() == 2

    def test_two_newcomers_of_one_name_about_whom_nothing_else_is_known_are_two(self):
        doctor = DoctorFactory()
        people = [Patient(first_name="Omar", last_name="Idrissi") for _each in range(2)]
        added = [self.walk_in(doctor, patient=person) for person in people]
        assert [each.queue_number for each in added] == [1, 2]

    def test_who_left_and_comes_again_gets_a_new_number(self):
        doctor, person = DoctorFactory(), PatientFactory()
        services.cancel(self.walk_in(doctor, patient=person), by=doctor.user, now=ELEVEN)
        assert self.walk_in(doctor, patient=person).queue_number == 2

    @pytest.mark.parametrize(
        ("status", "start"),
        [
            (Status.CONFIRMED, "15:00"),
            (Status.PENDING, "15:00"),
            (Status.ARRIVED, "10:00"),
            (Status.CONFIRMED, "10:00"),
        ],
    )
    def test_who_has_a_visit_today_is_named_before_a_number_is_given(self, status, start):
        visit = AppointmentFactory(status=status, starts_at=monday(start))
        wanted = {"doctor": visit.doctor, "patient": visit.patient}
        with pytest.raises(HasVisitToday) as refused:
            self.walk_in(**wanted, beside_visit=False)
        assert (refused.value.visit, refused.value.status) == (visit, 409)
        assert self.walk_in(**wanted, beside_visit=True).queue_number == 1

    def test_a_visit_of_another_day_or_one_that_is_over_does_not_stand_in_the_way(self):
        doctor, patient = DoctorFactory(), PatientFactory()
        of_today = {"doctor": doctor, "patient": patient}
        AppointmentFactory(**of_today, status=Status.DONE)
        AppointmentFactory(**of_today, starts_at=TUESDAY)
        assert self.walk_in(**of_today, beside_visit=False).queue_number == 1

    def test_takes_no_public_slot_and_no_number_from_a_visit_with_a_time(self):
        consultation_type = ConsultationTypeFactory()
        self.walk_in(consultation_type.doctor, now=monday("09:50"))
        assert book(consultation_type, now=monday("09:55")).queue_number is None

    def test_numbers_are_not_used_again_after_a_cancellation(self):
        doctor = DoctorFactory()
        self.walk_in(doctor)
        services.cancel(self.walk_in(doctor), by=doctor.user, now=ELEVEN)
        self.walk_in(doctor)
        assert self.numbers(doctor) == [1, 2, 3]

    def test_numbers_are_each_doctors_own(self):
        doctor = DoctorFactory()
        colleague = DoctorFactory(practice=doctor.practice)
        assert self.walk_in(doctor).queue_number == 1
        assert self.walk_in(colleague).queue_number == 1

    @pytest.mark.parametrize(
        ("zone", "last_of_monday"),
        [
            ("Europe/Paris", "2027-03-01T22:59:00Z"),
            ("Pacific/Auckland", "2027-03-01T10:59:00Z"),
            ("Pacific/Honolulu", "2027-03-02T09:59:00Z"),
            ("Africa/Casablanca", "2027-03-01T23:59:00Z"),
        ],
    )
    def test_numbers_begin_again_at_the_practices_own_midnight(self, zone, last_of_monday):
        doctor = DoctorFactory(practice__time_zone=zone)
        before = dt.datetime.fromisoformat(last_of_monday)
        after = before + dt.timedelta(minutes=1)
        added = [self.walk_in(doctor, now=now) for now in (before, before, after)]
        assert [(each.queue_date.day, each.queue_number) for each in added] == [
            (1, 1),
            (1, 2),
            (2, 1),
        ]

    def test_a_new_person_is_added_with_the_visit(self):
        new = Patient(first_name="Omar", last_name="Idrissi")
        added = self.walk_in(DoctorFactory(), patient=new)
        assert (added.patient.name, added.patient_name) == ("Omar Idrissi", "Omar Idrissi")

    def test_nobody_is_written_to_about_a_walk_in(self):
        doctor = DoctorFactory()
        added = self.walk_in(doctor, patient=PatientFactory())
        services.cancel(added, by=doctor.user, now=ELEVEN)
        services.undo(added, by=doctor.user, now=ELEVEN)
        assert not Notification.objects.exists()

    def test_of_a_retired_type_or_another_doctors_is_refused(self):
        doctor = DoctorFactory()
        retired = ConsultationTypeFactory(doctor=doctor)
        retire_type(ConsultationType.objects.get(pk=retired.pk))
        new = Patient(first_name="Omar", last_name="Idrissi")
        for consultation_type in (retired, ConsultationTypeFactory()):
            with pytest.raises(rules.TimeNotOffered) as refused:
                self.walk_in(doctor, consultation_type=consultation_type, patient=new)
            assert (refused.value.code, refused.value.status) == ("type_not_offered", 422)
        assert not Appointment.objects.exists()
        assert not Patient.objects.filter(first_name="Omar").exists()

    def test_is_added_by_that_doctors_desk_only(self):
        doctor, patient = DoctorFactory(), PatientFactory()
        for by in (patient.account, DoctorFactory().user, MembershipFactory().user):
            with pytest.raises(rules.RuleRefused) as refused:
                self.walk_in(doctor, by=by, patient=patient)
            assert refused.value.code == "desk_only"
        assert self.walk_in(doctor, by=secretary_of(doctor)).queue_number == 1
