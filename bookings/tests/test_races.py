"""Races of two people in two threads, on SQLite and on PostgreSQL.

`make race` runs races over HTTP with more people. Here the threads wait for each other between
check and write, so that every run is the same.
"""

import contextlib
import datetime as dt
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client

from accounts.models import Patient
from accounts.services import PersonHasAppointments, remove_relative
from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings import rules, services, slots
from bookings.confirming import views as confirming
from bookings.messages import offers as making
from bookings.messages.offers import offer_freed_times
from bookings.models import Appointment, Hold, Notification, Offer, PatientFile, StatusChange
from bookings.models.appointment import OVERLAP
from bookings.rules import RuleRefused, SlotTaken, StateConflict, TimeNotOffered
from bookings.services import booking, desk
from bookings.services import offers as answering
from bookings.tests.factories import WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, free_on_monday, hold, secretary_of
from bookings.tests.test_constraints import guards
from doctors.models import ConsultationType, Doctor
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.models import DoctorAbsence
from scheduling.services import replace_days, retire_type
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
# Threads see committed rows only.
in_threads = pytest.mark.django_db(transaction=True)

THE_CONSTRAINT = next(each for each in Appointment._meta.constraints if each.name == OVERLAP)
PATIENCE = 0.4  # seconds; as long as one waits for another who is kept out by a lock


def at_once(*acts):
    """Start all functions in one instant; return what each returned or raised."""
    everybody = threading.Barrier(len(acts))

    def begin(act):
        try:
            everybody.wait()
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))


def two_book_one_slot():
    consultation_type = ConsultationTypeFactory()
    people = PatientFactory(), PatientFactory()
    return at_once(
        *(lambda person=person: book(consultation_type, patient=person) for person in people)
    )


def types_of(results):
    return sorted(type(each).__name__ for each in results)


def waiting_for_the_other(act):
    """`act` with a pause after it, until the other thread has done it too or cannot."""
    both = threading.Barrier(2)

    def act_and_wait(*args, **options):
        done = act(*args, **options)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(PATIENCE)
        return done

    return act_and_wait


@pytest.fixture
def both_look_first(monkeypatch):
    """Both threads find the time free before one of them writes, if nothing prevents it."""
    monkeypatch.setattr(booking, "_check_time", waiting_for_the_other(booking._check_time))


@pytest.fixture
def without_lock(monkeypatch):
    """Remove the locks and the transactions, which are the lock on SQLite."""
    monkeypatch.setattr(booking, "writing", contextlib.nullcontext)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **options: rows.all())


@pytest.fixture
def without_constraint(transactional_db):
    """Drop the exclusion constraint or the triggers during the test."""
    before = guards()
    if connection.vendor == "postgresql":
        with connection.schema_editor() as editor:
            editor.remove_constraint(Appointment, THE_CONSTRAINT)
    else:
        with connection.cursor() as cursor:
            named = [OVERLAP + "%"]
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
            triggers = cursor.execute(query, named).fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for model in (Notification, StatusChange, Appointment):
        model.objects.all().delete()
    if connection.vendor == "postgresql":
        with connection.schema_editor() as editor:
            editor.add_constraint(Appointment, THE_CONSTRAINT)
    else:
        with connection.cursor() as cursor:
            for _name, sql in triggers:
                cursor.execute(sql)
    assert guards() == before


@in_threads
class TestTwoBookOneSlot:
    def test_one_gets_it_and_the_other_is_refused(self, both_look_first):
        assert types_of(two_book_one_slot()) == ["Appointment", "SlotTaken"]
        assert (Appointment.objects.count(), Notification.objects.count()) == (1, 1)

    def test_the_database_has_the_last_word_when_nobody_looks(self, monkeypatch):
        monkeypatch.setattr(booking, "_check_time", lambda *args, **options: None)
        assert types_of(two_book_one_slot()) == ["Appointment", "SlotTaken"]
        assert Appointment.objects.count() == 1

    def test_without_the_guards_both_get_it(
        self, both_look_first, without_lock, without_constraint
    ):
        """The negative control: without the guards the races of the other tests fail."""
        assert types_of(two_book_one_slot()) == ["Appointment", "Appointment"]
        starts = Appointment.objects.values_list("starts_at", flat=True)
        assert (len(starts), len(set(starts))) == (2, 1)


@in_threads
def test_one_visitor_in_two_tabs_keeps_one_of_two_doctors_times(monkeypatch):
    monkeypatch.setattr(slots, "blocker_at", waiting_for_the_other(slots.blocker_at))
    here, there = ConsultationTypeFactory(), ConsultationTypeFactory()
    results = at_once(lambda: hold(here), lambda: hold(there))
    assert types_of(results) == ["Hold", "Hold"]
    kept = Hold.objects.get()
    assert kept.doctor in (here.doctor, there.doctor)
    assert kept.starts_at == results[0].starts_at


