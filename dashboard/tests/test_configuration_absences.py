import datetime as dt

import pytest
import time_machine

from bookings import services
from bookings.models import Appointment
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from dashboard.tests.configuring import ROOT, panel, staffed_by
from doctors.tests.factories import DoctorFactory, PracticeFactory
from scheduling.models import DoctorAbsence, FreedTime
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = pytest.mark.django_db

URL = f"{ROOT}absences/"
PANEL = panel("absences_panel")
MONDAY = {"first_day": "2027-03-01", "reason": "Congrès"}


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def signed_in(client, **options):
    doctor = DoctorFactory(**options)
    client.force_login(doctor.user)
    return doctor


def span():
    """The one absence there is, on the clock of Paris, in words."""
    absence = DoctorAbsence.objects.get()
    local = absence.doctor.practice.local
    return f"{local(absence.starts_at):%m-%d %H:%M} {local(absence.ends_at):%m-%d %H:%M}"


class TestAdd:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ({}, "03-01 00:00 03-02 00:00"),
            ({"last_day": "2027-03-05"}, "03-01 00:00 03-06 00:00"),
            ({"first_time": "14:00", "last_time": "17h30"}, "03-01 14:00 03-01 17:30"),
            ({"first_time": "14h"}, "03-01 14:00 03-02 00:00"),
            ({"last_time": "1230"}, "03-01 00:00 03-01 12:30"),
            ({"first_time": "20:00", "last_day": "2027-03-02", "last_time": "08:00"},
             "03-01 20:00 03-02 08:00"),
            # The night of the spring change: 23 hours.
            ({"first_day": "2027-03-28"}, "03-28 00:00 03-29 00:00"),
        ],
        ids=["day", "days", "hours", "afternoon", "morning", "night", "spring"],
    )  # fmt: skip
    def test_days_and_hours_are_the_practices(self, client, typed, expected):
        signed_in(client)
        response = client.post(URL, MONDAY | typed)
        assert (response.status_code, span()) == (302, expected)

    def test_nothing_is_offered_meanwhile(self, client):
        doctor = signed_in(client)
        client.post(URL, MONDAY)
        slots = f"/api/doctors/{doctor.pk}/slots?start_date=2027-03-01&days=1"
        assert client.get(slots).json() == {"2027-03-01": []}
        doctor.refresh_from_db()
        assert doctor.calendar_version == 1

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"first_day": ""}, "first_day"),
            ({"first_day": "soon"}, "first_day"),
            ({"first_day": "2027-02-25"}, "first_day"),
            ({"last_day": "2027-02-28"}, "last_day"),
            ({"first_day": "9999-12-31"}, "first_day"),
            ({"first_day": "0001-01-01"}, "first_day"),
            ({"last_day": "9999-12-31"}, "last_day"),
            ({"last_day": "0001-01-01"}, "last_day"),
            ({"first_time": "17:00", "last_time": "14:00"}, "last_time"),
            ({"first_time": "25:00"}, "first_time"),
            ({"reason": "x" * 121}, "reason"),
        ],
    )
    def test_an_error_stands_at_its_field_and_nothing_is_lost(self, client, typed, field):
        signed_in(client)
        response = client.post(URL, MONDAY | {"last_time": "", "reason": "Congrès"} | typed)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
        assert "Congrès" in response.text or field == "reason"
        assert not DoctorAbsence.objects.exists()

    def test_the_reason_is_on_no_public_page(self, client):
        doctor = signed_in(client)
        client.post(URL, MONDAY | {"reason": "CANARY"})
        client.logout()
        assert "CANARY" not in client.get(doctor.get_absolute_url()).text


