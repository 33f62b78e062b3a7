"""Closing time with visits in it: each visit has a decision, or nothing is written."""

import datetime as dt

import pytest

from bookings import rules, services
from bookings.messages.composing import compose
from bookings.messages.links import visit_link
from bookings.models import Appointment
from bookings.services import Decisions, Outcome, VisitsAffected
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import secretary_of
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.tests.factories import HolidayFactory, OpeningHoursFactory, open_week

pytestmark = pytest.mark.django_db

WHOLE_MONDAY = {"starts_at": monday("08:00"), "ends_at": monday("20:00")}
SUNDAY_EVENING = monday("20:00") - dt.timedelta(days=1)
"""Past the deadline of a visit on Monday."""


def away(doctor, *, by=None, decisions=None, now=FRIDAY_MORNING, **options):
    return services.take_absence(
        by=by or doctor.user,
        doctor=doctor,
        decisions=decisions,
        now=now,
        **{**WHOLE_MONDAY, **options},
    )


def hit_when(act):
    """[(visit, whether the reader decides)] of the refusal that `act` raises."""
    with pytest.raises(VisitsAffected) as refused:
        act()
    return [tuple(hit) for hit in refused.value.affected]


def decide(*visits, outcome, message=""):
    return Decisions({visit.pk: outcome for visit in visits}, message)


def status_of(visit):
    return Appointment.objects.get(pk=visit.pk).status


class TestAbsence:
    def test_without_affected_visits_is_written(self):
        doctor = DoctorFactory()
        AppointmentFactory(doctor=doctor, starts_at=monday("20:00"))
        absence = away(doctor, reason="Congrès")
        assert DoctorAbsence.objects.get() == absence
        assert (absence.starts_at, absence.reason) == (monday("08:00"), "Congrès")

    def test_posted_twice_is_written_once(self):
        doctor = DoctorFactory()
        assert away(doctor) == away(doctor)
        assert DoctorAbsence.objects.count() == 1

    def test_with_affected_visits_shows_each_and_writes_nothing(self):
        late = AppointmentFactory(starts_at=monday("11:00"))
        early = AppointmentFactory(doctor=late.doctor, starts_at=monday("10:00"))
        assert hit_when(lambda: away(late.doctor)) == [(early, True), (late, True)]
        assert DoctorAbsence.objects.count() == 0

    def test_applies_the_decision_about_each_visit(self):
        doctor = DoctorFactory()
        kept, asked, cancelled = (
            AppointmentFactory(doctor=doctor, starts_at=monday(at))
            for at in ("10:00", "11:00", "12:00")
        )
        decided = {kept.pk: Outcome.KEEP, asked.pk: Outcome.ASK, cancelled.pk: Outcome.CANCEL}
        away(doctor, decisions=Decisions(decided, "Je suis en congrès."))
        assert [status_of(each) for each in (kept, asked, cancelled)] == [
            Status.CONFIRMED,
            Status.CONFIRMED,
            Status.CANCELLED,
        ]
        messages = [
            list(each.notifications.values_list("kind", "message")) for each in (kept, asked)
        ]
        assert messages == [[], [("move_asked", "Je suis en congrès.")]]
        assert cancelled.notifications.get().message == "Je suis en congrès."
        assert asked.changes.get().by == doctor.user
        assert DoctorAbsence.objects.count() == 1

    def test_a_visit_booked_meanwhile_is_shown_before_anything_is_written(self):
        seen = AppointmentFactory(starts_at=monday("10:00"))
        decided = decide(seen, outcome=Outcome.CANCEL)
        new = AppointmentFactory(doctor=seen.doctor, starts_at=monday("11:00"))
        hit = hit_when(lambda: away(seen.doctor, decisions=decided))
        assert hit == [(seen, True), (new, True)]
        assert (status_of(seen), DoctorAbsence.objects.count()) == (Status.CONFIRMED, 0)

    def test_a_visit_that_went_elsewhere_meanwhile_is_left_alone(self):
        visit = AppointmentFactory(starts_at=monday("10:00"))
        decided = decide(visit, outcome=Outcome.CANCEL)
        Appointment.objects.update(
            starts_at=monday("20:00"), ends_at=monday("20:00") + dt.timedelta(minutes=30)
        )
        away(visit.doctor, decisions=decided)
        assert (status_of(visit), DoctorAbsence.objects.count()) == (Status.CONFIRMED, 1)

    def test_the_desk_decides_nothing_about_visits_at_another_practice(self):
        doctor = DoctorFactory()
        ours = AppointmentFactory(doctor=doctor, starts_at=monday("10:00"))
        theirs = AppointmentFactory(
            doctor=doctor, practice=PracticeFactory(), starts_at=monday("11:00")
        )
        secretary = secretary_of(doctor)
        hit = hit_when(lambda: away(doctor, by=secretary))
        assert hit == [(ours, True), (theirs, False)]
        away(doctor, by=secretary, decisions=decide(ours, theirs, outcome=Outcome.CANCEL))
        assert [status_of(each) for each in (ours, theirs)] == [Status.CANCELLED, Status.CONFIRMED]

    def test_is_the_desks_alone(self):
        doctor = DoctorFactory()
        with pytest.raises(rules.RuleRefused):
            away(doctor, by=DoctorFactory().user)
        assert DoctorAbsence.objects.count() == 0


