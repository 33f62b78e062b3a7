"""The list of doctors: its filters, its order, the cards and what they cost."""

import datetime as dt
import re

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse

from bookings.finding.results import read_results
from bookings.finding.search import Search
from bookings.finding.visitor import Reader
from bookings.services.first_times import refresh_first_times, write_first_times
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.models import Doctor
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = pytest.mark.django_db

PARIS = {"city": "Paris", "latitude": 48.857, "longitude": 2.352}


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def doctor_open(*weekdays, **options):
    """A doctor with one type, open 09:00-17:00 on these weekdays (Monday 0)."""
    kind = ConsultationTypeFactory(**{f"doctor__{name}": value for name, value in options.items()})
    open_week(kind.doctor, weekdays=weekdays or range(7))
    return kind.doctor


def results(address="", now=FRIDAY_MORNING):
    return read_results(Search.from_query(QueryDict(address)), Reader(now))


def shown(address=""):
    return [card.doctor for card in results(address).cards]


class TestOrder:
    def test_without_a_place_the_soonest_is_first(self):
        tuesday, monday_only, today = doctor_open(1), doctor_open(0), doctor_open(4)
        assert shown() == [today, monday_only, tuesday]

    def test_with_a_place_the_nearest_is_first(self):
        versailles = PracticeFactory(city="Versailles", latitude=48.805, longitude=2.120)
        far = doctor_open(4, practice=versailles)
        near = doctor_open(0, practice=PracticeFactory(**PARIS))
        found = results("where=paris")
        assert [card.doctor for card in found.cards] == [near, far]
        assert [round(card.distance) for card in found.cards] == [0, 18]

    def test_who_takes_no_bookings_online_is_last(self):
        by_phone, later = doctor_open(4, books_online=False), doctor_open(3)
        assert shown() == [later, by_phone]

    def test_who_has_no_time_at_all_comes_after_those_who_have(self):
        away, later = doctor_open(4), doctor_open(3)
        AbsenceFactory(
            doctor=away, starts_at=FRIDAY_MORNING, ends_at=FRIDAY_MORNING + dt.timedelta(days=400)
        )
        assert shown() == [later, away]

    def test_equals_keep_one_order(self):
        both = [doctor_open(4, user__last_name=name) for name in ("Zola", "Abel")]
        assert shown() == both
        write_first_times([both[1].pk], now=FRIDAY_MORNING)
        assert shown() == both

    def test_a_booking_changes_the_order_at_once(self):
        first = doctor_open(0, user__last_name="Abel")
        second = doctor_open(0, user__last_name="Zola")
        assert shown() == [first, second]
        kind = first.consultation_types.get()
        for time in range(16):
            AppointmentFactory(
                doctor=first,
                consultation_type=kind,
                starts_at=monday("09:00") + time * dt.timedelta(minutes=30),
            )
        first.touch_calendar()
        assert shown() == [second, first]

    def test_a_time_gone_by_is_not_the_soonest_any_more(self):
        doctor = doctor_open(4)
        assert results().first_times == {doctor.pk: FRIDAY_MORNING}
        with time_machine.travel(FRIDAY_MORNING + dt.timedelta(minutes=1), tick=False):
            later = results(now=FRIDAY_MORNING + dt.timedelta(minutes=1))
            assert later.first_times == {doctor.pk: FRIDAY_MORNING + dt.timedelta(minutes=30)}

    def test_a_held_time_is_the_soonest_again_when_its_hold_is_over(self):
        doctor = doctor_open(4)
        hold = HoldFactory(
            doctor=doctor,
            consultation_type=doctor.consultation_types.get(),
            starts_at=FRIDAY_MORNING + dt.timedelta(minutes=30),
            ends_at=FRIDAY_MORNING + dt.timedelta(hours=8),
            expires_at=FRIDAY_MORNING + dt.timedelta(minutes=5),
        )
        first = results()
        assert first.first_times == {doctor.pk: FRIDAY_MORNING}
        later = results(now=hold.expires_at)
        assert later.first_times == {doctor.pk: FRIDAY_MORNING + dt.timedelta(minutes=30)}


class TestFilters:
    def test_within_counts_the_days_of_the_practice(self):
        today, on_sunday, on_thursday = doctor_open(4), doctor_open(6), doctor_open(3)
        assert shown("within=1") == [today]
        assert shown("within=3") == [today, on_sunday]
        assert shown("within=7") == [today, on_sunday, on_thursday]

    def test_within_a_zone_where_it_is_tomorrow_already(self):
        sydney = doctor_open(1, practice=PracticeFactory(time_zone="Australia/Sydney"))
        doctor_open(1)
        found = results("within=1", now=monday("20:00"))
        assert list(found.page) == [sydney.pk]

    def test_video_new_patients_and_language(self):
        plain = doctor_open(accepts_new_patients=False, languages=["fr"])
        other = doctor_open(offers_video=True, languages=["fr", "ar"])
        assert shown("video=1") == [other]
        assert shown("new=1") == [other]
        assert shown("language=ar") == [other]
        assert set(shown("language=fr")) == {plain, other}

    def test_nonsense_is_not_asked(self):
        doctor = doctor_open()
        assert shown("within=999&video=maybe&language=%00&page=-3") == [doctor]

    def test_an_address_keeps_the_rest_and_starts_at_the_first_page(self):
        search = Search.from_query(QueryDict("q=smith&where=paris&video=1&within=3&page=2"))
        assert search.address(language="ar") == (
            "/doctors/?q=smith&where=paris&within=3&video=1&language=ar"
        )
        assert search.address(page=3) == "/doctors/?q=smith&where=paris&within=3&video=1&page=3"
        assert search.unfiltered == "/doctors/?q=smith&where=paris"


