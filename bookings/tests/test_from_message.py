"""The pages behind the link of a message: by GET, guessed, twice, after a move."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import PatientFactory, UserFactory
from bookings import services
from bookings.from_message import link as from_message
from bookings.messages.composing import compose
from bookings.messages.links import visit_link, visit_token
from bookings.models import Notification, PatientFile, StatusChange
from bookings.rules import StateConflict
from bookings.services import booking
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.test_races import at_once, waiting_for_the_other
from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

AT_THREE = {"appointment_time": "2027-03-01T15:00+01:00"}
ACTS = {"come": {}, "cancel": {}, "move": AT_THREE}


@pytest.fixture(autouse=True)
def stopped(time_machine):
    time_machine.move_to(FRIDAY_MORNING, tick=False)


@pytest.fixture
def visit():
    """A visit on Monday at 10:00, of a person without an account; the practice is open."""
    kind = ConsultationTypeFactory(name="Chimiothérapie")
    open_week(kind.doctor)
    patient = PatientFactory(
        account=None, first_name="Léa", last_name="Vernet", email="lea@example.org"
    )
    return AppointmentFactory(
        consultation_type=kind, patient=patient, reason="une douleur secrète", booked_by=None
    )


@pytest.fixture
def client():
    return Client()


def address(visit, act=""):
    return f"/r/{visit_token(visit)}/{act and act + '/'}"


def state(visit):
    visit.refresh_from_db()
    return visit.status, visit.starts_at, visit.sequence, visit.coming_at


def text_of(response):
    return response.content.decode()


def test_the_page_says_little_of_the_person(client, visit):
    response = client.get(address(visit))
    said, page = ("Vernet", "Chimio", "douleur", "lea@"), text_of(response)
    assert [word for word in said if word in page] == []
    assert "Lundi 1er mars à 10:00" in page
    assert f"Avec {visit.doctor_name}, pour Léa." in page


def test_no_browser_keeps_it_and_no_other_site_learns_it(client, visit):
    for path in (address(visit), address(visit, "move"), "/r/nonsense/"):
        response = client.get(path)
        headers = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")
        assert [response.headers.get(name) for name in headers] == (
            ["private, no-store", "same-origin", "noindex"]
            if path != "/r/nonsense/"
            else [None, "same-origin", "noindex"]
        )


@pytest.mark.parametrize("act", ["", "come", "cancel", "move", "calendar.ics"])
def test_a_scanner_that_opens_everything_changes_nothing(client, visit, act):
    before, path = state(visit), address(visit, act).replace(".ics/", ".ics")
    for query in ("", "?do=come", "?do=move", "?do=cancel"):
        client.get(path + query, follow=True)
        client.head(path + query)
    assert state(visit) == before
    assert StatusChange.objects.count() == 0


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_do_leads_to_the_page_of_the_act(client, visit, act):
    response = client.get(f"{address(visit)}?do={act}")
    assert (response.status_code, response["Location"]) == (302, address(visit, act))


def test_coming_is_noted_once(client, visit, time_machine):
    page = address(visit)
    first = client.post(address(visit, "come"))
    assert (first.status_code, first["Location"]) == (303, page)
    version = visit.doctor.calendar_version
    time_machine.move_to(FRIDAY_MORNING + dt.timedelta(hours=1), tick=False)
    client.post(address(visit, "come"))
    assert state(visit) == (Status.CONFIRMED, monday("10:00"), 0, FRIDAY_MORNING)
    visit.doctor.refresh_from_db()
    assert visit.doctor.calendar_version == version + 1
    shown = text_of(client.get(page))
    assert "Merci\u00a0: le cabinet sait que vous venez." in shown
    assert "Je viens" not in shown


def test_a_move_takes_coming_back(client, visit):
    client.post(address(visit, "come"))
    visit.refresh_from_db()
    services.move(visit, by=visit.doctor.user, starts_at=monday("15:00"))
    assert state(visit) == (Status.CONFIRMED, monday("15:00"), 1, None)


def test_nobody_comes_to_a_request(client, visit):
    visit.status = Status.PENDING
    visit.save()
    assert "Je viens" not in text_of(client.get(address(visit)))
    assert client.post(address(visit, "come")).status_code == 409
    assert state(visit)[3] is None


def test_nobody_comes_where_the_practice_wants_another_time(client, visit):
    services.ask_to_move(visit, by=visit.doctor.user)
    visit.refresh_from_db()
    assert client.post(address(visit, "come")).status_code == 409
    with pytest.raises(StateConflict):
        services.say_coming(visit)
    assert state(visit)[3] is None


def test_cancelled_from_the_link(client, visit):
    """The page asks once; the answer, and each later one, is the state there is."""
    assert client.get(address(visit, "cancel")).status_code == 200
    link, old_page = address(visit, "cancel"), address(visit)
    response = client.post(link)
    assert (response.status_code, response["Location"]) == (303, old_page)
    change = visit.changes.get()
    assert (change.verb, change.by, change.by_link) == (Verb.CANCEL, None, True)
    assert change.author == "la personne, par un lien"
    for answer in (client.get(old_page), client.post(link)):
        assert answer.status_code == 410
        assert "Ce rendez-vous est annulé" in text_of(answer)
    assert visit.changes.count() == 1
    assert [row.kind for row in Notification.objects.all()] == [Notification.Kind.CANCELLED]


def test_the_mail_does_not_blame_the_practice(client, visit):
    """A change without an account is not the system's, when it came by a link."""
    visit.status = Status.PENDING
    visit.save()
    client.post(address(visit, "cancel"))
    row = Notification.objects.get()
    assert "n’a pas répondu" not in compose(row, now=FRIDAY_MORNING).body