class TestHours:
    def change(self, doctor, days, **options):
        return services.change_hours(
            by=doctor.user, doctor=doctor, days=days, now=FRIDAY_MORNING, **options
        )

    def test_replace_the_days_named_and_no_other(self):
        doctor = DoctorFactory()
        open_week(doctor)
        self.change(doctor, {0: [OpeningHours(start_minute=600, end_minute=660)], 6: []})
        saved = doctor.opening_hours.values_list("weekday", "start_minute")
        assert list(saved) == [(0, 600), *((day, 540) for day in range(1, 6))]

    def test_ask_about_the_visits_they_put_outside_and_no_others(self):
        doctor = DoctorFactory()
        open_week(doctor)
        inside, hit, before = (
            AppointmentFactory(doctor=doctor, starts_at=monday(at))
            for at in ("10:00", "15:00", "19:00")
        )
        morning = {0: [OpeningHours(start_minute=540, end_minute=720)]}
        assert hit_when(lambda: self.change(doctor, morning)) == [(hit, True)]
        assert doctor.opening_hours.filter(end_minute=1020).count() == 7
        morning = {0: [OpeningHours(start_minute=540, end_minute=720)]}
        self.change(doctor, morning, decisions=decide(hit, outcome=Outcome.CANCEL))
        statuses = [status_of(each) for each in (inside, hit, before)]
        assert statuses == [Status.CONFIRMED, Status.CANCELLED, Status.CONFIRMED]

    def test_saved_for_the_first_time_ask_about_the_visits_of_the_fallback(self):
        visit = AppointmentFactory(starts_at=monday("10:00"))
        tuesday = {1: [OpeningHours(start_minute=540, end_minute=720)]}
        assert hit_when(lambda: self.change(visit.doctor, tuesday)) == [(visit, True)]
        assert not visit.doctor.opening_hours.exists()

    def test_kept_for_another_type_put_a_visit_outside(self):
        visit = AppointmentFactory()
        OpeningHoursFactory(doctor=visit.doctor)
        row = OpeningHours(start_minute=540, end_minute=1020)
        row.kept_for = [ConsultationTypeFactory(doctor=visit.doctor)]
        assert hit_when(lambda: self.change(visit.doctor, {0: [row]})) == [(visit, True)]

    def test_are_the_desks_alone(self):
        row = OpeningHoursFactory()
        with pytest.raises(rules.RuleRefused):
            services.change_hours(by=DoctorFactory().user, doctor=row.doctor, days={0: []})
        assert row.doctor.opening_hours.get() == row


