"""The waiting list over HTTP: asked for, shown, left."""

import datetime as dt

import pytest
import time_machine

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings.finding.alternatives import waiting_list_address
from bookings.models import WaitingListEntry
from bookings.slots import SlotQuery
from bookings.slots.no_slots import NoSlots, NoSlotsReason
from bookings.tests.factories import AppointmentFactory, WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory
from scheduling import engine
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

DAY = engine.DAY
JOIN = "/bookings/waiting-list/"


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def kind():
    """One hour a week, on Mondays; this Monday's is taken."""
    kind = ConsultationTypeFactory(duration=60)
    open_week(kind.doctor, end=600, weekdays=[0])
    AppointmentFactory(consultation_type=kind, starts_at=monday("09:00"))
    return kind


@pytest.fixture
def patient(client):
    patient = PatientFactory()
    client.force_login(patient.account)
    return patient


def address(kind, **more):
    state = {"doctor": kind.doctor.pk, "consultation_type": kind.pk, **more}
    return f"{JOIN}?" + "&".join(f"{name}={value}" for name, value in state.items())


def wish(kind, **more):
    return {"doctor": kind.doctor.pk, "consultation_type": kind.pk, **more}


def nothing_in(client, kind, day="2027-03-01"):
    """What stands in for the free times of the days shown."""
    path = f"{kind.doctor.get_absolute_url()}?seen=yes&type={kind.pk}&from={day}"
    return client.get(path).context["grid"].nothing


class TestPanel:
    def test_full_days_lead_to_the_list(self, client, kind):
        assert nothing_in(client, kind).waiting_list_address == address(
            kind, seen_from="2027-03-01"
        )

    def test_closed_days_and_emergencies_do_not(self, client, kind):
        assert nothing_in(client, kind, day="2027-03-02").waiting_list_address == ""
        kind.is_emergency_only = True
        full = NoSlots(NoSlotsReason.FULL)
        assert (
            waiting_list_address(SlotQuery(kind.doctor, kind), full, monday("09:00").date()) == ""
        )

    def test_whoever_is_on_it_is_told_so_there(self, client, kind, patient):
        entry = WaitingListEntryFactory(
            patient=patient, consultation_type=kind, before=monday("09:00") + 7 * DAY
        )
        WaitingListEntryFactory(consultation_type=kind)
        assert nothing_in(client, kind).waiting_list_entry == entry

    def test_moving_leads_to_the_switch_of_the_visit(self, client, kind, patient):
        visit = AppointmentFactory(
            consultation_type=kind, patient=patient, starts_at=monday("09:00") + 7 * DAY
        )
        moving = client.get(f"/bookings/{visit.pk}/move/?from=2027-03-01").context["grid"]
        assert moving.nothing.waiting_list_address == f"/bookings/{visit.pk}/#earlier_time"


class TestJoining:
    def test_a_visitor_signs_in_and_comes_back_to_the_choice(self, client, kind):
        response = client.get(address(kind, seen_from="2027-03-01"))
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/bookings/waiting-list/%3F")
        assert f"consultation_type%3D{kind.pk}" in response["Location"]

    def test_shows_for_what_and_for_whom(self, client, kind, patient):
        child = RelativeFactory(account=patient.account)
        response = client.get(address(kind))
        assert response.context["before"] == dt.datetime(2027, 3, 8, 9)
        assert response.context["persons"] == [patient, child]
        assert response.context["chosen_person"] == str(patient.pk)

    def test_for_a_relative_from_a_day_on(self, client, kind, patient):
        child = RelativeFactory(account=patient.account)
        data = wish(kind, patient=child.pk, not_before="2027-03-02")
        response = client.post(JOIN, data)
        entry = WaitingListEntry.objects.get()
        assert (entry.patient, entry.before, entry.not_before) == (
            child,
            monday("09:00") + 7 * DAY,
            dt.date(2027, 3, 2),
        )
        assert response["Location"] == f"/bookings/#waiting-{entry.pk}"

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({"patient": ""}, 422),
            ({"patient": "x"}, 422),
            ({"not_before": "soon"}, 422),
            ({"doctor": "0"}, 422),
            ({"consultation_type": "0"}, 422),
            ({"seen_from": "9999-99-99"}, 422),
        ],
    )
    def test_nonsense_joins_nobody(self, client, kind, patient, data, status):
        response = client.post(JOIN, wish(kind, patient=patient.pk) | data)
        assert response.status_code == status
        assert not WaitingListEntry.objects.exists()

    def test_another_doctors_reason_is_none(self, client, kind, patient):
        other = ConsultationTypeFactory()
        data = wish(kind, patient=patient.pk) | {"consultation_type": other.pk}
        assert client.get(address(kind, consultation_type=other.pk)).status_code == 422
        assert client.post(JOIN, data).status_code == 422

    def test_nobody_waits_for_somebody_elses_relative(self, client, kind, patient):
        stranger = RelativeFactory()
        assert client.post(JOIN, wish(kind, patient=stranger.pk)).status_code == 422
        assert not WaitingListEntry.objects.exists()

    def test_a_refusal_is_said_on_the_page(self, client, kind, patient):
        type(kind).objects.update(require_existing_patient=True)
        response = client.post(JOIN, wish(kind, patient=patient.pk))
        assert (response.status_code, response.context["refusal"].code) == (
            403,
            "existing_patient_required",
        )