@in_threads
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_double_click_on_next_holds_once(monkeypatch, signed_in):
    """The second click is sent before the first answer has set a token."""
    both_ask = waiting_for_the_other(confirming.new_hold_token)
    monkeypatch.setattr(confirming, "new_hold_token", both_ask)
    consultation_type = ConsultationTypeFactory()
    first = Client(enforce_csrf_checks=True)
    if signed_in:
        first.force_login(PatientFactory().account)
    page = first.get(f"{consultation_type.doctor.get_absolute_url()}?seen=yes")
    token = page.context["csrf_token"]
    second = Client(enforce_csrf_checks=True)
    second.cookies.load({name: morsel.value for name, morsel in first.cookies.items()})
    start = next(day.starts[0] for day in page.context["grid"].days if day.starts)
    form = {
        "doctor": consultation_type.doctor.pk,
        "consultation_type": consultation_type.pk,
        "appointment_time": start.isoformat(),
        "csrfmiddlewaretoken": str(token),
    }
    answers = at_once(
        *(lambda each=each: each.post("/bookings/hold/", form) for each in (first, second))
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Hold.objects.count() == 1


@in_threads
class TestWalkInsAtOnce:
    """`make race` adds fifty walk-ins over HTTP."""

    COUNT = 6

    @pytest.fixture(autouse=True)
    def all_look_first(self, monkeypatch):
        """All threads read the last number before one of them writes the next."""
        patient_look = waiting_for_the_other(QuerySet.aggregate)
        monkeypatch.setattr(QuerySet, "aggregate", patient_look)

    def numbers(self):
        """The day's numbers, and the results of walk-ins that are added in one instant."""
        doctor, people = DoctorFactory(), PatientFactory.create_batch(self.COUNT)
        add = services.add_walk_in
        results = at_once(
            *(lambda each=each: add(by=doctor.user, doctor=doctor, patient=each) for each in people)
        )
        numbers = Appointment.objects.of(doctor).values_list("queue_number", flat=True)
        return sorted(numbers), types_of(results)

    def test_each_gets_the_next_number_and_none_is_left_out(self):
        numbers, results = self.numbers()
        assert results == ["Appointment"] * self.COUNT
        assert numbers == list(range(1, self.COUNT + 1))

    def one_person(self):
        """The day's numbers of one person who is posted several times in one instant."""
        doctor, person = DoctorFactory(), PatientFactory()
        add = services.add_walk_in
        results = at_once(
            *[lambda: add(by=doctor.user, doctor=doctor, patient=person)] * self.COUNT
        )
        numbers = Appointment.objects.of(doctor).values_list("queue_number", flat=True)
        return list(numbers), types_of(results)

    def test_one_person_has_one_number_however_often_it_is_posted(self):
        assert self.one_person() == ([1], ["Appointment"] * self.COUNT)

    def test_without_the_lock_one_person_asks_for_several_numbers(self, monkeypatch, without_lock):
        """The negative control; the database refuses a number that exists."""
        monkeypatch.setattr(desk, "writing", contextlib.nullcontext)
        _numbers, results = self.one_person()
        assert "IntegrityError" in results

    def test_without_the_lock_numbers_meet(self, monkeypatch, without_lock):
        """The negative control; the database still refuses a number that exists."""
        monkeypatch.setattr(desk, "writing", contextlib.nullcontext)
        numbers, results = self.numbers()
        assert len(set(numbers)) == len(numbers) < self.COUNT
        assert "IntegrityError" in results


@in_threads
class TestClaimsAtOnce:
    def invite(self, doctor):
        person = PatientFactory(account=None, birth_date=None)
        PatientFile.objects.create(patient=person, practice=doctor.practice)
        token = services.invite(by=doctor.user, patient=person, practice=doctor.practice)
        return services.invitation_of(token)

    def claims(self, *wanted):
        return at_once(
            *(
                lambda invitation=invitation, by=by, relation=relation: services.claim(
                    invitation, by=by, relation=relation, birth_date=None
                )
                for invitation, by, relation in wanted
            )
        )

    def test_one_link_leads_into_one_account(self):
        link = self.invite(DoctorFactory())
        accounts = UserFactory.create_batch(2)
        results = self.claims(*((link, account, "child") for account in accounts))
        assert types_of(results) == ["Patient", "StateConflict"]
        assert Patient.objects.exclude(account=None).count() == 1

    def test_two_links_for_oneself_make_one_person(self):
        doctor, account = DoctorFactory(), UserFactory()
        links = self.invite(doctor), self.invite(doctor)
        results = self.claims(*((link, account, "self") for link in links))
        assert set(types_of(results)) <= {"Patient", "StateConflict"}
        assert account.patients.filter(relation="self").count() == 1


@pytest.mark.parametrize("goes", ["retired", "deleted"])
def test_a_walk_in_whose_type_is_deleted_meanwhile_is_refused_in_words(client, monkeypatch, goes):
    consultation_type = ConsultationTypeFactory()
    secretary = secretary_of(consultation_type.doctor)
    add_walk_in = services.add_walk_in

    def too_late(**options):
        if goes == "retired":
            retire_type(consultation_type)
        else:
            ConsultationType.objects.all().delete()
        return add_walk_in(**options)

    monkeypatch.setattr(services, "add_walk_in", too_late)
    client.force_login(secretary)
    person = {"patient": "new", "first_name": "Nadia", "last_name": "Benali"}
    more = {"birth_date": "1980-01-31", "phone": "06 12 34 56 78"}
    asked = {"doctor": consultation_type.doctor.pk, "consultation_type": consultation_type.pk}
    response = client.post("/book", asked | person | more)
    assert (response.status_code, Appointment.objects.count()) == (422, 0)


def test_a_type_retired_meanwhile_offers_no_times_of_its_own():
    consultation_type = ConsultationTypeFactory()
    retire_type(consultation_type)
    with pytest.raises(TimeNotOffered) as refused:
        book(consultation_type)
    assert (refused.value.code, refused.value.offers_times) == ("type_not_offered", False)


def first_then(first, second):
    """What both returned or raised: `second` begins before `first` is committed."""
    done = threading.Event()

    def slowly():
        with transaction.atomic():
            result = first()
            done.set()
            time.sleep(PATIENCE)
        return result

    def after():
        done.wait()
        return second()

    return at_once(slowly, after)


@in_threads
def test_an_unconfirmed_account_books_one_visit_for_two_persons_at_once(monkeypatch):
    slowly = waiting_for_the_other(rules.check_verified)
    monkeypatch.setattr(rules, "check_verified", slowly)
    oneself = PatientFactory()
    child = RelativeFactory(account=oneself.account)
    here, there = ConsultationTypeFactory(), ConsultationTypeFactory()
    results = at_once(lambda: book(here, patient=oneself), lambda: book(there, patient=child))
    assert types_of(results) == [Appointment.__name__, RuleRefused.__name__]
    assert Appointment.objects.count() == 1


@in_threads
def test_an_absence_sees_the_visit_that_is_booked_at_the_same_moment():
    consultation_type = ConsultationTypeFactory()
    booked, refused = first_then(
        lambda: book(consultation_type), lambda: take_monday_off(consultation_type.doctor)
    )
    assert [hit.visit for hit in refused.affected] == [booked]
    assert DoctorAbsence.objects.count() == 0


@in_threads
def test_a_visit_is_refused_in_the_absence_that_is_written_at_the_same_moment():
    consultation_type = ConsultationTypeFactory()
    results = first_then(
        lambda: take_monday_off(consultation_type.doctor), lambda: book(consultation_type)
    )
    assert types_of(results) == [DoctorAbsence.__name__, SlotTaken.__name__]
    assert Appointment.objects.count() == 0


@in_threads
def test_two_desks_that_edit_two_days_do_not_undo_each_other():
    doctor = DoctorFactory()
    open_week(doctor, weekdays=[0, 1])
    closed = at_once(*(lambda day=day: replace_days(doctor, {day: []}) for day in (0, 1)))
    assert (closed, doctor.opening_hours.count()) == ([None, None], 0)


def take_monday_off(doctor):
    return services.take_absence(
        by=doctor.user,
        doctor=doctor,
        starts_at=monday("08:00"),
        ends_at=monday("20:00"),
        now=FRIDAY_MORNING,
    )


@in_threads
def test_a_relative_who_is_booked_for_meanwhile_stays():
    consultation_type, child = ConsultationTypeFactory(), RelativeFactory()
    results = first_then(
        lambda: book(consultation_type, patient=child), lambda: remove_relative(child)
    )
    assert types_of(results) == [Appointment.__name__, PersonHasAppointments.__name__]


@in_threads
def test_a_relative_who_is_removed_meanwhile_cannot_be_booked_for():
    consultation_type, child = ConsultationTypeFactory(), RelativeFactory()
    same = Patient.objects.get(pk=child.pk)
    results = first_then(
        lambda: remove_relative(same), lambda: book(consultation_type, patient=child)
    )
    assert types_of(results) == ["NoneType", StateConflict.__name__]
    assert Appointment.objects.count() == 0


@in_threads
def test_a_doctor_who_changes_practice_meanwhile_is_booked_at_the_new_one():
    consultation_type, there = ConsultationTypeFactory(), PracticeFactory()

    def change():
        (doctor,) = Doctor.objects.locked(consultation_type.doctor.pk)
        doctor.practice = there
        doctor.save()

    _changed, booked = first_then(change, lambda: book(consultation_type))
    assert booked.practice == there


def freed_time():
    """A type whose Monday at ten was freed; two wait for such a time, the first with a visit."""
    consultation_type = ConsultationTypeFactory()
    open_week(consultation_type.doctor, weekdays=[0])
    desk_user = consultation_type.doctor.user
    WaitingListEntryFactory(appointment=book(consultation_type, at="16:00"))
    WaitingListEntryFactory(
        consultation_type=consultation_type, before=monday("17:00"), created_at=FRIDAY_MORNING
    )
    freed = book(consultation_type, at="10:00", by=desk_user)
    services.cancel(freed, by=desk_user, now=FRIDAY_MORNING)
    return consultation_type


def offered_time():
    consultation_type = freed_time()
    offer_freed_times(now=FRIDAY_MORNING)
    return consultation_type, Offer.objects.get()


def live_at(clock):
    return Appointment.objects.live().filter(starts_at=monday(clock)).count()


@in_threads
class TestOffersAtOnce:
    def test_two_workers_make_one_offer(self):
        freed_time()
        made = at_once(*[lambda: offer_freed_times(now=FRIDAY_MORNING)] * 2)
        assert (sorted(made), Offer.objects.count()) == ([0, 1], 1)

    def test_without_the_lock_two_workers_meet(self, monkeypatch, without_lock):
        """The negative control; the database still refuses a second offer."""
        freed_time()
        monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 20)
        monkeypatch.setattr(making.transaction, "atomic", contextlib.nullcontext)
        slowly = waiting_for_the_other(making._take_openings)
        monkeypatch.setattr(making, "_take_openings", slowly)
        made = at_once(*[lambda: offer_freed_times(now=FRIDAY_MORNING)] * 2)
        assert made != [0, 1]
        assert made != [1, 0]
        assert Offer.objects.open().count() <= 1

    def take_and_book(self, monkeypatch):
        """Both find the time free before one of them writes, if nothing prevents it."""
        consultation_type, offer = offered_time()
        both_look_first = waiting_for_the_other(booking._check_time)
        monkeypatch.setattr(booking, "_check_time", both_look_first)
        desk_user = consultation_type.doctor.user
        return at_once(
            lambda: services.take_offer(offer, now=FRIDAY_MORNING),
            lambda: book(consultation_type, at="10:00", by=desk_user),
        )

    def test_the_patient_and_the_desk_take_one_time(self, monkeypatch):
        results = self.take_and_book(monkeypatch)
        assert sum(isinstance(each, Appointment) for each in results) == 1
        assert live_at("10:00") == 1

    def test_without_the_guards_both_take_it(self, without_lock, without_constraint, monkeypatch):
        """The negative control: without the guards the race of the other test fails."""
        # Nothing keeps one of them out, so nobody waits in vain.
        monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 20)
        monkeypatch.setattr(answering, "writing", contextlib.nullcontext)
        assert types_of(self.take_and_book(monkeypatch)) == ["Appointment", "Appointment"]
        assert live_at("10:00") == 2
        Offer.objects.all().delete()

    @pytest.mark.parametrize("now", [FRIDAY_MORNING, FRIDAY_MORNING + 240 * MINUTE])
    def test_everything_at_once_leaves_one_taker_and_no_lost_time(self, now):
        """In time, and at the instant at which the offer ends."""
        consultation_type, offer = offered_time()
        visit, stranger = offer.entry.appointment, PatientFactory()
        at_once(
            lambda: services.take_offer(offer, now=now),
            lambda: services.take_offer(offer, now=now),
            lambda: services.decline_offer(offer, now=now),
            lambda: services.cancel(visit, by=visit.booked_by, now=now),
            lambda: book(consultation_type, patient=stranger, at="10:00", now=now),
            lambda: offer_freed_times(now=now),
            lambda: offer_freed_times(now=now),
        )
        assert live_at("10:00") <= 1
        for _ in range(8):
            latest = Offer.objects.open().order_by("held_until").last()
            now = max(now + MINUTE, latest.held_until if latest else now)
            offer_freed_times(now=now)
        assert not Offer.objects.open().exists()
        assert not Hold.objects.unexpired(now).exists()
        free = free_on_monday(consultation_type, now=now)
        for clock in ("10:00", "16:00"):
            assert live_at(clock) + (clock in free) == 1
