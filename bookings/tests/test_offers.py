"""Offers of freed times: the patients of the waiting list, the times and the mails."""

import datetime as dt
import threading
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import services
from bookings.messages import offers
from bookings.messages.composing import compose
from bookings.messages.offers import offer_freed_times
from bookings.messages.outbox import send_due
from bookings.models import Notification, PrivateNote, WaitingListEntry
from bookings.services.files import block_patient
from bookings.tests.factories import AppointmentFactory, HoldFactory, WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, secretary_of, verified
from bookings.tests.test_races import at_once
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import engine
from scheduling.models import FreedTime
from scheduling.services import remove_absence
from scheduling.tests.factories import AbsenceFactory, FreedTimeFactory, open_week

pytestmark = pytest.mark.django_db

DAY = engine.DAY
MINUTE = dt.timedelta(minutes=1)
AFTERNOON = monday("14:00")


@pytest.fixture
def consultation_type():
    """A type of half an hour of a doctor with hours on Mondays from nine."""
    consultation_type = ConsultationTypeFactory()
    open_week(consultation_type.doctor, weekdays=[0])
    return consultation_type


def waits(consultation_type, *, before=AFTERNOON, **options):
    return WaitingListEntryFactory(consultation_type=consultation_type, before=before, **options)


def frees(consultation_type, clock="10:00", *, now=FRIDAY_MORNING):
    """Book that time and cancel the visit again."""
    visit = book(consultation_type, at=clock, now=now - MINUTE)
    return services.cancel(visit, by=consultation_type.doctor.user, now=now)


def offered(now=FRIDAY_MORNING):
    """[(person, freed start)] of the offers of one run, in their order."""
    last = Notification.objects.order_by("pk").last()
    offer_freed_times(now=now)
    rows = Notification.objects.filter(kind=Notification.Kind.TIME_FREED)
    rows = rows.filter(pk__gt=last.pk if last else 0).order_by("pk")
    return [(row.waiting_list_entry.patient, row.freed_start) for row in rows]