class TestHits:
    def both(self, client):
        doctor = signed_in(client)
        return [
            AppointmentFactory(doctor=doctor, starts_at=monday(at)) for at in ("10:00", "11:00")
        ]

    def lines(self, response):
        return [
            (line.visit, line.is_new, line.outcome) for line in response.context["review"].lines
        ]

    def test_are_shown_before_anything_is_written(self, client):
        early, late = self.both(client)
        response = client.post(URL, MONDAY, headers=PANEL)
        assert response.status_code == 409
        assert self.lines(response) == [(early, False, ""), (late, False, "")]
        assert ("first_day", "2027-03-01") in response.context["review"].sent
        assert not DoctorAbsence.objects.exists()

    def test_each_gets_its_own_answer_or_the_one_for_all(self, client):
        early, late = self.both(client)
        answers = {
            "seen": [early.pk, late.pk],
            "outcome-all": "ask",
            f"outcome-{early.pk}": "cancel",
        }
        client.post(URL, MONDAY | answers | {"message": "Désolés."})
        early.refresh_from_db()
        late.refresh_from_db()
        assert (early.status, late.status, late.is_asked_to_move()) == (
            Status.CANCELLED,
            Status.CONFIRMED,
            True,
        )
        assert [each.notifications.get().message for each in (early, late)] == ["Désolés."] * 2
        assert DoctorAbsence.objects.count() == 1

    def test_a_list_that_grew_comes_back_with_the_answers_and_marks_the_new_one(self, client):
        early, late = self.both(client)
        answers = {"seen": early.pk, "outcome-all": "cancel", f"outcome-{early.pk}": "keep"}
        response = client.post(URL, MONDAY | answers | {"message": "Désolés."})
        assert self.lines(response) == [(early, False, "keep"), (late, True, "")]
        assert response.context["review"].message == "Désolés."
        assert response.context["review"].has_news
        assert not DoctorAbsence.objects.exists()
        assert {each.status for each in Appointment.objects.all()} == {Status.CONFIRMED}

    @pytest.mark.parametrize("outcome", ["", "explode"])
    def test_without_an_answer_it_asks_again(self, client, outcome):
        early, late = self.both(client)
        answers = {"seen": [early.pk, late.pk, "nonsense"], "outcome-all": outcome}
        assert client.post(URL, MONDAY | answers).status_code == 409
        assert not DoctorAbsence.objects.exists()

    def test_a_visit_at_another_practice_is_a_taken_time_to_the_secretary(self, client):
        doctor = DoctorFactory()
        AppointmentFactory(doctor=doctor, practice=PracticeFactory(), patient_name="Zoé")
        ours = AppointmentFactory(doctor=doctor, starts_at=monday("11:00"))
        response = staffed_by(client, doctor).post(URL, MONDAY)
        assert ("Zoé" in response.text, "Horaire occupé" in response.text) == (False, True)
        assert f"outcome-{ours.pk}" in response.text

    def test_who_has_no_address_is_to_be_called(self, client):
        visit = AppointmentFactory(patient__account=None, patient__phone="+33612345678")
        client.force_login(visit.doctor.user)
        text = client.post(URL, MONDAY).text
        assert "à prévenir par téléphone" in text
        assert "06 12 34 56 78" in text

    def test_that_stay_booked_are_listed_under_the_absence(self, client):
        early, late = self.both(client)
        answers = {"seen": [early.pk, late.pk], "outcome-all": "keep"}
        client.post(URL, MONDAY | answers)
        [away] = client.get(URL).context["ahead"]
        assert away.visits == [early, late]

    def test_the_same_post_twice_is_one_absence_and_one_message(self, client):
        early, late = self.both(client)
        answers = {"seen": [early.pk, late.pk], "outcome-all": "cancel"}
        for _click in range(2):
            client.post(URL, MONDAY | answers)
        assert DoctorAbsence.objects.count() == 1
        assert [each.notifications.count() for each in (early, late)] == [1, 1]


class TestList:
    def words(self, client):
        text = client.get(URL).text
        return " ".join(text.split('<li class="away">')[1].split("</b>")[0].split("<b>")[1].split())

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [
            ("2027-03-01T00:00", "2027-03-02T00:00", "Lundi 1er mars 2027"),
            ("2027-03-01T00:00", "2027-03-06T00:00", "Du lundi 1er mars au vendredi 5 mars 2027"),
            ("2027-03-01T14:00", "2027-03-01T17:30", "Lundi 1er mars 2027, 14:00 – 17:30"),
            (
                "2027-03-01T20:00",
                "2027-03-02T08:00",
                "Du lundi 1er mars à 20:00 au mardi 2 mars 2027 à 08:00",
            ),
        ],
    )
    def test_says_them_as_people_do(self, client, start, end, words):
        doctor = signed_in(client)
        zone = doctor.practice.zone
        start, end = (dt.datetime.fromisoformat(text).replace(tzinfo=zone) for text in (start, end))
        AbsenceFactory(doctor=doctor, starts_at=start, ends_at=end)
        assert self.words(client) == words

    def test_what_is_over_stands_apart(self, client):
        doctor = signed_in(client)
        past = AbsenceFactory(doctor=doctor, starts_at=FRIDAY_MORNING - dt.timedelta(days=9))
        running = AbsenceFactory(doctor=doctor, starts_at=FRIDAY_MORNING - dt.timedelta(hours=1))
        context = client.get(URL).context
        assert [away.absence for away in context["ahead"]] == [running]
        assert [away.absence for away in context["past"]] == [past]

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_for_one_absence_and_thirty(
        self, client, django_assert_num_queries, count
    ):
        doctor = signed_in(client)
        for day in range(count):
            start = monday("10:00") + dt.timedelta(days=day)
            AbsenceFactory(doctor=doctor, starts_at=start, ends_at=start + dt.timedelta(hours=2))
            AppointmentFactory(doctor=doctor, starts_at=start)
        # Session, account, desk, absences ahead, visits in them, past ones, the frame's two.
        with django_assert_num_queries(8):
            client.get(URL)