class TestCards:
    def test_the_times_are_those_of_the_type_that_anybody_may_book(self):
        doctor = DoctorFactory()
        ConsultationTypeFactory(doctor=doctor, is_emergency_only=True, position=0)
        ConsultationTypeFactory(doctor=doctor, require_existing_patient=True, position=1)
        ordinary = ConsultationTypeFactory(doctor=doctor, position=2)
        (card,) = results().cards
        assert card.query.consultation_type == ordinary
        assert [f"{day.date}" for day in card.grid.days] == [
            "2027-02-26",
            "2027-02-27",
            "2027-02-28",
        ]

    def test_an_empty_window_names_the_next_time(self):
        doctor_open(3)
        (card,) = results().cards
        assert f"{card.grid.nothing.next_start:%m-%d %H:%M}" == "03-04 09:00"

    def test_only_the_first_have_their_days_and_the_others_come_together(self):
        for _each in range(8):
            doctor_open()
        cards = results().cards
        assert [card.grid is not None for card in cards] == [True] * 6 + [False] * 2
        address = f"/search/grids/?d={cards[6].doctor.pk}&d={cards[7].doctor.pk}"
        assert [card.later_grids for card in cards] == [""] * 6 + [address] * 2

    def test_without_any_type_it_cannot_be_booked_online(self):
        DoctorFactory()
        (card,) = results().cards
        assert not card.books_online


class TestPages:
    def test_it_shows_listed_doctors_only(self, client):
        listed = DoctorFactory()
        DoctorFactory(approved_at=None)
        DoctorFactory(hours_saved_at=None)
        page = client.get("/doctors/")
        assert [card.pk for card in page.context["results"].cards] == [listed.pk]

    def test_a_page_of_its_own_answers_the_list_alone(self, client):
        doctor_open()
        headers = {"HX-Request": "true", "HX-Target": "results"}
        fragment = client.get("/doctors/", headers=headers).content.decode()
        assert fragment.lstrip().startswith('<div id="results"')
        assert "HX-Target" in client.get("/doctors/").headers["Vary"]

    def test_the_arrow_of_a_card_moves_its_window(self, client):
        doctor = doctor_open()
        address = reverse("card_grid", args=[doctor.slug]) + "?seen=no&from=2027-03-01"
        grid = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert f'id="slot_grid-{doctor.pk}"' in grid
        assert 'data-date="2027-03-01"' in grid

    def test_without_scripts_the_arrow_leads_to_the_doctors_page(self, client):
        doctor = doctor_open()
        address = reverse("card_grid", args=[doctor.slug]) + "?seen=no&type=3&from=2027-03-01"
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url == f"/doctors/{doctor.slug}/?seen=no&type=3&from=2027-03-01"

    def test_grids_that_come_later_take_their_places(self, client):
        one, other = doctor_open(), doctor_open(3)
        hidden = doctor_open(approved_at=None)
        address = f"/search/grids/?d={other.pk}&d={one.pk}&d={hidden.pk}&d=99999&d=x"
        fragment = client.get(address).content.decode()
        assert re.findall('id="(slot_grid.*?)" hx-swap-oob="true"', fragment) == [
            f"slot_grid-{other.pk}",
            f"slot_grid-{one.pk}",
        ]

    def test_a_time_on_a_card_leads_to_confirm(self, client):
        doctor = doctor_open()
        answer = client.post(
            "/bookings/hold/",
            {
                "doctor": doctor.pk,
                "consultation_type": doctor.consultation_types.get().pk,
                "seen": "no",
                "appointment_time": monday("10:00").isoformat(),
            },
        )
        assert (answer.status_code, answer.url) == (303, "/bookings/confirm-booking/")


class TestQueries:
    """At most ten, the same for 1, 20 and 50 doctors."""

    def make(self, count):
        for number in range(count):
            # Some have nothing in three days, some nothing in two weeks.
            doctor = doctor_open(3 if number % 3 else 5)
            if number % 4 == 3:
                AbsenceFactory(
                    doctor=doctor,
                    starts_at=FRIDAY_MORNING,
                    ends_at=FRIDAY_MORNING + dt.timedelta(days=30),
                )

    @pytest.mark.parametrize("count", [1, 20, 50])
    def test_of_a_search(self, client, django_assert_num_queries, count):
        self.make(count)
        refresh_first_times()
        with django_assert_num_queries(9):
            client.get("/doctors/")

    @pytest.mark.parametrize("count", [4, 20, 50])
    def test_of_a_first_search_when_no_times_are_kept(
        self, client, django_assert_num_queries, count
    ):
        self.make(count)
        with django_assert_num_queries(11):
            client.get("/doctors/")
        with django_assert_num_queries(9):
            client.get("/doctors/")

    def test_of_a_search_between_a_booking_and_its_new_first_times(
        self, client, django_assert_num_queries
    ):
        self.make(20)
        refresh_first_times()
        Doctor.objects.first().touch_calendar()
        with django_assert_num_queries(10):
            client.get("/doctors/")

    @pytest.mark.parametrize("count", [1, 14])
    def test_of_grids_that_come_later(self, client, django_assert_num_queries, count):
        for _each in range(count):
            doctor_open(3)
        address = "/search/grids/?" + "&".join(f"d={each.pk}" for each in Doctor.objects.all())
        with django_assert_num_queries(6):
            client.get(address)
