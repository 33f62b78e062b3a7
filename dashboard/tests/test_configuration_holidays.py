import datetime as dt

import pytest
import time_machine

from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from dashboard.tests.configuring import ROOT, panel, staffed_by
from doctors.tests.factories import DoctorFactory, PracticeFactory
from scheduling.models import Holiday
from scheduling.services import propose_holidays
from scheduling.tests.factories import HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

URL = f"{ROOT}holidays/"
PANEL = panel("holidays_panel")
PROPOSED = Holiday.Decision.PROPOSED


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def proposed(client, **options):
    """A holiday on Monday, to decide by the doctor who is signed in."""
    doctor = DoctorFactory()
    client.force_login(doctor.user)
    return HolidayFactory(practice=doctor.practice, decision=PROPOSED, **options)


def decision_of(holiday):
    return Holiday.objects.get(pk=holiday.pk).decision


class TestDecide:
    @pytest.mark.parametrize("decision", ["closed", "open"])
    def test_one_day(self, client, decision):
        holiday = proposed(client)
        later = HolidayFactory(
            practice=holiday.practice, date=dt.date(2027, 5, 1), decision=PROPOSED
        )
        client.post(URL, {"holiday": holiday.pk, "decision": decision})
        assert [decision_of(each) for each in (holiday, later)] == [decision, "proposed"]

    def test_a_closed_one_ends_online_booking_that_day_and_its_name_is_public(self, client):
        holiday = proposed(client, name="Fête des cabinets")
        doctor = holiday.practice.doctors.get()
        OpeningHoursFactory(doctor=doctor)
        client.post(URL, {"holiday": holiday.pk, "decision": "closed"})
        slots = f"/api/doctors/{doctor.pk}/slots?start_date=2027-03-01&days=1"
        assert client.get(slots).json() == {"2027-03-01": []}
        days = [dt.date(2027, 3, 1)]
        closing = Holiday.objects.closing([holiday.practice_id], days)
        assert closing == {holiday.practice_id: {days[0]: "Fête des cabinets"}}
        doctor.refresh_from_db()
        assert doctor.calendar_version == 1

    def test_all_that_are_to_decide_and_no_others(self, client):
        holiday = proposed(client)
        propose_holidays(holiday.practice)
        mine = holiday.practice.holidays.filter(name="Noël").first()
        Holiday.objects.filter(pk=mine.pk).update(decision="open")
        client.post(URL, {"holiday": "every", "decision": "closed"})
        assert decision_of(mine) == "open"
        assert not holiday.practice.holidays.filter(decision=PROPOSED).exists()

    @pytest.mark.parametrize(
        "data",
        [
            {"decision": "closed"},
            {"holiday": "x", "decision": "closed"},
            {"holiday": "every", "decision": "proposed"},
            {"holiday": "every", "decision": "perhaps"},
        ],
    )
    def test_nonsense_is_nothing(self, client, data):
        holiday = proposed(client)
        assert client.post(URL, data).status_code == 404
        assert decision_of(holiday) == "proposed"

    def test_to_htmx_it_answers_the_panel(self, client):
        holiday = proposed(client)
        data = {"holiday": holiday.pk, "decision": "open"}
        response = client.post(URL, data, headers=PANEL)
        assert response.templates[0].name == "dashboard/configuration/partials/holidays_panel.html"
        assert "Enregistré à 09:00" in response.text


