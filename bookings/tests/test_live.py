"""Whether open pages hear of it when the times they show are no longer true, and for how little."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.finding.live import Token, changed_doctors, token_of
from bookings.status import Verb
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, free_on_monday, hold, secretary_of, verified
from doctors.models import Doctor
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.models import Holiday, OpeningHours
from scheduling.services import (
    add_absence,
    decide_holiday,
    remove_absence,
    replace_hours,
    retire_type,
)
from scheduling.tests.factories import AbsenceFactory, HolidayFactory

pytestmark = pytest.mark.django_db

POLL = "/live/calendars/"
LATER = FRIDAY_MORNING + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def token(doctor, until=LATER):
    return token_of(Doctor.objects.get(pk=doctor.pk), until)


def poll(client, *tokens):
    return client.get(POLL, {"d": [str(each) for each in tokens]})


class TestToken:
    def test_it_is_read_as_it_was_written(self):
        written = Token(3, 17, dt.datetime(2027, 3, 1, 9, 0, 0, 1, dt.UTC))
        assert str(written) == "3.17.1803891600000001"
        assert Token.read(str(written)) == written

    @pytest.mark.parametrize(
        "nonsense",
        [
            *("", "3", "3.17", "3.17.0.0", "a.b.c", "-3.17.0", "3..0", "³.17.0", "3.17.1e9"),
            *(f"{'9' * 18}.0.0", f"3.0.{'9' * 18}"),
        ],
    )
    def test_what_is_none_is_a_value_error(self, nonsense):
        with pytest.raises(ValueError, match="not a token"):
            Token.read(nonsense)

    def test_the_largest_numbers_it_may_carry_are_no_trouble(self):
        largest = Token.read(".".join(["9" * 17] * 3))
        assert changed_doctors([largest], now=FRIDAY_MORNING) == [int("9" * 17)]


class TestPoll:
    def test_nothing_new_is_nothing_at_all(self, client):
        response = poll(client, token(DoctorFactory()), token(DoctorFactory()))
        assert (response.status_code, response.content) == (204, b"")

    def test_it_names_the_doctors_whose_times_changed(self, client):
        changed, same, lapsed = DoctorFactory.create_batch(3)
        tokens = [token(changed), token(same), token(lapsed, until=FRIDAY_MORNING)]
        changed.touch_calendar()
        assert poll(client, *tokens).json() == {"doctors": [changed.pk, lapsed.pk]}

    def test_two_grids_of_one_doctor_are_one_doctor(self, client):
        doctor = DoctorFactory()
        tokens = [token(doctor), token(doctor, until=FRIDAY_MORNING)]
        assert poll(client, *tokens).json() == {"doctors": [doctor.pk]}

    def test_a_doctor_who_is_no_longer_public_counts_as_changed(self, client):
        closed, unapproved = DoctorFactory(), DoctorFactory()
        tokens = [token(closed), token(unapproved), Token(0, 0, LATER)]
        closed.user.is_active = False
        closed.user.save()
        Doctor.objects.filter(pk=unapproved.pk).update(approved_at=None)
        assert poll(client, *tokens).json() == {"doctors": [0, closed.pk, unapproved.pk]}

    @pytest.mark.parametrize("query", ["", "?d=", "?d=nonsense", "?x=3.0.0"])
    def test_nonsense_is_a_bad_request(self, client, query):
        assert client.get(f"{POLL}{query}").status_code == 400

    def test_more_tokens_than_a_page_has_are_a_bad_request(self, client):
        answers = [poll(client, *["3.0.0"] * count).status_code for count in (50, 51)]
        assert answers == [200, 400]

    def test_no_cache_keeps_the_answer(self, client):
        doctor = DoctorFactory()
        answers = [poll(client, token(doctor, until)) for until in (LATER, FRIDAY_MORNING)]
        assert [each["Cache-Control"] for each in answers] == ["no-store", "no-store"]


class TestCost:
    """One query for any reader and any number of doctors."""

    @pytest.mark.parametrize("count", [1, 50])
    def test_it_is_one_query_for_a_visitor(self, client, django_assert_num_queries, count):
        tokens = [token(doctor) for doctor in DoctorFactory.create_batch(count)]
        with django_assert_num_queries(1):
            assert poll(client, *tokens).status_code == 204

    @pytest.mark.parametrize("count", [1, 50])
    def test_it_is_one_query_for_somebody_signed_in(self, client, django_assert_num_queries, count):
        client.force_login(PatientFactory().account)
        tokens = [token(doctor) for doctor in DoctorFactory.create_batch(count)]
        with django_assert_num_queries(1):
            response = poll(client, *tokens)
        assert (response.status_code, len(response.cookies)) == (204, 0)

    def test_it_is_one_query_when_something_changed(self, client, django_assert_num_queries):
        tokens = [token(doctor, FRIDAY_MORNING) for doctor in DoctorFactory.create_batch(50)]
        with django_assert_num_queries(1):
            assert len(poll(client, *tokens).json()["doctors"]) == 50

    def test_it_writes_nothing(self, client):
        known = token(DoctorFactory())
        with CaptureQueriesContext(connection) as queries:
            poll(client, known)
        assert [each["sql"].split(" ", 1)[0] for each in queries.captured_queries] == ["SELECT"]


class TestWriters:
    """Whoever writes what a grid shows counts it in the calendar, and open pages hear of it."""

    @pytest.fixture
    def kind(self):
        return ConsultationTypeFactory()

    def is_told(self, doctor, write, *args, **options):
        before = token(doctor)
        write(*args, **options)
        return changed_doctors([before], now=FRIDAY_MORNING) == [doctor.pk]

    def test_holds(self, kind):
        assert self.is_told(kind.doctor, hold, kind)
        assert self.is_told(kind.doctor, services.extend_hold, "mine", now=FRIDAY_MORNING)
        elsewhere = ConsultationTypeFactory()
        assert self.is_told(kind.doctor, hold, elsewhere)
        assert self.is_told(elsewhere.doctor, services.release_hold, "mine")

    def test_visits(self, kind):
        person, desk = verified(PatientFactory()), secretary_of(kind.doctor)
        assert self.is_told(kind.doctor, book, kind, patient=person)
        visit = person.appointments.get()
        asked = {"by": person.account, "now": FRIDAY_MORNING}
        assert self.is_told(kind.doctor, services.move, visit, starts_at=monday("11:00"), **asked)
        assert self.is_told(kind.doctor, services.cancel, visit, **asked)
        assert self.is_told(kind.doctor, services.undo, visit, by=desk)
        late = {"by": desk, "now": monday("11:10")}
        assert self.is_told(kind.doctor, services.change_status, visit, Verb.MARK_ABSENT, **late)

    def test_a_request_nobody_answered(self, kind):
        kind.needs_confirmation = True
        kind.save()
        book(kind)
        overdue = {"now": monday("10:01")}
        assert self.is_told(kind.doctor, services.cancel_unanswered_requests, **overdue)

    def test_a_booking_sent_again_that_ends_the_hold_of_another_time(self, kind):
        person = verified(PatientFactory())
        book(kind, patient=person)
        hold(kind, at="11:00")
        again = {"patient": person, "hold_token": "mine"}
        assert self.is_told(kind.doctor, book, kind, **again)
        assert "11:00" in free_on_monday(kind)
        assert not self.is_told(kind.doctor, book, kind, **again)

    def test_hours_absences_and_types(self, kind):
        doctor = kind.doctor
        hours = OpeningHours(weekday=0, start_minute=540, end_minute=600)
        assert self.is_told(doctor, replace_hours, doctor, [hours])
        day_off = {"starts_at": monday("09:00"), "ends_at": monday("12:00")}
        assert self.is_told(doctor, add_absence, doctor, **day_off)
        assert self.is_told(doctor, remove_absence, AbsenceFactory(doctor=doctor))
        assert self.is_told(doctor, retire_type, kind)

    def test_a_holiday_tells_every_doctor_of_the_practice(self, kind):
        colleague = DoctorFactory(practice=kind.doctor.practice)
        known = [token(kind.doctor), token(colleague), token(DoctorFactory())]
        decide_holiday(HolidayFactory(practice=colleague.practice), Holiday.Decision.OPEN)
        told = changed_doctors(known, now=FRIDAY_MORNING)
        assert told == [kind.doctor.pk, colleague.pk]


class TestConfirmPage:
    """A time that is kept can be lost all the same: the page hears of it and says so."""

    @pytest.fixture
    def kind(self, client):
        kind = ConsultationTypeFactory()
        self.choose(client, kind, at="10:00")
        return kind

    def choose(self, client, kind, *, at):
        choice = {"doctor": kind.doctor_id, "consultation_type": kind.pk}
        client.post("/bookings/hold/", choice | {"appointment_time": f"2027-03-01T{at}"})

    def refresh_address(self, client):
        page = client.get("/bookings/confirm-booking/").content.decode()
        return re.search(r'data-refresh="(.*?)"', page)[1].replace("&amp;", "&")

    def recap(self, client, kind, **target):
        """What the page asks for when it hears of a change: status, what the recap says."""
        headers = {"HX-Request": "true", "HX-Target": "hold"}
        response = client.get(self.refresh_address(client), headers=headers)
        context = response.context
        assert 'id="other_times"' in response.content.decode()
        return response.status_code, context["hold"] is not None, str(context["refusal"] or "")

    def test_a_time_that_is_kept(self, client, kind):
        assert self.recap(client, kind) == (200, True, "")

    def test_an_absence_came_meanwhile(self, client, kind):
        day_off = {"starts_at": monday("09:00"), "ends_at": monday("12:00")}
        add_absence(kind.doctor, **day_off)
        away = "Le médecin n’est plus disponible à cette heure."
        assert self.recap(client, kind) == (409, False, away)

    def test_the_type_was_retired(self, client, kind):
        retire_type(kind)
        retired = "Ce motif de consultation n’est plus proposé."
        assert self.recap(client, kind) == (422, False, retired)

    def test_the_doctor_takes_no_bookings_online_any_more(self, client, kind):
        Doctor.objects.filter(pk=kind.doctor_id).update(books_online=False)
        status, is_kept, _words = self.recap(client, kind)
        assert (status, is_kept) == (403, False)

    def test_the_recap_is_of_its_own_page_whatever_another_tab_has_chosen(self, client, kind):
        address = self.refresh_address(client)
        self.choose(client, kind, at="11:00")
        assert client.get(address).context["choice"].starts_at == monday("10:00")

    def test_its_token_ends_with_the_hold(self, client, kind):
        page = client.get("/bookings/confirm-booking/").context
        assert page["live"].until == page["hold"].expires_at
