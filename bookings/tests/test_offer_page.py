"""The page of an offer by its signed link, the line in "My appointments", and the wishes."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.messages.links import offer_link
from bookings.messages.offers import offer_freed_times
from bookings.models import Appointment, Offer
from bookings.tests.factories import WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book
from doctors.tests.factories import ConsultationTypeFactory
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def stopped(time_machine):
    time_machine.move_to(FRIDAY_MORNING, tick=False)


@pytest.fixture
def offer():
    """Monday at ten, offered to a patient with a visit on Monday at four in the afternoon."""
    consultation_type = ConsultationTypeFactory()
    open_week(consultation_type.doctor, weekdays=[0])
    WaitingListEntryFactory(appointment=book(consultation_type, at="16:00"))
    freed = book(consultation_type, at="10:00", by=consultation_type.doctor.user)
    services.cancel(freed, by=consultation_type.doctor.user)
    assert offer_freed_times() == 1
    return Offer.objects.get()


def address_of(offer):
    return "/" + offer_link(offer).split("/", 3)[3]


def answer(client, offer, word):
    return client.post(address_of(offer), {"answer": word}, follow=True)


class TestSignedOut:
    def test_the_page_shows_both_times(self, client, offer):
        context = client.get(address_of(offer)).context
        assert (context["state"], context["old_start"]) == ("open", dt.datetime(2027, 3, 1, 16))
        assert (context["place"].number, context["place"].of) == (1, 1)

    def test_opening_the_page_changes_nothing(self, client, offer):
        client.get(f"{address_of(offer)}?answer=take")
        client.head(address_of(offer))
        offer.refresh_from_db()
        assert (offer.status, Appointment.objects.get(starts_at=monday("16:00")).sequence) == (
            "open",
            0,
        )

    def test_one_tap_moves_the_visit(self, client, offer):
        response = answer(client, offer, "take")
        assert response.redirect_chain == [(address_of(offer), 303)]
        context = response.context
        assert (context["state"], context["old_start"]) == ("taken", dt.datetime(2027, 3, 1, 16))
        offer.entry.appointment.refresh_from_db()
        assert offer.entry.appointment.starts_at == monday("10:00")

    def test_after_a_later_move_the_old_message_leads_to_no_visit(self, client, offer):
        taken = answer(client, offer, "take").context["visit_page"]
        assert "/r/" in taken
        visit = Offer.objects.get().appointment
        services.move(visit, by=visit.doctor.user, starts_at=monday("11:00"))
        assert client.get(address_of(offer)).context["visit_page"] == ""
        assert client.get("/" + taken.split("/", 3)[3]).status_code == 410

    def test_who_guesses_waits(self, client, offer, settings):
        settings.RATE_LIMITS = True
        settings.LIMITS = {"open_link": (10, 60), "open_wrong_link": (2, 300)}
        guesses = [client.get("/o/nonsense/").status_code for _ in range(3)]
        assert (guesses, client.get(address_of(offer)).status_code) == ([404, 404, 429], 429)

    def test_no_browser_keeps_it(self, client, offer):
        assert client.get(address_of(offer))["Cache-Control"] == "private, no-store"

    def test_a_no_can_be_changed_for_a_moment(self, client, offer, time_machine):
        assert answer(client, offer, "no").context["is_still_there"]
        time_machine.move_to(FRIDAY_MORNING + dt.timedelta(seconds=20), tick=False)
        assert answer(client, offer, "take").context["state"] == "taken"

    def test_a_no_that_was_passed_on_cannot(self, client, offer, time_machine):
        answer(client, offer, "no")
        time_machine.move_to(FRIDAY_MORNING + MINUTE, tick=False)
        offer_freed_times()
        page = client.get(address_of(offer))
        assert (page.context["state"], page.context["is_still_there"]) == ("declined", False)
        assert "Je la prends finalement" not in page.text

    def test_after_its_time_it_says_so(self, client, offer, time_machine):
        time_machine.move_to(offer.held_until, tick=False)
        assert client.get(address_of(offer)).context["state"] == "expired"
        response = client.post(address_of(offer), {"answer": "take"})
        assert (response.status_code, response.context["state"]) == (409, "expired")

    def test_a_withdrawn_one_says_so(self, client, offer):
        services.withdraw_offer(offer, by=offer.doctor.user)
        assert client.get(address_of(offer)).context["state"] == "withdrawn"

    def test_a_refusal_is_said_and_the_offer_stays(self, client, offer):
        services.block_patient(by=offer.doctor.user, patient=offer.patient, practice=offer.practice)
        response = client.post(address_of(offer), {"answer": "take"})
        assert (response.status_code, response.context["state"]) == (403, "open")
        assert response.context["refusal"].code == "patient_blocked"

    def test_a_guessed_address_is_nobodys(self, client, offer):
        token = address_of(offer).strip("/").split("/")[1]
        wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
        assert client.get(f"/o/{wrong}/").status_code == 404
        assert client.post(f"/o/{wrong}/", {"answer": "take"}).status_code == 404


def test_own_appointments_show_what_is_kept(client, offer):
    client.force_login(offer.patient.account)
    offers = client.get(reverse("my_appointments")).context["offers"]
    assert offers == [(offer, offer_link(offer))]
    client.force_login(PatientFactory().account)
    assert client.get(reverse("my_appointments")).context["offers"] == []


class TestWishes:
    def change(self, client, entry, **wishes):
        data = {"weekdays": ["1", "3"], "mornings": "on", "notice_hours": "24", **wishes}
        return client.post(reverse("change_wish", args=[entry.pk]), data)

    def test_days_half_days_and_notice_are_changed(self, client, offer):
        entry = offer.entry
        client.force_login(entry.patient.account)
        assert self.change(client, entry).status_code == 302
        entry.refresh_from_db()
        assert (entry.weekdays, entry.mornings, entry.afternoons, entry.notice_hours) == (
            "13",
            True,
            False,
            24,
        )

    @pytest.mark.parametrize("wishes", [{"weekdays": []}, {"mornings": ""}, {"weekdays": ["7"]}])
    def test_no_time_at_all_is_refused(self, client, offer, wishes):
        client.force_login(offer.patient.account)
        assert self.change(client, offer.entry, **wishes).status_code == 422
        offer.entry.refresh_from_db()
        assert offer.entry.weekdays == "0123456"