class TestHolidays:
    def decide(self, *holidays, by, decision=Holiday.Decision.CLOSED, **options):
        return services.decide_holidays(
            by=by, holidays=holidays, decision=decision, now=FRIDAY_MORNING, **options
        )

    def proposed(self, **options):
        return HolidayFactory(decision=Holiday.Decision.PROPOSED, **options)

    def test_closing_shows_the_visits_of_all_of_them(self):
        holiday = self.proposed()
        visit = AppointmentFactory(doctor__practice=holiday.practice)
        by = secretary_of(visit.doctor)
        assert hit_when(lambda: self.decide(holiday, by=by)) == [(visit, True)]
        self.decide(holiday, by=by, decisions=decide(visit, outcome=Outcome.ASK))
        holiday.refresh_from_db()
        assert (holiday.decision, visit.notifications.get().kind) == ("closed", "move_asked")

    def test_a_doctor_sees_the_colleagues_visits_and_decides_about_their_own(self):
        holiday = self.proposed()
        own = AppointmentFactory(doctor__practice=holiday.practice)
        other = AppointmentFactory(doctor__practice=holiday.practice, starts_at=monday("11:00"))
        hit = hit_when(lambda: self.decide(holiday, by=own.doctor.user))
        assert hit == [(own, True), (other, False)]

    def test_one_of_several_that_affects_a_visit_stops_all(self):
        hit = self.proposed()
        free = self.proposed(practice=hit.practice, date=dt.date(2027, 3, 2))
        visit = AppointmentFactory(doctor__practice=hit.practice)
        hit_when(lambda: self.decide(free, hit, by=visit.doctor.user))
        assert not Holiday.objects.filter(decision="closed").exists()

    def test_opening_asks_nothing(self):
        holiday = self.proposed()
        visit = AppointmentFactory(doctor__practice=holiday.practice)
        self.decide(holiday, by=visit.doctor.user, decision=Holiday.Decision.OPEN)
        holiday.refresh_from_db()
        assert (holiday.decision, visit.changes.count()) == ("open", 0)

    def test_are_the_practices_alone(self):
        holiday = self.proposed()
        with pytest.raises(rules.RuleRefused):
            self.decide(holiday, by=DoctorFactory().user)
        holiday.refresh_from_db()
        assert holiday.decision == "proposed"


class TestAskToMove:
    def asked(self, **options):
        consultation_type = ConsultationTypeFactory(**options)
        visit = AppointmentFactory(
            consultation_type=consultation_type, patient__account__language="fr"
        )
        return services.ask_to_move(
            visit, by=consultation_type.doctor.user, message="Désolés.", now=FRIDAY_MORNING
        )

    def move(self, visit, at, now=SUNDAY_EVENING):
        return services.move(visit, by=visit.patient.account, starts_at=monday(at), now=now)

    def test_is_stamped_and_changes_no_status(self):
        visit = self.asked()
        change = visit.changes.get()
        assert (change.verb, change.from_status, change.to_status) == (
            Verb.ASK_TO_MOVE,
            Status.CONFIRMED,
            Status.CONFIRMED,
        )
        assert (visit.is_asked_to_move(), visit.status) == (True, Status.CONFIRMED)

    def test_the_patient_moves_past_the_deadline_once(self):
        visit = self.asked()
        moved = self.move(visit, "15:00")
        assert (moved.starts_at, moved.is_asked_to_move()) == (monday("15:00"), False)
        with pytest.raises(rules.RuleRefused) as refused:
            self.move(moved, "16:00")
        assert refused.value.code == "too_late_to_change"

    def test_the_patient_may_cancel_past_the_deadline(self):
        visit = self.asked()
        services.cancel(visit, by=visit.patient.account, now=SUNDAY_EVENING)
        assert status_of(visit) == Status.CANCELLED

    def test_the_patient_moves_a_request_that_the_practice_confirmed(self):
        assert self.move(self.asked(needs_confirmation=True), "15:00").starts_at == monday("15:00")

    def test_of_a_visit_that_is_over_is_refused(self):
        visit = AppointmentFactory(status=Status.CANCELLED)
        with pytest.raises(rules.StateConflict):
            services.ask_to_move(visit, by=visit.doctor.user)

    def test_is_the_desks_alone(self):
        visit = AppointmentFactory()
        with pytest.raises(rules.RuleRefused):
            services.ask_to_move(visit, by=visit.patient.account)

    def test_the_undo_of_the_desk_does_not_take_it_back(self):
        visit = self.asked()
        with pytest.raises(rules.StateConflict):
            services.undo(visit, by=visit.doctor.user, now=FRIDAY_MORNING)

    def mail(self, visit):
        return compose(visit.notifications.get(), now=FRIDAY_MORNING)

    def test_the_mail_leads_to_the_other_times(self):
        visit = self.asked()
        mail = self.mail(visit)
        assert mail.subject.startswith(
            "Rendez-vous à déplacer\xa0: lundi 1er mars à 10:00, Cabinet"
        )
        assert f"{visit_link(visit)}?do=move" in mail.body
        assert "Désolés." in mail.body

    def test_the_page_says_so_and_offers_the_move_past_the_deadline(self, client):
        visit = self.asked()
        client.force_login(visit.patient.account)
        page = client.get(f"/bookings/{visit.pk}/")
        assert page.context["is_asked_to_move"]
        assert f"/bookings/{visit.pk}/move/" in page.text
