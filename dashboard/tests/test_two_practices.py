"""The desks of a doctor at two practices: each sees its own visits and patients."""

import pytest
import time_machine

from accounts.tests.factories import PatientFactory
from bookings.models import Appointment, PatientFile, WaitingScreen
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import secretary_of
from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory, PracticeFactory
from scheduling.models import Holiday
from scheduling.tests.factories import HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def there():
    return PracticeFactory(name="Là-bas")


@pytest.fixture
def kind(there):
    """Mondays at home until noon, then there."""
    kind = ConsultationTypeFactory()
    OpeningHoursFactory(doctor=kind.doctor, end_minute=720)
    OpeningHoursFactory(doctor=kind.doctor, start_minute=720, practice=there)
    return kind


@pytest.fixture
def people(kind, there):
    """Alami has a visit at home, Zola one there, Martin a file there."""
    home, away = PatientFactory(last_name="Alami"), PatientFactory(last_name="Zola")
    filed = PatientFactory(last_name="Martin")
    AppointmentFactory(consultation_type=kind, patient=home)
    AppointmentFactory(
        consultation_type=kind, patient=away, practice=there, starts_at=monday("13:00")
    )
    PatientFile.objects.create(patient=filed, practice=there)
    return {"Alami": home, "Zola": away, "Martin": filed}


@pytest.fixture
def desks(kind, there):
    return {
        "home": secretary_of(kind.doctor),
        "there": MembershipFactory(practice=there).user,
        "doctor": kind.doctor.user,
    }


KNOWN = [
    ("home", ["Alami"]),
    ("there", ["Martin", "Zola"]),
    ("doctor", ["Alami", "Martin", "Zola"]),
]


@pytest.mark.parametrize(("desk", "known"), KNOWN)
def test_a_desk_lists_the_patients_of_its_practice(client, kind, people, desks, desk, known):
    client.force_login(desks[desk])
    page = client.get("/dashboard/patients/", {"doctor": kind.doctor.pk}).context["page"]
    assert [person.last_name for person in page] == known


@pytest.mark.parametrize(("desk", "known"), KNOWN)
def test_a_desk_opens_the_records_of_its_practice(client, kind, people, desks, desk, known):
    client.force_login(desks[desk])
    for name, person in people.items():
        page = client.get(f"/dashboard/patients/{person.pk}/", {"doctor": kind.doctor.pk})
        assert page.status_code == (200 if name in known else 404)


@pytest.mark.parametrize(("desk", "known"), KNOWN)
def test_a_desk_books_the_patients_of_its_practice(client, kind, people, desks, desk, known):
    client.force_login(desks[desk])
    data = {"doctor": kind.doctor.pk, "consultation_type": kind.pk}
    data["start"] = monday("15:00" if desk == "there" else "11:00").isoformat()
    for name, person in people.items():
        Appointment.objects.filter(starts_at=data["start"]).delete()
        page = client.post("/dashboard/new/", data | {"patient": person.pk})
        assert page.status_code == (303 if name in known else 422)


@pytest.mark.parametrize(("desk", "known"), KNOWN)
def test_a_desk_searches_among_the_patients_of_its_practice(
    client, kind, people, desks, desk, known
):
    client.force_login(desks[desk])
    found = [
        name
        for name in sorted(people)
        if client.get("/dashboard/people/", {"doctor": kind.doctor.pk, "q": name}).context["found"]
    ]
    assert found == known


def test_a_file_is_of_one_practice_the_doctor_chooses_which(client, kind, people, there):
    client.force_login(kind.doctor.user)
    person = people["Zola"]
    PatientFile.objects.create(patient=person, practice=kind.doctor.practice)
    address = f"/dashboard/patients/{person.pk}/"
    records = [client.get(address, {"practice": pk}).context["record"] for pk in ("", there.pk)]
    assert [each.practice for each in records] == [kind.doctor.practice, there]
    client.post(f"{address}block/?practice={there.pk}", {"reason": "Insultes"})
    blocked = PatientFile.objects.filter(patient=person, blocked_at__isnull=False)
    assert [file.practice for file in blocked] == [there]


def test_the_old_practice_keeps_the_visits_of_a_doctor_who_left(client, kind, people, desks, there):
    doctor, visit = kind.doctor, Appointment.objects.get(patient=people["Zola"])
    doctor.opening_hours.filter(practice=there).delete()
    client.force_login(desks["there"])
    assert client.get(f"/dashboard/desk/{visit.pk}/").status_code == 200
    assert client.get(f"/dashboard/patients/{people['Zola'].pk}/").status_code == 200
    # Neither the doctor's hours nor new visits are theirs any more.
    hours = {"ranges-count": 1, "ranges-0-opens": "9:00", "ranges-0-closes": "12:00"}
    assert (
        client.post(f"/dashboard/configuration/hours/0/?doctor={doctor.pk}", hours).status_code
        == 404
    )
    Appointment.objects.filter(pk=visit.pk).update(status=Status.DONE)
    assert client.get(f"/dashboard/desk/{visit.pk}/").status_code == 404