class TestWhatOpens:
    def test_a_cancelled_visit(self, consultation_type):
        entry = waits(consultation_type)
        frees(consultation_type)
        assert offered() == [(entry.patient, monday("10:00"))]

    def test_a_visit_moved_away(self, consultation_type):
        entry, visit = waits(consultation_type), book(consultation_type, at="10:00")
        services.move(visit, by=visit.booked_by, starts_at=monday("16:00"), now=FRIDAY_MORNING)
        assert offered() == [(entry.patient, monday("10:00"))]

    def test_an_absence_taken_back(self, consultation_type):
        entry = waits(consultation_type)
        absence = AbsenceFactory(doctor=consultation_type.doctor)
        with time_machine.travel(FRIDAY_MORNING, tick=False):
            remove_absence(absence)
        assert offered() == [(entry.patient, monday("09:00"))]

    def test_not_a_hold_that_ends(self, consultation_type):
        waits(consultation_type)
        HoldFactory(consultation_type=consultation_type, expires_at=FRIDAY_MORNING - MINUTE)
        book(consultation_type, at="10:00")
        assert offered() == []

    def test_not_a_time_that_is_taken_again(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        book(consultation_type, at="10:00")
        assert offered() == []

    def test_not_a_cancellation_taken_back(self, consultation_type):
        waits(consultation_type)
        visit = frees(consultation_type)
        services.undo(visit, by=secretary_of(consultation_type.doctor), now=FRIDAY_MORNING)
        assert offered() == []

    def test_not_a_time_that_is_held(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        HoldFactory(
            consultation_type=consultation_type,
            starts_at=monday("10:00"),
            expires_at=FRIDAY_MORNING + 5 * MINUTE,
        )
        assert offered() == []

    def test_not_time_that_is_closed_meanwhile(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        AbsenceFactory(doctor=consultation_type.doctor)
        assert offered() == []

    def test_is_looked_at_once(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        assert len(offered()) == 1
        assert offered(FRIDAY_MORNING + DAY) == []
        assert not FreedTime.objects.exists()


class TestWhatFits:
    def test_is_before_their_visit(self, consultation_type):
        waits(consultation_type, before=monday("10:00"))
        frees(consultation_type, "10:00")
        assert offered() == []

    def test_is_not_before_the_day_that_suits_them(self, consultation_type):
        waits(
            consultation_type, not_before=monday("10:00").date() + DAY, before=AFTERNOON + 7 * DAY
        )
        entry = waits(consultation_type, not_before=monday("10:00").date())
        frees(consultation_type)
        assert offered() == [(entry.patient, monday("10:00"))]

    def test_is_as_long_as_their_visit_with_the_free_time_beside_it(self, consultation_type):
        long = ConsultationTypeFactory(doctor=consultation_type.doctor, duration=60)
        entry = waits(long)
        visits = [
            AppointmentFactory(consultation_type=consultation_type, starts_at=monday("10:30"))
        ]
        frees(consultation_type, "10:00")
        assert offered() == []
        services.cancel(visits[0], by=visits[0].booked_by, now=FRIDAY_MORNING)
        assert offered() == [(entry.patient, monday("10:00"))]

    def test_is_in_hours_of_their_type(self, consultation_type):
        kept = ConsultationTypeFactory()
        open_week(kept.doctor, weekdays=[0], start=540, end=600)
        other = ConsultationTypeFactory(doctor=kept.doctor)
        for hours in open_week(kept.doctor, weekdays=[0], start=600, end=660):
            hours.types.set([other])
        waits(kept)
        frees(other, "10:00")
        assert offered() == []

    def test_is_not_within_the_notice(self, consultation_type):
        hasty = ConsultationTypeFactory(doctor=consultation_type.doctor, notice_minutes=4 * 1440)
        waits(hasty)
        frees(consultation_type)
        assert offered() == []

    def test_is_no_time_that_was_free_before(self, consultation_type):
        entry = waits(consultation_type)
        frees(consultation_type, "11:00")
        assert offered() == [(entry.patient, monday("11:00"))]

    def test_is_not_when_they_are_elsewhere(self, consultation_type):
        entry = waits(consultation_type)
        AppointmentFactory(patient=entry.patient, starts_at=monday("10:00"))
        verified(entry.patient)
        frees(consultation_type)
        assert offered() == []

    def test_is_another_doctors_for_nobody(self, consultation_type):
        waits(ConsultationTypeFactory())
        frees(consultation_type)
        assert offered() == []


class TestWho:
    def test_the_first_on_the_list_are_notified_a_few_at_once(self, consultation_type, settings):
        settings.WAITING_LIST_TOLD_AT_ONCE = 2
        late, early, middle = (
            waits(consultation_type, created_at=FRIDAY_MORNING - hours * 60 * MINUTE)
            for hours in (1, 3, 2)
        )
        frees(consultation_type)
        assert offered() == [(each.patient, monday("10:00")) for each in (early, middle)]
        late.refresh_from_db()
        assert late.told_at is None

    def test_a_second_time_is_for_patients_without_an_offer(self, consultation_type, settings):
        settings.WAITING_LIST_TOLD_AT_ONCE = 1
        first, second = (
            waits(consultation_type, created_at=FRIDAY_MORNING - hours * 60 * MINUTE)
            for hours in (3, 2)
        )
        frees(consultation_type, "10:00")
        frees(consultation_type, "11:00")
        assert offered() == [(first.patient, monday("10:00")), (second.patient, monday("11:00"))]

    def test_nobody_is_notified_twice_within_the_pause(self, consultation_type, settings):
        entry = waits(consultation_type)
        RelativeFactory(account=entry.patient.account)
        waits(consultation_type, patient=RelativeFactory(account=entry.patient.account))
        frees(consultation_type, "10:00")
        assert offered() == [(entry.patient, monday("10:00"))]
        soon = FRIDAY_MORNING + settings.WAITING_LIST_PAUSE - MINUTE
        frees(consultation_type, "11:00", now=soon)
        assert offered(soon) == []
        later = FRIDAY_MORNING + settings.WAITING_LIST_PAUSE
        frees(consultation_type, "12:00", now=later)
        assert len(offered(later)) == 1

    def test_a_patient_who_may_not_book_gets_no_offer(self, consultation_type):
        entry = waits(consultation_type)
        block_patient(
            by=consultation_type.doctor.user,
            patient=entry.patient,
            practice=consultation_type.doctor.practice,
        )
        frees(consultation_type)
        assert offered() == []

    def test_a_patient_who_cannot_move_online_gets_no_offer(self, consultation_type):
        entry = waits(consultation_type, before=monday("18:00"))
        entry.appointment = AppointmentFactory(
            consultation_type=consultation_type, patient=entry.patient, starts_at=monday("16:00")
        )
        entry.save()
        late = monday("16:00") - dt.timedelta(hours=23)
        frees(consultation_type, "10:00", now=late - DAY)
        assert offered(late) == []

    def test_an_ended_entry_gets_no_offer(self, consultation_type):
        left, over = waits(consultation_type), waits(consultation_type, before=monday("09:30"))
        services.leave_waiting_list(left, now=FRIDAY_MORNING)
        frees(consultation_type, "10:00", now=monday("09:30"))
        assert offered(monday("09:30")) == []
        over.refresh_from_db()
        assert over.end == WaitingListEntry.End.OVER

    @pytest.mark.parametrize("rows", [1, 30])
    def test_costs_the_same_queries_for_one_and_thirty_ineligible_patients(
        self, consultation_type, django_assert_num_queries, rows
    ):
        for _ in range(rows):
            waits(
                consultation_type,
                before=monday("10:00") + MINUTE,
                not_before=monday("10:00").date() + DAY,
            )
        frees(consultation_type)
        # End expired entries; freed times; entries; hours, holidays, busy time; recent offers;
        # and a transaction that deletes the freed time.
        with django_assert_num_queries(10):
            assert offer_freed_times(now=FRIDAY_MORNING) == 0


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    @pytest.fixture
    def both_look_first(self, monkeypatch):
        """Both runs find the same offers before one of them queues the messages."""
        both, look = threading.Barrier(2), offers._matches

        def slowly(*args):
            found = list(look(*args))
            both.wait(10)
            return found

        monkeypatch.setattr(offers, "_matches", slowly)

    def told_by_two_runs(self):
        consultation_type = ConsultationTypeFactory()
        waits(consultation_type)
        FreedTimeFactory(doctor=consultation_type.doctor)
        at_once(*[lambda: offer_freed_times(now=FRIDAY_MORNING)] * 2)
        return Notification.objects.count()

    def test_runs_notify_nobody_twice(self, both_look_first):
        assert self.told_by_two_runs() == 1

    def test_runs_without_a_claim_do(self, both_look_first, monkeypatch):
        """The negative control: without the claim the race of the other test fails."""
        monkeypatch.setattr(offers, "_take", lambda freed: True)
        assert self.told_by_two_runs() == 2

    def test_joining_in_two_tabs_makes_one_entry(self):
        consultation_type, patient = ConsultationTypeFactory(), PatientFactory()
        options = {
            "patient": patient,
            "doctor": consultation_type.doctor,
            "consultation_type": consultation_type,
        }
        joined = at_once(*[lambda: services.join_waiting_list(**options)] * 2)
        assert joined[0] == joined[1] == WaitingListEntry.objects.get()


class TestMail:
    @pytest.fixture
    def entry(self, consultation_type, settings):
        settings.SITE_URL = "https://tbib.example"
        doctor = consultation_type.doctor
        type(doctor).objects.filter(pk=doctor.pk).update(slug="alami")
        doctor.user.first_name, doctor.user.last_name = "Salma", "Alami"
        doctor.user.save()
        type(doctor.practice).objects.update(name="Cabinet de l'Atlas & fils")
        return waits(consultation_type)

    def sent(self, entry, language="en", clock="10:00"):
        frees(entry.consultation_type, clock)
        offer_freed_times(now=FRIDAY_MORNING)
        row = Notification.objects.get(kind=Notification.Kind.TIME_FREED)
        row.language = language
        return compose(row, now=FRIDAY_MORNING)

    def test_leads_straight_to_that_day_and_reason(self, entry):
        message = self.sent(entry)
        assert message.subject == (
            "A time is free: Monday 1 March at 10:00, Cabinet de l'Atlas & fils"
        )
        assert (
            message.body
            == f"""\
Hello,

You asked to be told: an earlier time is free.

Monday 1 March 2027 at 10:00 (Paris time)
Dr Salma Alami, Consultation
For Nadia Benali

To take it:
https://tbib.example/doctors/alami/?seen=yes&type={entry.consultation_type_id}&from=2027-03-01

Others who wait may have had this message too: the time goes to whoever books it first.

To be told no more, leave the waiting list here:
https://tbib.example/bookings/

Cabinet de l'Atlas & fils
"""
        )

    def test_with_an_appointment_leads_to_moving_it(self, entry):
        visit = book(entry.consultation_type, patient=entry.patient, at="14:00")
        body = self.sent(entry).body
        assert (
            f"""\
To move your appointment of Monday 1 March at 14:00 there:
https://tbib.example/bookings/{visit.pk}/move/?from=2027-03-01

Your present time stays yours until the new one is confirmed."""
            in body
        )

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_says_nothing_of_health(self, entry, language):
        visit = book(entry.consultation_type, patient=entry.patient, at="14:00", reason="canary")
        PrivateNote.objects.create(doctor=entry.doctor, appointment=visit, text="canary")
        message = self.sent(entry, language)
        assert "canary" not in message.body + message.subject
        for word in ("Alami", "Consultation", "Nadia"):
            assert word not in message.subject
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"

    def test_is_sent_by_the_outbox(self, entry):
        self.sent(entry)
        send_due(now=FRIDAY_MORNING + MINUTE)
        assert entry.patient.account.email in [each for out in mail.outbox for each in out.to]

    @pytest.mark.parametrize("what", ["taken", "left"])
    def test_is_dropped_when_the_offer_is_not_true_any_more(self, entry, what):
        self.sent(entry)
        Notification.objects.exclude(kind=Notification.Kind.TIME_FREED).delete()
        if what == "taken":
            book(entry.consultation_type, at="10:00")
            Notification.objects.exclude(kind=Notification.Kind.TIME_FREED).delete()
        else:
            services.leave_waiting_list(entry, now=FRIDAY_MORNING)
        assert send_due(now=FRIDAY_MORNING + MINUTE) == (0, 0)
        assert Notification.objects.get().dropped_at == FRIDAY_MORNING + MINUTE


def test_the_command_says_how_many(consultation_type):
    waits(consultation_type)
    frees(consultation_type)
    out = StringIO()
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        call_command("offer_freed_times", stdout=out)
    assert out.getvalue() == "1 people notified\n"


def test_a_cancellation_only_records_the_freed_time(consultation_type):
    """A cancellation must not wait for the search of the waiting list."""
    waits(consultation_type, patient=PatientFactory())
    frees(consultation_type)
    freed = FreedTime.objects.get()
    assert (freed.starts_at, freed.ends_at) == (monday("10:00"), monday("10:30"))
    assert not Notification.objects.filter(kind=Notification.Kind.TIME_FREED).exists()
