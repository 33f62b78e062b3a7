"""The waiting room at the desk, on the wall, and on a patient's phone."""

import re

import pytest
import time_machine

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.models import Appointment, WaitingScreen
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import monday
from bookings.waiting_room import services as waiting_room
from bookings.waiting_room.ticket import ticket_of
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling import engine

pytestmark = pytest.mark.django_db

NOW = monday("10:00")


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def doctor():
    return ConsultationTypeFactory(duration=20).doctor


@pytest.fixture
def desk(client, doctor):
    client.force_login(doctor.user)
    return client


def known(doctor, **person):
    """Somebody with a past visit here."""
    person = PatientFactory(**person)
    AppointmentFactory(
        doctor=doctor, patient=person, status=Status.DONE, starts_at=NOW - 7 * engine.DAY
    )
    return person


def walk_in(doctor, **person):
    person = PatientFactory(account=None, **person)
    return services.add_walk_in(by=doctor.user, doctor=doctor, patient=person)


def add(desk, **data):
    return desk.post("/dashboard/queue/add/", data)


class TestAdding:
    def test_a_new_patient_from_one_field(self, desk, doctor):
        assert add(desk, q="Karim Ben Tazi 06 61 20 48 15").status_code == 303
        visit = Appointment.objects.get()
        person = visit.patient
        assert (person.first_name, person.last_name) == ("Karim", "Ben Tazi")
        assert (person.phone.as_e164, person.account) == ("+33661204815", None)
        assert (visit.queue_number, visit.status) == (1, Status.ARRIVED)

    def test_somebody_known_is_offered_before_a_namesake_is_made(self, desk, doctor):
        person = known(doctor, first_name="Karim", last_name="Tazi")
        answer = add(desk, q="karim tazi")
        assert answer.status_code == 422
        assert answer.context["people"] == [person]
        assert not Appointment.objects.filter(queue_number=1).exists()
        add(desk, q="karim tazi", patient=person.pk)
        assert Appointment.objects.get(queue_number=1).patient == person

    def test_a_namesake_is_made_on_purpose(self, desk, doctor):
        known(doctor, first_name="Karim", last_name="Tazi")
        add(desk, q="Karim Tazi", new="1")
        assert Patient.objects.filter(last_name="Tazi").count() == 2

    @pytest.mark.parametrize("text", ["", "Karim", "Karim Tazi 06 00", "Karim Tazi 0000000000"])
    def test_what_names_nobody_is_said_at_the_field_and_kept(self, desk, doctor, text):
        answer = add(desk, q=text)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'aria-describedby="walkin-error"' in page
        assert f'value="{text}"' in page
        assert not Patient.objects.filter(account=None).exists()

    def test_a_strangers_patient_is_not_found(self, desk, doctor):
        assert add(desk, q="x", patient=PatientFactory().pk).status_code == 404

    def test_typing_finds_people_and_the_new_one(self, desk, doctor):
        person = known(doctor, first_name="Karim", last_name="Tazi")
        headers = {"HX-Request": "true", "HX-Target": "queue_found"}
        answer = desk.get("/dashboard/queue/", {"q": "karim tazi"}, headers=headers)
        assert answer.context["people"] == [person]
        assert answer.context["newcomer"].name == "karim tazi"
        assert answer.content.decode().startswith('<div class="walkin-found" id="queue_found"')


class TestAddingSomebodyWithAVisitToday:
    @pytest.fixture
    def visit(self, doctor):
        return AppointmentFactory(doctor=doctor, starts_at=monday("10:30"))

    def test_the_desk_is_warned_and_notes_the_arrival(self, desk, visit):
        answer = add(desk, patient=visit.patient_id)
        assert (answer.status_code, answer.context["refusal"].visit) == (409, visit)
        assert f'action="/dashboard/queue/{visit.pk}/change/"' in answer.text
        desk.post(f"/dashboard/queue/{visit.pk}/change/", {"verb": "arrive", "seen": 0})
        visit.refresh_from_db()
        assert (visit.status, Appointment.objects.count()) == (Status.ARRIVED, 1)

    def test_a_number_is_given_all_the_same(self, desk, visit):
        assert add(desk, patient=visit.patient_id, beside_visit="1").status_code == 303
        assert Appointment.objects.get(queue_number=1).patient == visit.patient


