"""A child of two accounts: the desk is told of two visits at one time, nobody online is."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import rules, services
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, secretary_of, verified
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory

pytestmark = pytest.mark.django_db

LINA = {"first_name": "Lina", "last_name": "Benali", "birth_date": dt.date(2020, 5, 4)}


@pytest.fixture
def children():
    """One child in the accounts of her mother and of her father, who writes her name plainly."""
    mothers = RelativeFactory(account=verified(PatientFactory()).account, **LINA)
    fathers = RelativeFactory(
        account=verified(PatientFactory()).account, **LINA | {"first_name": "LINA"}
    )
    return mothers, fathers


@pytest.fixture
def types():
    """The types of two doctors at one practice."""
    practice = PracticeFactory()
    return [
        ConsultationTypeFactory(doctor=DoctorFactory(practice=practice, user__last_name=name))
        for name in ("Alami", "Bennis")
    ]


def test_nothing_is_said_online(children, types):
    visits = [book(each, patient=child) for each, child in zip(types, children, strict=True)]
    assert [visit.starts_at for visit in visits] == [monday("10:00")] * 2


def test_the_desk_is_warned_by_name_and_birth_date_and_may_insist(children, types):
    book(types[0], patient=children[0])
    asked = {"patient": children[1], "by": secretary_of(types[1].doctor)}
    with pytest.raises(rules.SlotTaken) as caught, translation.override("en"):
        book(types[1], **asked)
    assert (caught.value.code, str(caught.value)) == (
        "patient_overlap",
        "Another patient has the same name and date of birth (LINA Benali, 04/05/2020) "
        "and an appointment at that time: Dr John Alami at 10:00.",
    )
    assert book(types[1], allow_patient_overlap=True, **asked).patient == children[1]


def test_the_desk_is_warned_of_a_move_too(children, types):
    book(types[0], patient=children[0], at="14:00")
    visit = book(types[1], patient=children[1])
    with pytest.raises(rules.SlotTaken):
        services.move(
            visit,
            by=secretary_of(visit.doctor),
            starts_at=monday("14:00"),
            now=FRIDAY_MORNING,
        )


def test_namesakes_born_on_other_days_or_unknown_are_two_persons(children, types):
    book(types[0], patient=children[0])
    for birth_date in (dt.date(2020, 5, 5), None):
        other = PatientFactory(**LINA | {"birth_date": birth_date})
        asked = {"patient": other, "by": secretary_of(types[1].doctor), "overbook": True}
        assert book(types[1], **asked).patient == other


def test_a_visit_that_the_desk_may_not_see_stays_untold(children):
    book(ConsultationTypeFactory(), patient=children[0])
    here = ConsultationTypeFactory()
    visit = book(here, patient=children[1], by=secretary_of(here.doctor))
    assert visit.patient == children[1]


def test_the_desks_card_shows_what_two_parents_booked(client, children, types):
    visits = [book(each, patient=child) for each, child in zip(types, children, strict=True)]
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        client.force_login(secretary_of(types[0].doctor))
        page = client.get(reverse("desk", args=[visits[0].pk]), headers={"HX-Request": "true"})
    assert page.context["card"].namesakes_visit == visits[1]
    assert "Dr John Bennis, 10:00" in page.content.decode()
