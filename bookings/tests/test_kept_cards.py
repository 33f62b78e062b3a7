"""The cards that are kept say what a card says that is drawn for one reader."""

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.tests.factories import PatientFactory
from bookings.finding.visitor import TOKEN
from bookings.services.first_times import refresh_first_times
from bookings.tests.moments import monday
from bookings.tests.steps import book
from doctors.models import Doctor
from doctors.services import save_page
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_answers", "stopped")]

NOW = monday("09:10")
PARIS = {"practice__city": "Paris", "practice__latitude": 48.857, "practice__longitude": 2.352}


@pytest.fixture
def stopped(time_machine):
    time_machine.move_to(NOW, tick=False)


def doctor_open(**options):
    kind = ConsultationTypeFactory(**{f"doctor__{name}": value for name, value in options.items()})
    open_week(kind.doctor)
    return kind.doctor


def one_who_draws_anew():
    """A reader with the token of a hold: nothing that is kept is for them."""
    reader = Client()
    session = reader.session
    session[TOKEN] = "mine"
    session.save()
    return reader


def page(reader=None, address="/doctors/"):
    """The list of doctors without what differs in every answer."""
    text = (reader or Client()).get(address).text
    text = text[text.index('<ol class="results">') : text.index("</ol>")]
    # `data-clock` says when the times were read.
    own = r'csrfmiddlewaretoken" value="[^"]*"|data-clock="[^"]*"'
    return " ".join(re.sub(own, "", text).split())


def test_they_are_the_same_when_drawn_kept_and_drawn_for_one_reader():
    for number in range(8):
        doctor_open(**PARIS, books_online=number != 2, accepts_new_patients=number != 3)
    away = doctor_open(**PARIS)
    AbsenceFactory(doctor=away, starts_at=NOW, ends_at=NOW + dt.timedelta(days=9))
    DoctorFactory()
    address = "/doctors/?where=Paris"
    drawn, kept = page(address=address), page(address=address)
    assert drawn.count('· <span class="nobr">') == 9
    assert drawn == kept == page(one_who_draws_anew(), address)


@pytest.mark.parametrize("count", [1, 20])
def test_a_second_visitor_costs_five_queries(django_assert_num_queries, count):
    for _each in range(count):
        doctor_open()
    refresh_first_times()
    page()
    with django_assert_num_queries(5):
        page()


def test_each_reader_has_an_own_token_in_the_forms():
    doctor_open()
    tokens = set()
    for reader in (Client(), Client()):
        text = reader.get("/doctors/").text
        tokens.add(re.search(r'csrfmiddlewaretoken" value="(\w{64})"', text)[1])
    assert len(tokens) == 2


def test_each_language_has_its_own(client):
    doctor_open()
    english = Client()
    english.cookies["django_language"] = "en"
    assert "Nouveaux patients" in page()
    assert ("New patients" in page(english), "Nouveaux patients" in page()) == (True, True)


def test_a_booking_and_a_change_of_the_page_show_at_once():
    doctor = doctor_open()
    assert "10:00" in page()
    book(doctor.consultation_types.get(), patient=PatientFactory(), at="10:00", now=NOW)
    doctor.offers_video = True
    before = page()
    save_page(Doctor.objects.get(pk=doctor.pk), columns=())
    doctor.languages = ["ar"]
    save_page(doctor)
    assert [word in before for word in ('"2027-03-01T10:00', "arabe")] == [False, False]
    assert "rabe" in page()


def test_a_start_that_passes_is_gone(time_machine):
    doctor_open()
    before = page()
    time_machine.move_to(monday("09:30") + dt.datetime.resolution, tick=False)
    assert page() != before
    assert page() == page(one_who_draws_anew())
