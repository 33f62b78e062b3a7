"""The desk: the card of a visit, and each step that is taken there."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.messages.composing import compose
from bookings.models import Appointment, Notification, PrivateNote
from bookings.status import Status, Verb, leads_to
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import secretary_of
from dashboard.desk.card import VERBS, read_card
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.tests.factories import OpeningHoursFactory, open_week

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def monday_at_eleven():
    with time_machine.travel(monday("11:00"), tick=False):
        yield


@pytest.fixture
def visit():
    return AppointmentFactory(patient__birth_date=dt.date(1968, 3, 2))


@pytest.fixture
def desk(client, visit):
    """The browser of the doctor whose visit it is."""
    client.force_login(visit.doctor.user)
    return client


def step(name, visit):
    return reverse(name, args=[visit.pk])


def card_of(client, visit):
    return client.get(step("desk", visit), headers=HTMX).context["card"]


class TestCard:
    def test_htmx_gets_the_card_alone_and_a_browser_the_agenda_with_it(self, desk, visit):
        alone = desk.get(step("desk", visit), headers=HTMX)
        page = desk.get(step("desk", visit))
        assert [t.name for t in (alone.templates[0], page.templates[0])] == [
            "dashboard/partials/desk.html",
            "dashboard/agenda.html",
        ]
        assert page.context["card"].visit == alone.context["card"].visit == visit

    def test_it_tells_age_visits_and_absences(self, desk, visit):
        same = {"doctor": visit.doctor, "patient": visit.patient}
        for days, status in ((30, Status.DONE), (20, Status.NO_SHOW)):
            AppointmentFactory(
                **same, starts_at=visit.starts_at - dt.timedelta(days=days), status=status
            )
        card = card_of(desk, visit)
        assert (card.age, card.visit_number, card.no_shows) == (58, 2, 1)
        assert [each.status for each in card.past] == [Status.NO_SHOW, Status.DONE]

    def test_visits_to_come_stand_apart_and_the_latest_past_one_is_first(self, desk, visit):
        same = {"doctor": visit.doctor, "patient": visit.patient}
        days = {
            days: AppointmentFactory(**same, starts_at=visit.starts_at + dt.timedelta(days=days))
            for days in (-30, 21, -2, 7)
        }
        with time_machine.travel(monday("11:00") - dt.timedelta(days=9)):
            walk_in = services.add_walk_in(by=visit.doctor.user, **same)
        card = card_of(desk, visit)
        assert card.coming == [days[7], days[21]]
        assert card.past == [days[-2], walk_in, days[-30]]

    def test_the_record_is_a_link_in_words(self, desk, visit):
        page = desk.get(step("desk", visit), headers=HTMX).content.decode()
        link = re.search(
            rf'<a [^>]*href="/dashboard/patients/{visit.patient_id}/"[^>]*>(.*?)</a>', page, re.S
        )
        assert strip_tags(link.group(1)).strip() == "Dossier médical"

    @pytest.mark.parametrize("status", Status)
    def test_each_button_is_offered_as_the_table_says(self, desk, visit, status):
        Appointment.objects.update(status=status)
        offered = [button.verb for button in card_of(desk, visit).buttons if not button.reason]
        pressed = [verb for verb in VERBS if becomes(verb) == status or is_done_today(verb, status)]
        assert offered == pressed

    def test_on_a_later_day_what_really_happened_is_corrected(self, desk, visit):
        Appointment.objects.update(status=Status.NO_SHOW)
        with time_machine.travel(monday("11:00") + dt.timedelta(days=1), tick=False):
            buttons = [each.value for each in card_of(desk, visit).buttons if not each.reason]
            assert buttons == ["correct-done", "mark_absent"]
            desk.post(step("desk_status", visit), {"verb": "correct-done", "seen": 0})
        assert Appointment.objects.get().status == Status.DONE

    def test_a_correction_whose_time_was_given_away_offers_to_overbook(self, desk, visit):
        Appointment.objects.update(status=Status.NO_SHOW)
        AppointmentFactory(doctor=visit.doctor, status=Status.DONE)
        sent = {"verb": "correct-done", "seen": "0"}
        with time_machine.travel(monday("11:00") + dt.timedelta(days=1), tick=False):
            refused = desk.post(step("desk_status", visit), sent, headers=HTMX)
            assert (refused.status_code, refused.context["card"].again) == (409, sent)
            desk.post(step("desk_status", visit), sent | {"overbook": "1"})
        visit.refresh_from_db()
        assert (visit.status, visit.is_overbooked) == (Status.DONE, True)

    def test_nobody_is_absent_before_the_hour_and_the_button_says_so(self, desk, visit):
        Appointment.objects.update(starts_at=monday("11:01"), ends_at=monday("11:31"))
        reasons = {button.verb: button.reason for button in card_of(desk, visit).buttons}
        too_soon = services.why_not_now(visit, Verb.MARK_ABSENT, monday("09:00"))
        assert reasons[Verb.MARK_ABSENT] == str(too_soon)
        assert (reasons[Verb.ARRIVE], bool(reasons[Verb.FINISH])) == ("", True)

    def test_whoever_waits_is_shown_since_when(self, desk, visit):
        arrived = monday("10:48")
        services.change_status(visit, Verb.ARRIVE, by=visit.doctor.user, now=arrived)
        card = card_of(desk, visit)
        assert (card.waits_since, card.minutes) == (arrived, 12)

    def test_it_says_that_the_patient_was_asked_for_another_time(self, desk, visit):
        asked = AppointmentFactory(doctor=visit.doctor, starts_at=monday("15:00"))
        assert not card_of(desk, asked).is_asked_to_move
        services.ask_to_move(asked, by=visit.doctor.user)
        assert card_of(desk, asked).is_asked_to_move
        with time_machine.travel(monday("15:01")):
            assert not card_of(desk, asked).is_asked_to_move

    def test_it_costs_the_same_for_one_past_visit_and_thirty(
        self, desk, visit, django_assert_num_queries
    ):
        for count in (1, 29):
            for index in range(count):
                start = visit.starts_at - dt.timedelta(days=index + 30 * count)
                AppointmentFactory(doctor=visit.doctor, patient=visit.patient, starts_at=start)
            # Session, account, visit; last change, number, absences (2), visits (2), messages,
            # note, and a namesake's visit.
            with django_assert_num_queries(13):
                desk.get(step("desk", visit), headers=HTMX)


def is_done_today(verb, status):
    """Whether the table allows it, on the day of the visit."""
    return leads_to(verb, status) and (verb, status) != (Verb.FINISH, Status.CONFIRMED)


def test_a_new_patient_with_an_e_mail_address_gets_the_mail(desk, visit):
    person = {"first_name": "Nadia", "last_name": "Berrada", "email": "nadia@example.org"}
    sent = {"patient": "new", "start": monday("15:00").isoformat(), **person}
    ConsultationTypeFactory(doctor=visit.doctor)
    response = desk.post("/dashboard/new/", sent)
    assert response.status_code == 303
    (told,) = Notification.objects.all()
    mail = compose(told, now=monday("11:00"))
    assert (told.kind, mail.to) == (Notification.Kind.BOOKED, ["nadia@example.org"])
    # The link works without an account; the other pages need one.
    assert re.findall(r"https?://[^/]+(/\w+/)", mail.body) == ["/r/"]


def becomes(verb):
    return {
        Verb.ARRIVE: Status.ARRIVED,
        Verb.START: Status.IN_PROGRESS,
        Verb.FINISH: Status.DONE,
        Verb.MARK_ABSENT: Status.NO_SHOW,
    }[verb]


class TestStatus:
    # The whole table: bookings/tests/test_status_by_role.py.
    @pytest.mark.parametrize("who", ["doctor", "secretary"])
    @pytest.mark.parametrize("verb", VERBS)
    @pytest.mark.parametrize("before", [Status.CONFIRMED, Status.ARRIVED, Status.CANCELLED])
    def test_a_button_does_its_verb_or_says_why_not(self, client, visit, who, verb, before):
        Appointment.objects.update(status=before)
        user = visit.doctor.user if who == "doctor" else secretary_of(visit.doctor)
        client.force_login(user)
        data = {"verb": verb.value, "seen": 0}
        response = client.post(step("desk_status", visit), data, headers=HTMX)
        after = is_done_today(verb, before)
        visit.refresh_from_db()
        assert (response.status_code, visit.status) == (
            200 if after else 409,
            becomes(verb) if after else before,
        )

    def test_a_change_says_so_to_the_agenda(self, desk, visit):
        data = {"verb": "arrive", "seen": 0}
        response = desk.post(step("desk_status", visit), data, headers=HTMX)
        assert response.templates[0].name == "dashboard/partials/desk.html"
        assert '"desk-changed": {"appointment"' in response["HX-Trigger"]

    def test_without_scripts_it_leads_back_to_the_visit_on_its_day(self, desk, visit):
        response = desk.post(step("desk_status", visit), {"verb": "arrive"})
        assert (response.status_code, response["Location"]) == (
            303,
            f"/dashboard/?doctor={visit.doctor_id}&date=2027-03-01&appointment={visit.pk}",
        )

    def test_the_later_of_two_people_is_told_what_the_first_did(self, desk, visit):
        secretary = secretary_of(visit.doctor)
        services.change_status(visit, Verb.ARRIVE, by=secretary)
        data = {"verb": "start", "seen": 0}
        response = desk.post(step("desk_status", visit), data, headers=HTMX)
        assert (response.status_code, response.context["card"].refusal.code) == (
            409,
            "changed_meanwhile",
        )
        assert f"11:00, {secretary}" in response.text
        assert Appointment.objects.get().status == Status.ARRIVED

    @pytest.mark.parametrize("verb", ["", "cancel", "book", "nonsense"])
    def test_the_desk_has_five_verbs_and_no_others(self, desk, visit, verb):
        assert desk.post(step("desk_status", visit), {"verb": verb}).status_code == 409
        assert Appointment.objects.get().status == Status.CONFIRMED

    def test_a_request_is_confirmed_here_too(self, desk, visit):
        Appointment.objects.update(
            status=Status.PENDING, starts_at=monday("15:00"), ends_at=monday("15:30")
        )
        desk.post(step("desk_status", visit), {"verb": "confirm", "seen": 0})
        assert Appointment.objects.get().status == Status.CONFIRMED


class TestUndo:
    def test_undo_takes_back_the_change_the_reader_saw(self, desk, visit):
        services.change_status(visit, Verb.MARK_ABSENT, by=visit.doctor.user)
        change = card_of(desk, visit).undoable
        for status in (200, 409):
            data = {"change": change.pk}
            response = desk.post(step("desk_undo", visit), data, headers=HTMX)
            assert response.status_code == status
        visit.refresh_from_db()
        assert visit.status == Status.CONFIRMED
        assert card_of(desk, visit).no_shows == 0

    def test_a_time_that_went_to_somebody_else_can_be_taken_back_as_overbooked(self, desk, visit):
        services.cancel(visit, by=visit.doctor.user)
        change = {"change": card_of(desk, visit).undoable.pk}
        AppointmentFactory(doctor=visit.doctor)
        refused = desk.post(step("desk_undo", visit), change, headers=HTMX)
        assert (refused.status_code, 'name="overbook"' in refused.text) == (409, True)
        desk.post(step("desk_undo", visit), change | {"overbook": 1}, headers=HTMX)
        visit.refresh_from_db()
        assert (visit.status, visit.is_overbooked) == (Status.CONFIRMED, True)


class TestMove:
    def test_the_free_times_of_the_day_without_the_present_one(self, desk, visit):
        OpeningHoursFactory(doctor=visit.doctor, end_minute=12 * 60)
        later = {"date": "2027-03-08"}
        form = desk.get(step("desk_move", visit), later, headers=HTMX).context["form"]
        assert [f"{start:%d %H:%M}" for start in form.free] == [
            f"08 {hour}" for hour in ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")
        ]

    @pytest.mark.parametrize(
        "chosen",
        [
            {"start": "2027-03-02T14:00:00+01:00"},
            {"date": "2027-03-02", "other": "14:00"},
            {"start": "2027-03-02T14:00", "dropped": "1"},
        ],
    )
    def test_a_free_time_any_other_or_where_it_was_dropped(self, desk, visit, chosen):
        open_week(visit.doctor, end=11 * 60)
        data = chosen | {"seen": 0}
        assert desk.post(step("desk_move", visit), data, headers=HTMX).status_code == 200
        visit.refresh_from_db()
        assert visit.starts_at == monday("14:00") + dt.timedelta(days=1)

    def test_a_taken_time_is_overbooked_by_an_act_of_its_own_only(self, desk, visit):
        AppointmentFactory(doctor=visit.doctor, starts_at=monday("14:00"))
        there = {"date": "2027-03-01", "other": "14:00", "seen": 0}
        asked = desk.get(step("desk_move", visit), headers=HTMX)
        refused = desk.post(step("desk_move", visit), there, headers=HTMX)
        assert ["overbook" in page.text for page in (asked, refused)] == [False, True]
        assert refused.status_code == 409
        desk.post(step("desk_move", visit), there | {"overbook": "1"}, headers=HTMX)
        visit.refresh_from_db()
        assert (visit.starts_at, visit.is_overbooked) == (monday("14:00"), True)

    def test_a_patient_in_two_places_is_a_warning_that_the_desk_may_override(self, desk, visit):
        AppointmentFactory(patient=visit.patient, starts_at=monday("14:00"))
        there = {"date": "2027-03-01", "other": "14:00", "seen": 0}
        refused = desk.post(step("desk_move", visit), there, headers=HTMX)
        assert (refused.status_code, 'name="allow_patient_overlap"' in refused.text) == (409, True)
        desk.post(step("desk_move", visit), there | {"allow_patient_overlap": 1}, headers=HTMX)
        visit.refresh_from_db()
        assert visit.starts_at == monday("14:00")

    def test_a_visit_that_changed_meanwhile_is_not_moved(self, desk, visit):
        services.change_status(visit, Verb.ARRIVE, by=secretary_of(visit.doctor))
        there = {"date": "2027-03-01", "other": "14:00", "seen": 0}
        assert desk.post(step("desk_move", visit), there, headers=HTMX).status_code == 409

    @pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01", "2027-02-30", "soon"])
    def test_a_day_that_is_none_is_said_beside_the_field(self, desk, visit, date):
        data = {"date": date, "other": "14:00"}
        response = desk.post(step("desk_move", visit), data, headers=HTMX)
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["date"])
        visit.refresh_from_db()
        assert visit.starts_at == monday("10:00")

    @pytest.mark.parametrize("other", ["", "nonsense", "25:00", "9" * 50])
    def test_no_time_is_a_422_beside_the_field(self, desk, visit, other):
        data = {"date": "2027-03-01", "other": other}
        response = desk.post(step("desk_move", visit), data, headers=HTMX)
        assert (response.status_code, "other" in response.context["form"].errors) == (422, True)


class TestCancel:
    def test_the_patient_gets_the_desks_words(self, desk, visit):
        Appointment.objects.update(starts_at=monday("15:00"), ends_at=monday("15:30"))
        asked = desk.get(step("desk_cancel", visit), headers=HTMX)
        assert asked.templates[0].name == "dashboard/partials/cancel_form.html"
        data = {"message": "Le docteur est souffrant.", "seen": 0}
        desk.post(step("desk_cancel", visit), data, headers=HTMX)
        visit.refresh_from_db()
        assert visit.status == Status.CANCELLED
        assert visit.notifications.get().message == "Le docteur est souffrant."


class TestNewVisit:
    @pytest.fixture
    def kind(self, visit):
        return visit.consultation_type

    def new(self, client, visit, **data):
        known = {
            "doctor": visit.doctor_id,
            "consultation_type": visit.consultation_type_id,
            "patient": visit.patient_id,
            "date": "2027-03-02",
            "other": "09:30",
        }
        return client.post(reverse("new_visit"), known | data, headers=HTMX)

    def test_an_empty_cell_becomes_a_visit(self, desk, visit):
        assert self.new(desk, visit, reason="Contrôle").status_code == 200
        made = Appointment.objects.get(starts_at=monday("09:30") + dt.timedelta(days=1))
        assert (made.patient, made.reason, made.booked_by, made.status) == (
            visit.patient,
            "Contrôle",
            visit.doctor.user,
            Status.CONFIRMED,
        )

    def test_the_fields_of_a_new_patient_do_not_speak_to_the_patient(self, desk, visit):
        form = desk.get(reverse("new_visit"), headers=HTMX).context["form"].person_form
        assert form["phone"].help_text == ""

    def test_a_new_patient_is_added_with_the_visit(self, desk, visit):
        named = {"patient": "new", "first_name": "Nadia", "last_name": "Berrada"}
        self.new(desk, visit, **named)
        person = Patient.objects.get(last_name="Berrada")
        assert (person.account, person.appointments.count()) == (None, 1)

    def test_a_clash_adds_nobody_and_offers_the_explicit_act(self, desk, visit):
        taken = monday("09:30") + dt.timedelta(days=1)
        AppointmentFactory(doctor=visit.doctor, starts_at=taken)
        named = {"patient": "new", "first_name": "Nadia", "last_name": "Berrada"}
        refused = self.new(desk, visit, **named)
        assert (refused.status_code, 'name="overbook"' in refused.text) == (409, True)
        assert not Patient.objects.filter(last_name="Berrada").exists()
        self.new(desk, visit, **named, overbook="1")
        assert Appointment.objects.get(patient__last_name="Berrada").is_overbooked

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"patient": ""}, "patient"),
            ({"patient": "999999"}, "patient"),
            ({"patient": "new"}, "patient"),
            ({"other": ""}, "other"),
        ],
    )
    def test_what_is_missing_is_said_beside_its_field(self, desk, visit, data, field):
        response = self.new(desk, visit, **data)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])

    def test_another_practices_patient_cannot_be_booked(self, desk, visit):
        stranger = AppointmentFactory().patient
        assert self.new(desk, visit, patient=stranger.pk).status_code == 422

    def test_people_are_found_by_name_and_phone_among_the_practices_own(self, desk, visit):
        known = PatientFactory(first_name="Élodie", last_name="Martin", phone="+33142715500")
        AppointmentFactory(doctor=visit.doctor, patient=known, starts_at=monday("16:00"))
        AppointmentFactory(patient__last_name="Martin")
        for text in ("elodie mart", "Martin", "01 42 71"):
            found = desk.get(reverse("desk_people"), {"q": text}).context["found"]
            assert [each.patient for each in found] == [known]
        assert found[0].next_visit.starts_at == monday("16:00")
        assert desk.get(reverse("desk_people"), {"q": "m"}).context["found"] == []


class TestNote:
    def save(self, client, visit, text, seen=""):
        return client.post(
            step("desk_note", visit),
            {"text": text, "seen": seen},
            headers={"Accept": "application/json"},
        )

    def test_it_saves_itself_and_says_when(self, desk, visit):
        first = self.save(desk, visit, "TA 15/9").json()
        assert first["saved"] == "Enregistré à 11:00"
        self.save(desk, visit, "TA 15/9, œdèmes", seen=first["version"])
        assert card_of(desk, visit).note.text == "TA 15/9, œdèmes"

    def test_the_later_window_gets_the_other_text(self, desk, visit):
        self.save(desk, visit, "first window")
        clash = self.save(desk, visit, "second window")
        assert (clash.status_code, clash.json()["text"]) == (409, "first window")
        assert PrivateNote.objects.get().text == "first window"

    def test_without_scripts_nothing_typed_is_lost_either(self, desk, visit):
        self.save(desk, visit, "first window")
        page = desk.post(step("desk_note", visit), {"text": "second window", "seen": ""})
        assert page.status_code == 409
        assert [words in page.text for words in ("first window", "second window")] == [True, True]

    def test_it_is_in_nobody_elses_response(self, client, visit):
        PrivateNote.objects.create(doctor=visit.doctor, appointment=visit, text="CANARY-NOTE")
        colleague = DoctorFactory(practice=visit.practice).user
        for user in (secretary_of(visit.doctor), colleague, visit.patient.account):
            client.force_login(user)
            for path in (
                step("desk", visit),
                step("desk_move", visit),
                step("desk_cancel", visit),
                step("appointment_page", visit),
                f"/dashboard/?appointment={visit.pk}",
                "/dashboard/live/?version=x&change=0",
            ):
                for headers in ({}, HTMX):
                    assert "CANARY-NOTE" not in client.get(path, headers=headers).text
            assert self.save(client, visit, "mine").status_code == 404
        assert PrivateNote.objects.get().text == "CANARY-NOTE"


class TestWho:
    def test_a_visit_at_another_practice_is_not_the_secretarys(self, client):
        visit = AppointmentFactory(practice=PracticeFactory())
        client.force_login(secretary_of(visit.doctor))
        assert client.get(step("desk", visit)).status_code == 404

    def test_what_is_no_id_is_nobodys_visit(self, desk):
        assert desk.get("/dashboard/", {"appointment": "nonsense"}).status_code == 404


class TestLive:
    def poll(self, client, visit, **query):
        return client.get("/dashboard/live/", {"doctor": visit.doctor_id} | query)

    def test_nothing_new_is_a_204_for_one_query_of_its_own(
        self, desk, visit, django_assert_num_queries
    ):
        with django_assert_num_queries(3):  # session, account, desk
            assert self.poll(desk, visit, version=f"{visit.doctor_id}.0").status_code == 204

    def test_an_online_booking_is_told_and_ones_own_changes_are_not(self, desk):
        kind = ConsultationTypeFactory(name="Première consultation")
        open_week(kind.doctor)
        desk.force_login(kind.doctor.user)
        before = desk.get("/dashboard/").context["cockpit"]
        person = PatientFactory(first_name="Nadia", last_name="Berrada")
        tuesday = monday("10:30") + dt.timedelta(days=1)
        booked = services.book(
            by=person.account,
            patient=person,
            doctor=kind.doctor,
            consultation_type=kind,
            starts_at=tuesday,
        )
        seen = {"version": 0, "change": before.change or 0}
        told = self.poll(desk, booked, **seen)
        [item] = told.context["news"]
        assert (item.visit, item.is_online) == (booked, True)
        assert "vient de réserver en ligne" in told.text
        services.cancel(booked, by=kind.doctor.user)
        last = {"version": 0, "change": told.context["cockpit"].change}
        assert self.poll(desk, booked, **last).context["news"] == []

    def test_the_waiting_room_is_counted(self, desk, visit):
        with time_machine.travel(monday("10:34"), tick=False):
            services.change_status(visit, Verb.ARRIVE, by=secretary_of(visit.doctor))
        AppointmentFactory(doctor=visit.doctor, walk_in=True)
        AppointmentFactory(
            doctor=visit.doctor,
            status=Status.ARRIVED,
            starts_at=FRIDAY_MORNING,
        )
        room = self.poll(desk, visit, version=0).context["cockpit"].room
        assert (room.count, room.longest_minutes(monday("11:00"))) == (2, 26)


def test_a_card_knows_when_it_cannot_be_moved():
    done = AppointmentFactory(status=Status.DONE)
    card = read_card(done, done.doctor.user, monday("11:00"))
    assert (card.can_move, card.can_cancel) == (False, False)
