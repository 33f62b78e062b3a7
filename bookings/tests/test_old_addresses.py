"""docs/contracts.md, C7: the addresses of the systems that Tbib replaces."""

import datetime as dt

import pytest

from doctors.tests.factories import DoctorFactory
from scheduling.tests.factories import OpeningHoursFactory

pytestmark = pytest.mark.django_db

WEDNESDAY_AT_NINE = dt.datetime(2026, 12, 23, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/specialists/", "/doctors/"),
        ("/specialists/?q=smith", "/doctors/?q=smith"),
        ("/register", "/accounts/register/"),
        ("/register/", "/accounts/register/"),
    ],
)
def test_pages_have_moved_for_good(client, old, new):
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, new)


@pytest.mark.parametrize("old", ["/specialists/{pk}/", "/doctor/{pk}", "/doctor/{pk}/"])
def test_a_doctors_page_has_moved_to_the_name(client, old):
    doctor = DoctorFactory(slug="dr-john-smith")
    response = client.get(old.format(pk=doctor.pk))
    assert (response.status_code, response["Location"]) == (301, "/doctors/dr-john-smith/")


@pytest.mark.parametrize("pk", ["12345", "9" * 40])
def test_an_unknown_doctor_is_a_404(client, pk):
    assert client.get(f"/specialists/{pk}/").status_code == 404
    assert client.get(f"/doctor/{pk}").status_code == 404


def test_a_doctor_not_yet_approved_is_a_404_except_for_the_own_desk(client):
    doctor = DoctorFactory(approved_at=None, slug="dr-new")
    assert client.get(f"/doctor/{doctor.pk}").status_code == 404
    client.force_login(doctor.user)
    assert client.get(f"/doctor/{doctor.pk}")["Location"] == "/doctors/dr-new/"


@pytest.mark.parametrize("old", ["/doctor/dashboard", "/doctor/dashboard/"])
def test_the_cockpit_has_moved_and_asks_for_sign_in_there(client, old):
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, "/dashboard/")
    assert client.get("/dashboard/")["Location"] == "/accounts/login/?next=/dashboard/"


class TestCalendar:
    @pytest.fixture(autouse=True)
    def now(self, time_machine):
        time_machine.move_to(WEDNESDAY_AT_NINE, tick=False)

    @pytest.fixture
    def doctor(self):
        """Open on Wednesdays, 09:00-10:00."""
        return OpeningHoursFactory(weekday=2, end_minute=600).doctor

    FREE = {"available": True, "reason": None, "code": None}

    @pytest.mark.parametrize("address", ["calendar", "calendar/"])
    def test_it_answers_that_days_slots(self, client, doctor, address):
        response = client.get(f"/specialists/{doctor.pk}/{address}?date=2026-12-30")
        assert response["Content-Type"] == "application/json"
        assert response.json() == {
            "date": "2026-12-30",
            "slots": [{"time": "09:00", **self.FREE}, {"time": "09:30", **self.FREE}],
        }

    def test_today_there_when_no_date_is_given(self, client, doctor):
        response = client.get(f"/specialists/{doctor.pk}/calendar")
        assert response.json() == {
            "date": "2026-12-23",
            "slots": [{"time": "09:00", **self.FREE}, {"time": "09:30", **self.FREE}],
        }

    def test_it_refuses_as_the_api_does(self, client, doctor):
        response = client.get(f"/specialists/{doctor.pk}/calendar?date=2026-02-30")
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert response.json() == client.get(f"/api/doctors/{doctor.pk}/day?date=2026-02-30").json()

    def test_an_unknown_doctor_is_a_404(self, client):
        response = client.get("/specialists/12345/calendar?date=2026-12-23")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    def test_it_can_only_be_read(self, client, doctor):
        assert client.post(f"/specialists/{doctor.pk}/calendar").status_code == 405