class TestRoom:
    def test_call_and_finish(self, desk, doctor):
        visit = walk_in(doctor)
        address = f"/dashboard/queue/{visit.pk}/change/"
        assert desk.post(address, {"verb": "start", "seen": visit.sequence}).status_code == 303
        visit.refresh_from_db()
        assert visit.status == Status.IN_PROGRESS
        desk.post(address, {"verb": "finish", "seen": visit.sequence})
        visit.refresh_from_db()
        assert visit.status == Status.DONE

    def test_calling_the_same_person_twice_is_told(self, desk, doctor):
        visit = walk_in(doctor)
        address = f"/dashboard/queue/{visit.pk}/change/"
        desk.post(address, {"verb": "start", "seen": visit.sequence})
        assert desk.post(address, {"verb": "start", "seen": visit.sequence}).status_code == 409

    def test_other_verbs_are_not_for_the_waiting_room(self, desk, doctor):
        visit = walk_in(doctor)
        answer = desk.post(f"/dashboard/queue/{visit.pk}/change/", {"verb": "cancel"})
        assert answer.status_code == 409

    def test_skip_and_order(self, desk, doctor):
        one, two, three = (walk_in(doctor) for _each in range(3))
        desk.post(f"/dashboard/queue/{one.pk}/skip/")
        rows = desk.get("/dashboard/queue/").context["room"].waiting_places
        assert [place.visit for place in rows] == [two, one, three]
        desk.post("/dashboard/queue/order/", {"visit": [three.pk, two.pk, one.pk]})
        rows = desk.get("/dashboard/queue/").context["room"].waiting_places
        assert [place.visit for place in rows] == [three, two, one]

    @pytest.mark.parametrize("order", [["nonsense"], []])
    def test_an_order_that_is_none_changes_nothing(self, desk, doctor, order):
        visit = walk_in(doctor)
        answer = desk.post("/dashboard/queue/order/", {"visit": order})
        assert answer.status_code == (422 if order else 409)
        visit.refresh_from_db()
        assert visit.waiting_place is None

    def test_htmx_gets_the_room_alone_and_the_others_hear_of_it(self, desk, doctor):
        visit = walk_in(doctor)
        headers = {"HX-Request": "true", "HX-Target": "queue"}
        answer = desk.post(
            f"/dashboard/queue/{visit.pk}/change/", {"verb": "start"}, headers=headers
        )
        assert answer.content.decode().lstrip().startswith('<div class="queue" id="queue"')
        assert "desk-changed" in answer.headers["HX-Trigger-After-Settle"]

    def test_strangers_visits_are_not_found(self, desk):
        visit = walk_in(DoctorFactory())
        for step in ("change", "skip"):
            assert desk.post(f"/dashboard/queue/{visit.pk}/{step}/").status_code == 404
        assert desk.get(f"/dashboard/queue/{visit.pk}/ticket/").status_code == 404

    @pytest.mark.parametrize("count", [1, 30])
    def test_it_costs_the_same_for_one_and_thirty(
        self, desk, doctor, count, django_assert_num_queries
    ):
        for _each in range(count):
            walk_in(doctor)
        desk.get("/dashboard/queue/")
        with django_assert_num_queries(10):
            desk.get("/dashboard/queue/")


class TestCallNext:
    @pytest.fixture
    def room(self, doctor):
        """Somebody inside, and somebody who waits."""
        inside, waits = walk_in(doctor), walk_in(doctor)
        services.change_status(inside, Verb.START, by=doctor.user)
        return inside, waits

    def call(self, desk, visit, **data):
        return desk.post(
            f"/dashboard/queue/{visit.pk}/change/", {"verb": "start", "seen": 0} | data
        )

    def statuses(self, room):
        for each in room:
            each.refresh_from_db()
        return [each.status for each in room]

    def test_it_asks_what_becomes_of_who_is_inside(self, desk, room):
        answer = self.call(desk, room[1])
        assert (answer.status_code, answer.context["refusal"].inside) == (409, [room[0]])
        assert self.statuses(room) == [Status.IN_PROGRESS, Status.ARRIVED]

    def test_it_closes_the_one_before_and_one_undo_takes_both_back(self, desk, room):
        answer = self.call(desk, room[1], inside=room[0].pk, finish="1")
        assert self.statuses(room) == [Status.DONE, Status.IN_PROGRESS]
        changes = desk.get(answer["Location"]).context["changes"]
        undo = {"changes": ".".join(str(each.pk) for each in changes), "page": "queue"}
        assert "/dashboard/queue/" in desk.post("/dashboard/closing/undo/", undo)["Location"]
        assert self.statuses(room) == [Status.IN_PROGRESS, Status.ARRIVED]

    def test_it_calls_beside_when_the_desk_says_so(self, desk, room):
        self.call(desk, room[1], inside=room[0].pk)
        assert self.statuses(room) == [Status.IN_PROGRESS, Status.IN_PROGRESS]

    def test_it_asks_again_when_somebody_else_went_in_meanwhile(self, desk, doctor, room):
        later = walk_in(doctor)
        services.change_status(later, Verb.START, by=doctor.user)
        assert self.call(desk, room[1], inside=room[0].pk, finish="1").status_code == 409
        assert self.statuses(room) == [Status.IN_PROGRESS, Status.ARRIVED]