class TestOwnPages:
    def test_the_list_is_among_the_appointments(self, client, patient):
        mine = WaitingListEntryFactory(patient=patient)
        WaitingListEntryFactory()
        WaitingListEntryFactory(patient=patient, before=FRIDAY_MORNING)
        practice = mine.doctor.practice
        assert client.get("/bookings/").context["waiting_list"] == [(mine, practice)]

    def test_leaving_is_one_click(self, client, patient):
        entry = WaitingListEntryFactory(patient=patient)
        response = client.post(f"/bookings/waiting-list/{entry.pk}/leave/")
        entry.refresh_from_db()
        assert (response["Location"], entry.end) == ("/bookings/", "left")


class TestSwitch:
    @pytest.fixture
    def visit(self, kind, patient):
        return AppointmentFactory(
            consultation_type=kind, patient=patient, starts_at=monday("09:00") + 7 * DAY
        )

    def test_asks_for_an_earlier_time_and_no_more(self, client, visit):
        page = f"/bookings/{visit.pk}/"
        assert client.get(page).context["waiting_list_entry"] is None
        assert client.post(f"{page}wait/", {"wanted": "1"})["Location"] == page
        entry = client.get(page).context["waiting_list_entry"]
        assert (entry.appointment, entry.before) == (visit, visit.starts_at)
        client.post(f"{page}wait/", {"wanted": "0"})
        client.post(f"{page}wait/", {"wanted": "0"})
        assert client.get(page).context["waiting_list_entry"] is None
        entry.refresh_from_db()
        assert entry.end == "left"

    def test_alone_is_swapped_by_htmx(self, client, visit):
        headers = {"HX-Request": "true", "HX-Target": "earlier_time"}
        response = client.post(f"/bookings/{visit.pk}/wait/", {"wanted": "1"}, headers=headers)
        html = response.content.decode()
        assert html.strip().startswith('<section class="card earlier" id="earlier_time"')
        assert 'aria-checked="true"' in html

    def test_says_why_it_cannot_be_switched(self, client, visit):
        type(visit.patient.account).objects.update(email="")
        response = client.post(f"/bookings/{visit.pk}/wait/", {"wanted": "1"})
        assert (response.status_code, response.context["refusal"].code) == (403, "email_needed")

    @pytest.mark.parametrize(
        "what",
        [
            {"is_emergency_only": True},
            {"needs_confirmation": True},
        ],
    )
    def test_is_not_shown_where_it_would_not_help(self, client, kind, visit, what):
        type(kind).objects.update(**what)
        assert client.get(f"/bookings/{visit.pk}/").context["may_wait"] is False

    def test_is_the_patients_alone(self, client, visit):
        client.force_login(MembershipFactory(practice=visit.practice).user)
        assert client.get(f"/bookings/{visit.pk}/").context["may_wait"] is False
        assert client.post(f"/bookings/{visit.pk}/wait/", {"wanted": "1"}).status_code == 404