def test_moved_from_the_link(client, visit):
    old = address(visit)
    assert "2027-03-01T15:00:00+01:00" in text_of(client.get(f"{old}move/?all=1"))
    response = client.post(f"{old}move/", AT_THREE)
    assert state(visit) == (Status.CONFIRMED, monday("15:00"), 1, None)
    assert (response.status_code, response["Location"]) == (303, address(visit))
    assert "Lundi 1er mars à 15:00" in text_of(client.get(response["Location"]))
    change = visit.changes.get()
    assert (change.verb, change.by, change.by_link) == (Verb.MOVE, None, True)


def test_other_days_come_as_a_part_of_the_page(client, visit):
    headers = {"HX-Request": "true", "HX-Target": "slot_grid"}
    response = client.get(f"{address(visit, 'move')}?from=2027-03-08", headers=headers)
    page = text_of(response)
    assert page.lstrip().startswith('<div id="slot_grid"')
    assert f'hx-get="{address(visit, "move")}?from=2027-03-11"' in page


def test_an_old_link_changes_nothing_and_says_nothing_of_the_new_time(client, visit):
    old = address(visit)
    services.move(visit, by=visit.doctor.user, starts_at=monday("15:00"))
    before = state(visit)
    answers = [client.get(old), client.get(f"{old}move/"), client.get(f"{old}calendar.ics")]
    answers += [client.post(f"{old}{act}/", data) for act, data in ACTS.items()]
    assert {answer.status_code for answer in answers} == {410}
    assert [answer for answer in answers if "15:00" in text_of(answer)] == []
    assert state(visit) == before


def test_the_same_move_sent_twice_leads_to_the_new_time(client, visit, time_machine):
    old = address(visit)
    client.post(f"{old}move/", AT_THREE)
    second = client.post(f"{old}move/", AT_THREE)
    visit.refresh_from_db()
    assert (second.status_code, second["Location"]) == (303, address(visit))
    assert visit.changes.count() == 1
    other = client.post(f"{old}move/", {"appointment_time": "2027-03-01T16:00+01:00"})
    time_machine.move_to(FRIDAY_MORNING + dt.timedelta(minutes=11), tick=False)
    assert (other.status_code, client.post(f"{old}move/", AT_THREE).status_code) == (410, 410)


def test_the_practice_s_move_is_not_taken_for_a_repeated_one(client, visit):
    old = address(visit)
    services.move(visit, by=visit.doctor.user, starts_at=monday("15:00"))
    assert client.post(f"{old}move/", AT_THREE).status_code == 410


@pytest.mark.parametrize("act", ["", "come", "cancel", "move", "calendar.ics"])
def test_a_guess_gets_nothing(client, visit, act):
    before, token = state(visit), visit_token(visit)
    for guess in (token[:-1] + ("A" if token[-1] != "A" else "B"), "A" * 44, "nonsense"):
        path = f"/r/{guess}/{act}{'/' if act and '.' not in act else ''}"
        wanted = 405 if act == "come" else 404
        statuses = (client.get(path).status_code, client.post(path, AT_THREE).status_code)
        assert set(statuses) <= {404, wanted, 405}
        assert visit.practice.name not in text_of(client.get(path))
    assert state(visit) == before


