"""The desk's waiting list: ranks with their reasons, proposing now, urgency, withdrawing."""

import datetime as dt

import pytest
from django.urls import reverse

from bookings import services
from bookings.messages.offers import offer_freed_times
from bookings.models import Offer
from bookings.tests.factories import AppointmentFactory, WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, secretary_of
from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory, PracticeFactory
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
LIST = "/dashboard/waiting-list/"


@pytest.fixture(autouse=True)
def stopped(time_machine):
    time_machine.move_to(FRIDAY_MORNING, tick=False)


@pytest.fixture
def consultation_type():
    consultation_type = ConsultationTypeFactory()
    open_week(consultation_type.doctor, weekdays=[0])
    return consultation_type


@pytest.fixture
def waits(consultation_type):
    """Two who wait for a time before Monday at two, the first since Wednesday."""
    return [
        WaitingListEntryFactory(
            consultation_type=consultation_type,
            before=monday("14:00"),
            created_at=FRIDAY_MORNING - days * DAY,
        )
        for days in (2, 1)
    ]


@pytest.fixture
def desk(client, consultation_type):
    client.force_login(secretary_of(consultation_type.doctor))
    return client


def lines(client, doctor):
    return client.get(LIST, {"doctor": doctor.pk}).context["waits"]


def test_the_list_is_by_rank_and_says_why(desk, waits):
    first, second = lines(desk, waits[0].doctor)
    assert [each.entry for each in (first, second)] == waits
    assert (first.rank, first.asked_on, first.wins_days) == (1, dt.date(2027, 2, 24), 3)
    assert first.start == dt.datetime(2027, 3, 1, 9)


def test_an_urgent_patient_becomes_the_first_and_the_last_again(desk, waits):
    address = reverse("waiting_list_urgent", args=[waits[1].pk])
    for value, expected in (("1", waits[::-1]), ("0", waits)):
        assert desk.post(address, {"urgent": value}).status_code == 303
        assert [each.entry for each in lines(desk, waits[0].doctor)] == expected


def test_a_time_is_proposed_to_the_second_at_once(desk, waits):
    address = reverse("waiting_list_offer", args=[waits[1].pk])
    start = lines(desk, waits[0].doctor)[1].starts_at
    assert desk.post(address, {"start": start.isoformat()}).status_code == 303
    offer = Offer.objects.get()
    assert (offer.patient, offer.starts_at, offer.made_by.role) == (
        waits[1].patient,
        monday("09:00"),
        "secretary",
    )
    first, second = lines(desk, waits[0].doctor)
    assert (second.offer, second.entry.pk) == (offer, waits[1].pk)
    # The next free time is for the other one.
    assert first.start == dt.datetime(2027, 3, 1, 9, 30)


@pytest.mark.parametrize("start", ["", "soon", "2027-03-01T10:00", "2027-03-01T10:10+01:00"])
def test_no_time_is_proposed_that_is_none(desk, waits, start):
    address = reverse("waiting_list_offer", args=[waits[0].pk])
    response = desk.post(address, {"start": start})
    assert (response.status_code in (409, 422), Offer.objects.count()) == (True, 0)
    assert response.context["refusal"]


def test_an_offer_is_withdrawn_and_goes_to_the_next(desk, waits, consultation_type):
    visit = book(consultation_type, at="10:00", by=consultation_type.doctor.user)
    services.cancel(visit, by=consultation_type.doctor.user)
    assert offer_freed_times() == 1
    offer = Offer.objects.get()
    assert desk.post(reverse("waiting_list_withdraw", args=[offer.pk])).status_code == 303
    offer.refresh_from_db()
    assert (offer.status, offer_freed_times()) == ("withdrawn", 1)
    assert Offer.objects.open().get().patient == waits[1].patient


def test_another_practice_of_the_doctor_sees_its_own_patients_only(client, waits):
    there = PracticeFactory()
    visit = AppointmentFactory(
        consultation_type=waits[0].consultation_type, practice=there, starts_at=monday("16:00")
    )
    theirs = WaitingListEntryFactory(appointment=visit)
    client.force_login(MembershipFactory(practice=there).user)
    assert [each.entry for each in lines(client, waits[0].doctor)] == [theirs]
    address = reverse("waiting_list_urgent", args=[waits[0].pk])
    assert client.post(address, {"urgent": "1"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 8])
def test_costs_the_same_queries_for_one_and_eight(
    desk, consultation_type, django_assert_num_queries, rows
):
    for _ in range(rows):
        WaitingListEntryFactory(consultation_type=consultation_type, before=monday("14:00"))
    lines(desk, consultation_type.doctor)
    with django_assert_num_queries(13):
        lines(desk, consultation_type.doctor)