class TestEdit:
    @pytest.fixture
    def absence(self, client):
        """Monday, whole day."""
        return AbsenceFactory(doctor=signed_in(client), reason="Congrès")

    def address(self, absence):
        return f"{URL}{absence.pk}/"

    def test_the_form_says_what_is_saved(self, client, absence):
        form = client.get(self.address(absence), headers=PANEL).context["form"]
        assert {name: form[name].value() for name in form.fields} == {
            "first_day": dt.date(2027, 3, 1),
            "first_time": "",
            "last_day": dt.date(2027, 3, 1),
            "last_time": "",
            "reason": "Congrès",
        }

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ({"last_day": "2027-03-03"}, "03-01 00:00 03-04 00:00"),
            ({"first_time": "14:00", "last_time": "18:00"}, "03-01 14:00 03-01 18:00"),
            ({"first_day": "2027-03-08"}, "03-08 00:00 03-09 00:00"),
        ],
    )
    def test_days_and_hours_change(self, client, absence, typed, expected):
        assert client.post(self.address(absence), MONDAY | typed).status_code == 302
        assert span() == expected

    def test_time_that_it_opens_is_noted_for_the_waiting_list(self, client, absence):
        open_week(absence.doctor, weekdays=[0])
        client.post(self.address(absence), MONDAY | {"last_time": "12:00"})
        assert FreedTime.objects.filter(doctor=absence.doctor).exists()

    def test_it_lists_the_visits_that_it_hits_now_and_not_those_it_hit_before(
        self, client, absence
    ):
        AppointmentFactory(doctor=absence.doctor)
        hit = AppointmentFactory(
            doctor=absence.doctor, starts_at=monday("10:00") + dt.timedelta(days=1)
        )
        wider = MONDAY | {"last_day": "2027-03-02"}
        asked = client.post(self.address(absence), wider)
        assert asked.status_code == 409
        assert [line.visit for line in asked.context["review"].lines] == [hit]
        assert (asked.context["review"].action, span()) == (
            f"{self.address(absence)}?doctor={absence.doctor_id}",
            "03-01 00:00 03-02 00:00",
        )
        client.post(self.address(absence), wider | {"seen": hit.pk, "outcome-all": "cancel"})
        hit.refresh_from_db()
        assert (hit.status, span()) == (Status.CANCELLED, "03-01 00:00 03-03 00:00")

    def test_what_is_wrong_is_said_at_the_field(self, client, absence):
        refused = client.post(self.address(absence), MONDAY | {"last_day": "2027-02-01"})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["last_day"])

    def test_is_not_a_strangers(self, client):
        absence = AbsenceFactory()
        client.force_login(DoctorFactory().user)
        assert client.get(self.address(absence)).status_code == 404
        assert client.post(self.address(absence), MONDAY).status_code == 404


class TestRemove:
    def test_opens_the_time_again_and_leaves_what_was_cancelled(self, client):
        absence = AbsenceFactory()
        visit = AppointmentFactory(doctor=absence.doctor, status=Status.CANCELLED)
        client.force_login(absence.doctor.user)
        client.post(f"{URL}{absence.pk}/remove/")
        visit.refresh_from_db()
        assert (DoctorAbsence.objects.count(), visit.status) == (0, Status.CANCELLED)

    def test_is_not_a_strangers(self, client):
        absence = AbsenceFactory()
        client.force_login(DoctorFactory().user)
        assert client.post(f"{URL}{absence.pk}/remove/").status_code == 404
        assert DoctorAbsence.objects.get() == absence


def test_a_visit_booked_between_two_requests_is_never_hit_unseen(client, monkeypatch):
    """The desk's list is empty; somebody books before the absence is written."""
    doctor = signed_in(client)
    take = services.take_absence

    def after_a_booking(**options):
        AppointmentFactory(doctor=doctor)
        return take(**options)

    monkeypatch.setattr(services, "take_absence", after_a_booking)
    response = client.post(URL, MONDAY)
    assert (response.status_code, DoctorAbsence.objects.count()) == (409, 0)