def test_who_guesses_waits_and_others_do_not(client, visit, settings):
    settings.RATE_LIMITS = True
    settings.LIMITS = {"open_link": (10, 60), "open_wrong_link": (3, 300)}
    guesses = [client.get("/r/nonsense/", REMOTE_ADDR="192.0.2.7").status_code for _ in range(4)]
    assert guesses == [404, 404, 404, 429]
    assert client.get(address(visit), REMOTE_ADDR="192.0.2.7").status_code == 429
    assert client.get(address(visit), REMOTE_ADDR="192.0.2.8").status_code == 200


def test_one_address_opens_a_number_of_pages_a_minute(client, visit, settings):
    settings.RATE_LIMITS = True
    settings.LIMITS = {"open_link": (2, 60), "open_wrong_link": (3, 300)}
    opened = [client.get(address(visit), REMOTE_ADDR="192.0.2.9").status_code for _ in range(3)]
    assert opened == [200, 200, 429]
    settings.RATE_LIMITS = False
    assert client.get(address(visit), REMOTE_ADDR="192.0.2.9").status_code == 200


def test_the_forms_check_where_they_come_from(visit):
    client = Client(enforce_csrf_checks=True)
    before = state(visit)
    for act, data in ACTS.items():
        assert client.post(address(visit, act), data).status_code == 403
    assert state(visit) == before


def test_the_deadline_binds(client, visit, time_machine):
    time_machine.move_to(monday("08:00"), tick=False)
    before, page = state(visit), text_of(client.get(address(visit)))
    assert address(visit, "move") not in page
    assert address(visit, "cancel") not in page
    answers = {
        act: client.post(address(visit, act), data).status_code for act, data in ACTS.items()
    }
    assert answers == {"come": 303, "cancel": 403, "move": 403}
    assert state(visit)[:3] == before[:3]


def test_a_taken_time_offers_others(client, visit):
    HoldFactory(consultation_type=visit.consultation_type, starts_at=monday("15:00"))
    response = client.post(address(visit, "move"), AT_THREE)
    assert response.status_code == 409
    assert f'action="{address(visit, "move")}"' in text_of(response)
    assert state(visit)[1] == monday("10:00")


def test_a_refusal_tells_nothing_of_the_person(client, visit):
    """The rules name another visit, the person or the type; any reader of the message sees this."""
    other = AppointmentFactory(
        patient=visit.patient, starts_at=monday("15:00"), doctor__user__last_name="Alami"
    )
    page = text_of(client.post(address(visit, "move"), AT_THREE))
    assert "Cet horaire ne peut pas être choisi." in page
    other.delete()
    staff = {"by": visit.doctor.user, "practice": visit.practice}
    services.block_patient(patient=visit.patient, **staff)
    blocked = client.post(address(visit, "move"), AT_THREE)
    page += text_of(blocked) + text_of(client.get(address(visit, "move")))
    visit.consultation_type.require_existing_patient = True
    visit.consultation_type.save()
    PatientFile.objects.all().delete()
    page += text_of(client.post(address(visit, "move"), AT_THREE))
    page += text_of(client.get(address(visit, "move")))
    assert [word for word in ("Alami", "Vernet", "Chimio") if word in page] == []
    assert page.count("Ce rendez-vous ne peut pas être modifié en ligne.") == 4
    assert state(visit)[1] == monday("10:00")


def test_after_the_visit_s_end_there_is_no_page(client, visit, time_machine):
    time_machine.move_to(visit.ends_at, tick=False)
    response = client.get(address(visit))
    assert response.status_code == 410
    assert "Ce rendez-vous est passé" in text_of(response)


def test_while_it_lasts_the_page_shows_the_place_and_changes_nothing(client, visit, time_machine):
    time_machine.move_to(visit.starts_at + dt.timedelta(minutes=5), tick=False)
    page = client.get(address(visit))
    assert page.status_code == 200
    assert client.post(address(visit, "cancel")).status_code in (403, 409)
    assert state(visit)[0] == Status.CONFIRMED


def test_a_doctor_s_own_link_has_no_powers_of_staff(client, visit):
    """The account behind the patient works at the practice; the link does not."""
    visit.patient.account = MembershipFactory(practice=visit.practice).user
    visit.patient.save()
    client.force_login(visit.patient.account)
    taken = AppointmentFactory(consultation_type=visit.consultation_type, starts_at=monday("15:00"))
    response = client.post(address(visit, "move"), AT_THREE | {"overbook": "1"})
    assert response.status_code == 409
    assert taken.starts_at == monday("15:00")


