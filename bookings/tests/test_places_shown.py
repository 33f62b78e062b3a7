"""A doctor at two practices: each page says where a time is."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import PatientFactory
from bookings.finding.results import read_results
from bookings.finding.search import Search
from bookings.finding.visitor import Reader
from bookings.tests.factories import AppointmentFactory, WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.waiting_room.ticket import ticket_of
from doctors.tests.factories import ConsultationTypeFactory, PracticeFactory
from scheduling.tests.factories import OpeningHoursFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 1)


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def there():
    return PracticeFactory(name="Là-bas", street="2 rue du Lac", cancellation_deadline_hours=2)


@pytest.fixture
def kind(there):
    """Mondays from 9:00 to 11:00 at home, from 11:00 to 13:00 there."""
    kind = ConsultationTypeFactory(duration=60, doctor__practice__name="Ici")
    OpeningHoursFactory(doctor=kind.doctor, end_minute=660)
    OpeningHoursFactory(doctor=kind.doctor, start_minute=660, end_minute=780, practice=there)
    return kind


def doctor_page(client, kind, day=MONDAY):
    return client.get(
        kind.doctor.get_absolute_url(), {"seen": "yes", "type": kind.pk, "from": f"{day}"}
    )


def places_of(day):
    return [
        (practice and practice.name, [f"{start:%H:%M}" for start in starts])
        for practice, starts in day.parts
    ]


BOTH = [("Ici", ["09:00", "10:00"]), ("Là-bas", ["11:00", "12:00"])]


def test_the_grid_of_the_doctors_page(client, kind):
    page = doctor_page(client, kind)
    assert places_of(page.context["grid"].columns[0]) == BOTH
    assert page.content.decode().count('<p class="day-place">') == 2


def test_the_grid_of_a_doctor_with_one_place_says_nothing(client):
    kind = ConsultationTypeFactory(duration=240)
    page = doctor_page(client, kind)
    assert places_of(page.context["grid"].columns[0]) == [(None, ["09:00", "13:00"])]


def test_the_hours_on_the_doctors_page(client, kind):
    page = client.get(kind.doctor.get_absolute_url()).content.decode()
    hours = page[page.index('<dl class="hours">') : page.index("</dl>", page.index("hours"))]
    assert [name for name in ("Ici", "Là-bas") if f"<small>{name}</small>" in hours] == [
        "Ici",
        "Là-bas",
    ]


def test_the_card_in_the_results(client, kind):
    (card,) = read_results(Search(), Reader(timezone.now())).cards
    assert [practice.name for practice in card.practices] == ["Ici", "Là-bas"]
    assert [places_of(column) for column in card.grid.columns] == [[], [], []]
    assert card.grid.nothing.next_practice is None


def test_the_next_free_time(client, kind, there):
    kind.doctor.opening_hours.filter(practice=None).delete()
    grid = doctor_page(client, kind, MONDAY + dt.timedelta(days=1)).context["grid"]
    assert grid.nothing.next_practice == there
    (card,) = read_results(Search(), Reader(timezone.now())).cards
    assert (card.grid.nothing.next_practice, card.practices) == (there, [there])


def test_the_alternatives(client, kind, there):
    other = ConsultationTypeFactory(doctor=kind.doctor, name="Autre")
    kind.doctor.opening_hours.get(practice=there).types.set([other])
    AppointmentFactory(doctor=kind.doctor, starts_at=monday("09:00"), ends_at=monday("11:00"))
    (alternative,) = doctor_page(client, kind).context["grid"].nothing.other_types
    assert (alternative.consultation_type, alternative.practice) == (other, there)


def test_the_page_of_the_day(client, kind):
    page = client.get(
        f"{kind.doctor.get_absolute_url()}day/", {"type": kind.pk, "date": "2027-03-01"}
    )
    day = page.context["day"]
    assert [(part.practice.name, len(part.slots)) for part in day.parts] == [
        ("Ici", 2),
        ("Là-bas", 1),
        ("Là-bas", 1),
    ]
    assert [practice.name for practice in day.practices] == ["Ici", "Là-bas"]


@pytest.mark.parametrize(("at", "name", "hours"), [("10:00", "Ici", 24), ("11:00", "Là-bas", 2)])
def test_the_confirm_page_with_the_deadline_there(client, kind, at, name, hours):
    choice = {"doctor": kind.doctor.pk, "consultation_type": kind.pk}
    choice["appointment_time"] = monday(at).isoformat()
    page = client.post(reverse("hold_slot"), choice, follow=True)
    local = kind.doctor.practice.local
    closes = local(monday(at) - dt.timedelta(hours=hours))
    assert (page.context["practice"].name, page.context["changes_close"]) == (name, closes)
    assert (name in page.content.decode(), "Ici" in page.content.decode()) == (True, name == "Ici")


def test_a_patient_who_waits_there_has_a_place_in_the_room(client, kind, there):
    visit = AppointmentFactory(
        walk_in=True, doctor=kind.doctor, practice=there, patient=PatientFactory(), queue_number=1
    )
    with time_machine.travel(monday("12:00"), tick=False):
        page = client.get(f"/waiting/{ticket_of(visit)}/")
    assert (page.context["ahead"], page.context["practice"]) == (0, there)


@pytest.mark.parametrize(("places", "queries"), [(1, 9), (2, 10)])
def test_a_second_place_costs_one_query(client, kind, places, queries, django_assert_num_queries):
    if places == 1:
        kind.doctor.opening_hours.update(practice=None)
    with django_assert_num_queries(queries):
        doctor_page(client, kind)


def times_of(page):
    return [
        (f"{start:%H:%M}", practice and practice.name)
        for start, practice in page.context["nearest"]
    ]


@pytest.fixture
def taken(kind):
    """Only 09:00, 10:00 and 12:00 of that Monday are left."""
    AppointmentFactory(doctor=kind.doctor, starts_at=monday("11:00"), ends_at=monday("12:00"))
    return kind


NEAREST = [("09:00", "Ici"), ("10:00", "Ici"), ("12:00", "Là-bas")]


def test_the_nearest_times_after_a_refusal(client, taken):
    choice = {"doctor": taken.doctor.pk, "consultation_type": taken.pk}
    page = client.post(
        reverse("hold_slot"), choice | {"appointment_time": monday("11:00").isoformat()}
    )
    assert (page.status_code, times_of(page)) == (409, NEAREST)
    refusal = page.content.decode().split('id="refusal"')[1].split("</form>")[0]
    assert refusal.count('<p class="day-place">Là-bas</p>') == 1
    assert refusal.count('Là-bas">') == 1


def test_the_nearest_times_after_a_refused_move(client, taken):
    next_week = monday("09:00") + dt.timedelta(days=7)
    visit = AppointmentFactory(consultation_type=taken, starts_at=next_week)
    client.force_login(visit.patient.account)
    address = reverse("move_appointment", args=[visit.pk])
    page = client.post(address, {"appointment_time": monday("11:00").isoformat()})
    assert (page.status_code, times_of(page)) == (409, NEAREST)


def test_the_nearest_times_of_one_place_name_none(client, taken):
    taken.doctor.opening_hours.update(practice=None)
    choice = {"doctor": taken.doctor.pk, "consultation_type": taken.pk}
    page = client.post(
        reverse("hold_slot"), choice | {"appointment_time": monday("11:00").isoformat()}
    )
    assert times_of(page) == [(at, None) for at, _name in NEAREST]


def test_a_wish_names_its_place(client, kind, there):
    """That of the visit it belongs to; none where it may be served at either."""
    visit = AppointmentFactory(consultation_type=kind, practice=there, starts_at=monday("12:00"))
    wish = WaitingListEntryFactory(appointment=visit)
    client.force_login(visit.patient.account)
    shown = []
    for appointment in (visit, None):
        wish.appointment = appointment
        wish.save()
        shown += client.get("/bookings/").context["waiting_list"]
    kind.doctor.opening_hours.filter(practice=None).delete()
    shown += client.get("/bookings/").context["waiting_list"]
    assert shown == [(wish, there), (wish, None), (wish, there)]