class TestHits:
    def test_visits_of_the_day_are_shown_before_it_closes(self, client):
        holiday = proposed(client)
        visit = AppointmentFactory(doctor=holiday.practice.doctors.get())
        response = client.post(URL, {"holiday": holiday.pk, "decision": "closed"})
        assert (response.status_code, decision_of(holiday)) == (409, "proposed")
        assert [line.visit for line in response.context["review"].lines] == [visit]

    def test_answered_it_closes_and_does_so(self, client):
        holiday = proposed(client)
        visit = AppointmentFactory(doctor=holiday.practice.doctors.get())
        answers = {"seen": visit.pk, "outcome-all": "cancel"}
        client.post(URL, {"holiday": "every", "decision": "closed"} | answers)
        visit.refresh_from_db()
        assert (decision_of(holiday), visit.status) == ("closed", Status.CANCELLED)

    def test_a_colleagues_visits_are_taken_times(self, client):
        holiday = proposed(client)
        own = AppointmentFactory(doctor=holiday.practice.doctors.get())
        AppointmentFactory(
            doctor__practice=holiday.practice, starts_at=monday("11:00"), patient_name="Zoé"
        )
        response = client.post(URL, {"holiday": holiday.pk, "decision": "closed"})
        lines = response.context["review"].lines
        assert [line.is_ours for line in lines] == [True, False]
        assert ("Zoé" in response.text, own.patient_name in response.text) == (False, True)

    def test_how_many_stay_on_a_day_is_said(self, client):
        holiday = proposed(client)
        AppointmentFactory(doctor=holiday.practice.doctors.get())
        [(_year, [listed])] = client.get(URL).context["years"]
        assert (listed.holiday, listed.visits) == (holiday, 1)


class TestList:
    def test_says_which_dates_are_estimates(self, client):
        proposed(client, is_estimated=True)
        assert "date estimée" in client.get(URL).text

    def test_leaves_out_what_is_past_there(self, client):
        holiday = proposed(client)
        HolidayFactory(practice=holiday.practice, date=dt.date(2027, 2, 25), decision=PROPOSED)
        [(year, listed)] = client.get(URL).context["years"]
        assert (year, [each.holiday for each in listed]) == (2027, [holiday])

    def test_counts_what_is_to_decide(self, client):
        holiday = proposed(client)
        HolidayFactory(practice=holiday.practice, date=dt.date(2027, 5, 1))
        assert client.get(URL).context["to_decide"] == 1

    def test_says_when_none_is_known(self, client):
        client.force_login(DoctorFactory().user)
        assert "Aucun jour férié connu" in client.get(URL).text

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_for_one_day_and_thirty(self, client, django_assert_num_queries, count):
        holiday = proposed(client)
        doctor = holiday.practice.doctors.get()
        for day in range(count):
            date = dt.date(2027, 4, 1) + dt.timedelta(days=day)
            HolidayFactory(practice=holiday.practice, date=date)
            AppointmentFactory(doctor=doctor, starts_at=monday("10:00") + dt.timedelta(days=day))
        # Session, account, desk, practice, holidays, visits, the frame's two.
        with django_assert_num_queries(8):
            client.get(URL)


class TestWho:
    def test_the_secretary_decides_for_her_practice(self, client):
        doctor = DoctorFactory()
        holiday = HolidayFactory(practice=doctor.practice, decision=PROPOSED)
        staffed_by(client, doctor).post(URL, {"holiday": holiday.pk, "decision": "closed"})
        assert decision_of(holiday) == "closed"

    def test_strangers_find_nothing(self, client):
        holiday = HolidayFactory(decision=PROPOSED)
        client.force_login(DoctorFactory().user)
        data = {"holiday": holiday.pk, "decision": "closed"}
        assert (client.post(URL, data).status_code, decision_of(holiday)) == (404, "proposed")

    def test_to_a_secretary_elsewhere_it_is_her_own_practice(self, client):
        """The doctor is at home in one practice and has hours at hers."""
        doctor, hers = DoctorFactory(), PracticeFactory()
        OpeningHoursFactory(doctor=doctor, practice=hers)
        home = HolidayFactory(practice=doctor.practice, decision=PROPOSED)
        here = HolidayFactory(practice=hers, decision=PROPOSED)
        staffed_by(client, DoctorFactory(practice=hers))
        page = client.get(URL, {"doctor": doctor.pk})
        [(_year, listed)] = page.context["years"]
        assert (page.context["practice"], [each.holiday for each in listed]) == (hers, [here])
        client.post(f"{URL}?doctor={doctor.pk}", {"holiday": home.pk, "decision": "closed"})
        assert decision_of(home) == "proposed"