class TestScreen:
    def test_it_shows_codes_and_no_name(self, desk, doctor, client):
        inside, waits = walk_in(doctor, last_name="Canary"), walk_in(doctor, last_name="Canary")
        coded = AppointmentFactory(
            doctor=doctor, patient__last_name="Canary", starts_at=monday("10:30")
        )
        services.change_status(coded, Verb.ARRIVE, by=doctor.user)
        services.change_status(inside, Verb.START, by=doctor.user)
        desk.post("/dashboard/queue/screen/")
        client.logout()
        address = f"/screen/{WaitingScreen.objects.get().token}/"
        page = client.get(address).content.decode()
        coded.refresh_from_db()
        assert re.findall(r"<strong>(\w+)</strong>", page) == ["1"]
        ticket = client.get(f"/waiting/{ticket_of(coded)}/").context["visit"]
        assert ticket.call_name == coded.call_code
        assert re.findall(r"<li>(\w+)</li>", page) == [str(waits.queue_number), coded.call_code]
        assert "Canary" not in page
        assert "10:30" not in page

    def test_it_asks_again_for_little(self, doctor, client, django_assert_num_queries):
        waiting_room.make_screen(by=doctor.user, doctor=doctor)
        address = f"/screen/{WaitingScreen.objects.get().token}/"
        headers = {"HX-Request": "true", "HX-Target": "screen"}
        state = client.get(address).context["state"]
        with django_assert_num_queries(1):
            assert client.get(f"{address}?state={state}", headers=headers).status_code == 204
        walk_in(doctor)
        assert client.get(f"{address}?state={state}", headers=headers).status_code == 200

    def test_an_address_that_was_replaced_shows_nothing(self, doctor, client):
        waiting_room.make_screen(by=doctor.user, doctor=doctor)
        old = WaitingScreen.objects.get().token
        waiting_room.make_screen(by=doctor.user, doctor=doctor)
        assert client.get(f"/screen/{old}/").status_code == 404


class TestTicket:
    def page(self, client, visit):
        return client.get(f"/waiting/{ticket_of(visit)}/")

    def test_it_says_how_many_are_before_and_how_long(self, doctor, client):
        visits = [walk_in(doctor, last_name="Canary") for _each in range(3)]
        answer = self.page(client, visits[2])
        assert (answer.context["ahead"], answer.context["minutes"]) == (2, 40)
        assert "2 personnes avant vous" in answer.content.decode()
        assert "Canary" not in answer.content.decode()

    def test_each_state_has_its_words(self, doctor, client):
        visit = AppointmentFactory(doctor=doctor, starts_at=monday("10:30"))
        assert "pas encore signalé" in self.page(client, visit).content.decode()
        services.change_status(visit, Verb.ARRIVE, by=doctor.user)
        assert "Vous êtes le prochain" in self.page(client, visit).content.decode()
        visit.refresh_from_db()
        services.change_status(visit, Verb.START, by=doctor.user)
        assert "C’est à vous" in self.page(client, visit).content.decode()
        visit.refresh_from_db()
        services.change_status(visit, Verb.FINISH, by=doctor.user)
        assert "terminée" in self.page(client, visit).content.decode()

    def test_it_is_over_the_next_day(self, doctor, client):
        ticket = ticket_of(walk_in(doctor))
        with time_machine.travel(NOW + 25 * engine.DAY / 24, tick=False):
            assert client.get(f"/waiting/{ticket}/").status_code == 404

    def test_the_desk_hands_it_out(self, desk, doctor):
        visit = walk_in(doctor)
        page = desk.get(f"/dashboard/queue/{visit.pk}/ticket/").content.decode()
        assert re.search(r'value="https?://[^"]+/waiting/[^"]+/"', page)
        assert "data:image/svg" in page