def test_the_times_of_the_other_practice_are_busy_without_a_patient(client, kind, people, desks):
    client.force_login(desks["there"])
    asked = {"doctor": kind.doctor.pk, "start": "2027-03-01", "end": "2027-03-02"}
    events = client.get("/api/doctor/appointments", asked).json()
    assert [event["title"] for event in events] == ["Occupé", people["Zola"].name]


def test_a_doctor_chooses_where_a_walk_in_waits(client, kind, there):
    client.force_login(kind.doctor.user)
    with time_machine.travel(monday("10:00"), tick=False):
        page = client.get("/dashboard/queue/")
        assert page.context["place_here"] == kind.doctor.practice
        assert f'<option value="{there.pk}">Là-bas</option>' in page.content.decode()
        client.post("/dashboard/queue/add/", {"q": "Karim Tazi", "new": "1", "practice": there.pk})
    assert Appointment.objects.get().practice == there


def test_a_desk_of_one_place_is_asked_nothing(client, kind, desks):
    client.force_login(desks["home"])
    page = client.get("/dashboard/queue/", {"doctor": kind.doctor.pk}).content.decode()
    assert "walkin_place" not in page


def test_a_doctor_chooses_the_place_of_a_visit_outside_the_hours(client, kind, people, there):
    client.force_login(kind.doctor.user)
    data = {"doctor": kind.doctor.pk, "consultation_type": kind.pk, "patient": people["Alami"].pk}
    data |= {"date": "2027-03-01", "other": "07:00", "practice": there.pk}
    assert client.post("/dashboard/new/", data).status_code == 303
    assert Appointment.objects.get(starts_at=monday("07:00")).practice == there


def test_a_wall_shows_the_room_of_its_practice(client, kind, there):
    screen = WaitingScreen.objects.create(doctor=kind.doctor)
    for practice in (kind.doctor.practice, there):
        AppointmentFactory(walk_in=True, doctor=kind.doctor, practice=practice)
    address = f"/screen/{screen.token}/"
    with time_machine.travel(monday("10:00"), tick=False):
        pages = [client.get(address, asked) for asked in ({}, {"practice": there.pk})]
    waiting = [[p.visit.practice for p in page.context["room"].waiting_places] for page in pages]
    assert waiting == [[kind.doctor.practice], [there]]


def test_a_holiday_of_one_place_closes_the_hours_there_on_the_agenda(client, kind, there):
    HolidayFactory(practice=there, name="Fête")
    client.force_login(kind.doctor.user)
    asked = {"start": "2027-03-01", "end": "2027-03-02"}
    events = client.get("/api/doctor/background", asked).json()
    closed = [e for e in events if e["extendedProps"]["kind"] == "holiday"]
    assert [(e["start"][11:16], e["end"][11:16], e["title"]) for e in closed] == [
        ("12:00", "17:00", "Fête")
    ]
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        rows = client.get("/dashboard/", {"view": "list", "date": "2027-03-01"}).context["rows"]
    assert [(f"{row.gap.start:%H:%M}", row.gap.minutes) for row in rows] == [("09:00", 180)]
    (column,) = client.get("/dashboard/team/", {"date": "2027-03-01"}).context["team"].columns
    assert [(each.title, each.at) for each in column.closed] == [("Fête", (720, 1020))]


@pytest.mark.parametrize(("desk", "is_here"), [("there", True), ("doctor", False)])
def test_a_holiday_to_decide_names_its_place_on_the_agenda(
    client, there, desks, kind, desk, is_here
):
    HolidayFactory(practice=there, name="Fête", decision=Holiday.Decision.PROPOSED)
    client.force_login(desks[desk])
    asked = {"doctor": kind.doctor.pk, "start": "2027-03-01", "end": "2027-03-02"}
    events = client.get("/api/doctor/background", asked).json()
    shown = [e for e in events if e["extendedProps"]["kind"] == "proposal"]
    links = ["link" in e["extendedProps"] for e in shown]
    assert ([e["title"][:13] for e in shown], links) == (["Fête (Là-bas)"], [is_here])
    day = {"doctor": kind.doctor.pk, "view": "list", "date": "2027-03-01"}
    proposal = client.get("/dashboard/", day).context["proposal"]
    assert proposal == ("Fête (Là-bas)", is_here)


def test_the_next_number_is_of_the_doctors_day_at_any_place(client, kind, there, desks):
    with time_machine.travel(monday("10:00"), tick=False):
        today = {"walk_in": True, "doctor": kind.doctor, "queue_date": monday("10:00").date()}
        AppointmentFactory(**today, practice=there, queue_number=3)
        client.force_login(desks["home"])
        page = client.get("/dashboard/queue/", {"doctor": kind.doctor.pk})
    assert page.context["next_number"] == 4