def test_it_speaks_the_language_of_the_account_s_messages(client, visit):
    visit.patient.account = UserFactory(language="en")
    visit.patient.save()
    assert "I am coming" in text_of(client.get(address(visit)))
    client.cookies["django_language"] = "fr"
    assert "Je viens" in text_of(client.get(address(visit)))


def test_the_file_for_the_calendar(client, visit):
    response = client.get(f"{address(visit)}calendar.ics")
    assert response["Content-Type"].startswith("text/calendar")
    assert response["Content-Disposition"] == 'attachment; filename="rendez-vous.ics"'
    text = response.content.decode().replace("\r\n ", "")
    assert f"URL:{visit_link(visit)}" in text


@pytest.mark.parametrize(("act", "queries"), [("", 2), ("cancel", 2), ("move", 8)])
def test_a_page_costs_few_queries(client, visit, django_assert_num_queries, act, queries):
    path = address(visit, act)
    with django_assert_num_queries(queries):
        client.get(path)


class TestAtTheDesk:
    def test_the_page_of_the_visit_shows_it(self, client, visit):
        visit.coming_at = timezone.now()
        visit.save()
        client.force_login(visit.doctor.user)
        desk = text_of(client.get(f"/dashboard/desk/{visit.pk}/"))
        assert "Vient" in desk
        day = text_of(client.get("/dashboard/?view=list&date=2027-03-01"))
        assert "vient" in day
        span = "start=2027-03-01T00:00:00Z&end=2027-03-02T00:00:00Z"
        (event,) = client.get(f"/api/doctor/appointments?{span}").json()
        assert event["extendedProps"]["coming"] is True
        assert event["extendedProps"]["label"].endswith("Confirmé, vient")

    def test_the_news_say_that_it_was_online(self, client, visit):
        client.force_login(visit.doctor.user)
        Client().post(address(visit, "cancel"))
        live = f"/dashboard/live/?doctor={visit.doctor_id}&version=0&change=0"
        assert "vient d’annuler en ligne" in text_of(client.get(live))


class TestSignedIn:
    @pytest.fixture
    def own(self, visit):
        visit.patient.account = UserFactory()
        visit.patient.save()
        return visit

    def test_own_page_asks_in_the_last_days(self, client, own, time_machine):
        client.force_login(own.patient.account)
        assert "Je viens" in text_of(client.get(f"/bookings/{own.pk}/"))
        time_machine.move_to(FRIDAY_MORNING - dt.timedelta(days=20), tick=False)
        client.force_login(own.patient.account)
        assert "Je viens" not in text_of(client.get(f"/bookings/{own.pk}/"))

    def test_coming(self, client, own):
        client.force_login(own.patient.account)
        assert client.post(f"/bookings/{own.pk}/come/").status_code == 303
        assert state(own)[3] == FRIDAY_MORNING

    def test_staff_do_not_answer_for_the_patient(self, client, own):
        client.force_login(own.doctor.user)
        assert client.post(f"/bookings/{own.pk}/come/").status_code == 404
        assert state(own)[3] is None


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Two people have the message, and both have read the page before either acts."""

    @pytest.fixture
    def both_have_read(self, monkeypatch):
        read = waiting_for_the_other(from_message.read_visit_token)
        monkeypatch.setattr(from_message, "read_visit_token", read)

    def acts(self, visit, *times):
        path = address(visit, "move")
        data = [{"appointment_time": f"2027-03-01T{time}+01:00"} for time in times]
        return at_once(*(lambda sent=sent: Client().post(path, sent).status_code for sent in data))

    def test_one_moves_it_and_the_other_learns_that_it_changed(self, visit, both_have_read):
        assert sorted(self.acts(visit, "15:00", "16:00")) == [303, 410]
        assert visit.changes.count() == 1

    def test_without_the_check_both_move_it(self, visit, both_have_read, monkeypatch):
        monkeypatch.setattr(booking, "check_unchanged", lambda *seen: None)
        assert self.acts(visit, "15:00", "16:00") == [303, 303]
        assert visit.changes.count() == 2

    def test_a_double_click_moves_once(self, visit, both_have_read):
        assert self.acts(visit, "15:00", "15:00") == [303, 303]
        assert visit.changes.count() == 1
