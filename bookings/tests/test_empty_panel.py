"""The panel and the grid when there is nothing to book: what they say and where they lead."""

import datetime as dt

import pytest
import time_machine

from bookings.slots.no_slots import NoSlots, NoSlotsReason
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling import engine
from scheduling.tests.factories import (
    AbsenceFactory,
    HolidayFactory,
    OpeningHoursFactory,
    open_week,
)

pytestmark = pytest.mark.django_db

PHONE = "+33142715500"
DAY = engine.DAY


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def look(client, kind, *, seen="yes", day="2027-03-01", **headers):
    path = f"{kind.doctor.get_absolute_url()}?seen={seen}&type={kind.pk}&from={day}"
    return client.get(path, headers={"Accept-Language": "fr", **headers})


def panel_of(client, kind, **options):
    return look(client, kind, **options).context["panel"]


def grid_of(client, kind, **options):
    return look(client, kind, **options).context["grid"]


def nothing_in(client, kind, **options):
    """What stands in for the free times of the days shown."""
    return grid_of(client, kind, **options).nothing


def full_window(**options):
    """A doctor with one hour a day, booked from Monday to Wednesday."""
    kind = ConsultationTypeFactory(duration=60, **options)
    open_week(kind.doctor, end=600)
    for days in range(3):
        AppointmentFactory(consultation_type=kind, starts_at=monday("09:00") + days * DAY)
    return kind


class TestEmptyWindow:
    def test_says_why_and_leads_to_the_next_free_time(self, client):
        response = look(client, full_window())
        grid = response.context["grid"]
        assert grid.nothing.no_slots.why == NoSlotsReason.FULL
        assert grid.next_start_address.endswith("from=2027-03-04")
        assert "Complet du lundi 1er mars au mercredi 3 mars." in text_of(response)

    def test_after_three_months_away_leads_to_the_first_time_after(self, client):
        kind = full_window()
        away = {"starts_at": monday("08:00"), "ends_at": monday("08:00") + 90 * DAY}
        AbsenceFactory(doctor=kind.doctor, **away)
        nothing = nothing_in(client, kind, day="2027-03-10")
        assert nothing.no_slots == NoSlots(NoSlotsReason.AWAY, until=dt.date(2027, 5, 30))
        assert nothing.next_start.date() == dt.date(2027, 5, 30)

    def test_never_says_why_somebody_is_away(self, client):
        kind = full_window()
        AbsenceFactory(doctor=kind.doctor, ends_at=monday("20:00") + 9 * DAY, reason="canary")
        response = look(client, kind)
        assert "Le Dr John Smith ne consulte pas jusqu’au mercredi 10 mars inclus." in text_of(
            response
        )
        assert "canary" not in text_of(response)

    def test_with_different_reasons_says_each_under_its_day(self, client):
        kind = ConsultationTypeFactory(duration=60)
        open_week(kind.doctor, end=600, weekdays=[0, 2])
        AppointmentFactory(consultation_type=kind, starts_at=monday("09:00"))
        HolidayFactory(practice=kind.doctor.practice, date=dt.date(2027, 3, 3), name="Fête")
        response = look(client, kind)
        empty = [line.split("<")[0] for line in html_of(response).split('class="day-empty">')[1:]]
        assert [each.strip() for each in empty] == ["complet", "fermé", "Fête"]

    def test_with_a_closed_day_among_full_ones_is_not_called_full(self, client):
        kind = ConsultationTypeFactory(duration=60)
        open_week(kind.doctor, end=600, weekdays=[0, 4])
        AppointmentFactory(consultation_type=kind, starts_at=monday("09:00"))
        response = look(client, kind)
        assert response.context["grid"].nothing.no_slots.why == NoSlotsReason.FULL
        assert "Aucune heure libre du lundi 1er mars au mercredi 3 mars." in text_of(response)

    def test_of_a_reason_with_notice_names_it(self, client):
        kind = ConsultationTypeFactory(notice_minutes=7 * 1440)
        assert "se réserve au moins 7 jours à l’avance" in text_of(look(client, kind))

    def test_with_nothing_later_leads_back_to_today_and_to_the_phone(self, client):
        kind = ConsultationTypeFactory(horizon_days=10, doctor__practice__phone=PHONE)
        open_week(kind.doctor, weekdays=[0])
        html = html_of(look(client, kind, day="2027-03-02"))
        assert "Revenir à aujourd’hui" not in html
        OpeningHoursFactory._meta.model.objects.update(valid_until=dt.date(2027, 3, 1))
        html = html_of(look(client, kind, day="2027-03-02"))
        assert "Revenir à aujourd’hui" in html
        assert f"tel:{PHONE}" in html


class TestOtherReasons:
    def test_that_are_free_on_these_days_are_offered(self, client):
        kind = full_window()
        other = ConsultationTypeFactory(doctor=kind.doctor, duration=30, name="Suivi")
        OpeningHoursFactory(doctor=kind.doctor, start_minute=600, end_minute=630, types=[other])
        (found,) = nothing_in(client, kind).other_types
        assert (found.consultation_type, found.start) == (other, monday("10:00"))
        assert found.address.endswith(f"type={other.pk}&from=2027-03-01")

    def test_are_not_emergencies_nor_what_the_person_may_not_book(self, client):
        kind = full_window()
        for flag in ("is_emergency_only", "require_existing_patient"):
            other = ConsultationTypeFactory(doctor=kind.doctor, **{flag: True})
            OpeningHoursFactory(doctor=kind.doctor, start_minute=600, types=[other])
        assert nothing_in(client, kind, seen="no").other_types == []

    @pytest.mark.parametrize("rows", [1, 30])
    def test_cost_the_same_for_one_and_thirty(self, client, django_assert_num_queries, rows):
        kind = full_window()
        for _ in range(rows):
            ConsultationTypeFactory(doctor=kind.doctor, duration=60)
        headers = {"HX-Request": "true", "HX-Target": "slot_grid"}
        # Doctor, types, hours, holidays, what is busy; the last three again for the next free
        # time; nobody else works here.
        with django_assert_num_queries(9):
            look(client, kind, **headers)


class TestColleague:
    def test_who_is_free_sooner_is_offered(self, client):
        kind = full_window()
        colleague = ConsultationTypeFactory(doctor=DoctorFactory(practice=kind.doctor.practice))
        found = nothing_in(client, kind).colleague
        assert (found.doctor, found.start) == (colleague.doctor, monday("09:00"))
        query = f"seen=no&type={colleague.pk}&from=2027-03-01"
        assert found.address == f"{colleague.doctor.get_absolute_url()}?{query}"

    def test_who_is_free_later_is_not(self, client):
        kind = full_window()
        colleague = ConsultationTypeFactory(doctor=DoctorFactory(practice=kind.doctor.practice))
        open_week(colleague.doctor, weekdays=[4])
        assert nothing_in(client, kind).colleague is None

    def test_stands_in_for_a_doctor_who_takes_no_new_patients(self, client):
        kind = ConsultationTypeFactory(doctor__accepts_new_patients=False)
        colleague = ConsultationTypeFactory(doctor=DoctorFactory(practice=kind.doctor.practice))
        closed = panel_of(client, kind, seen="no").closed
        assert closed.colleague.doctor == colleague.doctor


class TestEmergencies:
    def full_today(self):
        """Emergencies from 9:00 to 10:00 each day: today's is taken, tomorrow's too far."""
        kind = ConsultationTypeFactory(
            duration=60, is_emergency_only=True, doctor__practice__phone=PHONE
        )
        open_week(kind.doctor, start=10 * 60, end=11 * 60)
        AppointmentFactory(consultation_type=kind, starts_at=FRIDAY_MORNING + dt.timedelta(hours=1))
        return kind

    def test_without_a_time_in_24_hours_say_so_and_whom_to_call(self, client):
        response = look(client, self.full_today(), day="2027-02-26")
        assert "Aucune consultation d’urgence libre dans les 24 heures." in text_of(response)
        panel = html_of(response).split('id="booking_panel"')[1]
        assert 'href="tel:15"' in panel
        assert f'href="tel:{PHONE}"' in panel

    def test_lead_to_no_day_beyond_them(self, client):
        grid = grid_of(client, self.full_today(), day="2027-02-26")
        assert (grid.later_address, grid.next_start_address) == ("", "")


class TestWhateverTheDay:
    def test_a_doctor_without_any_reason_says_so(self, client):
        doctor = DoctorFactory(practice__phone=PHONE)
        response = client.get(doctor.get_absolute_url())
        assert response.context["panel"].closed.no_slots.why == NoSlotsReason.NO_TYPE
        assert f"tel:{PHONE}" in html_of(response)

    def test_a_doctor_by_phone_only_says_so(self, client):
        kind = ConsultationTypeFactory(doctor__books_online=False, doctor__practice__phone=PHONE)
        response = look(client, kind)
        assert response.context["panel"].closed.no_slots.why == NoSlotsReason.NOT_ONLINE
        assert "ne prend pas de rendez-vous en ligne" in text_of(response)
        assert ("next-free" in html_of(response), f"tel:{PHONE}" in html_of(response)) == (
            False,
            True,
        )

    def test_a_grid_of_a_type_that_is_gone_says_so_and_offers_no_time(self, client):
        kind = ConsultationTypeFactory(retired_at=FRIDAY_MORNING)
        ConsultationTypeFactory.create_batch(2, doctor=kind.doctor)
        response = look(client, kind, **{"HX-Request": "true", "HX-Target": "slot_grid"})
        assert "Ce motif de consultation n’est plus proposé." in text_of(response)
        assert 'name="appointment_time"' not in html_of(response)

    @pytest.mark.parametrize(
        ("doctor", "kind", "why"),
        [
            ({"accepts_new_patients": False}, {}, NoSlotsReason.NEW_PATIENTS),
            ({}, {"require_existing_patient": True}, NoSlotsReason.EXISTING_PATIENTS),
        ],
    )
    def test_a_first_visit_that_is_not_possible_is_answered_at_step_1(
        self, client, doctor, kind, why
    ):
        kind = ConsultationTypeFactory(doctor=DoctorFactory(**doctor), **kind)
        panel = panel_of(client, kind, seen="no")
        assert (panel.step, panel.closed.no_slots.why, panel.is_closed) == (1, why, False)
        assert panel_of(client, kind, seen="yes").step == 3


def html_of(response):
    return response.content.decode()


def text_of(response):
    """The page's words on one line, French spaces and all."""
    return " ".join(html_of(response).replace("\u00a0", " ").replace("\u202f", " ").split())


class TestTakenWithNothingNear:
    def test_leads_to_the_waiting_list(self, client):
        kind = ConsultationTypeFactory(duration=60, horizon_days=3)
        open_week(kind.doctor, end=600, weekdays=[0])
        AppointmentFactory(consultation_type=kind, starts_at=monday("09:00"))
        wish = {"doctor": kind.doctor.pk, "consultation_type": kind.pk}
        data = wish | {"appointment_time": "2027-03-01T09:00"}
        response = client.post("/bookings/hold/", data)
        link = f"/bookings/waiting-list/?doctor={kind.doctor.pk}&amp;consultation_type={kind.pk}"
        assert (response.status_code, link in html_of(response)) == (409, True)


class TestMoving:
    def moving(self, client, **options):
        visit = AppointmentFactory(**options)
        client.force_login(visit.patient.account)
        return client.get(f"/bookings/{visit.pk}/move/?from=2027-03-01").context["grid"]

    def test_where_nobody_books_online_any_more_says_so_before_a_time_is_chosen(self, client):
        grid = self.moving(client, doctor__books_online=False)
        assert grid.refusal.code == "no_online_booking"

    def test_offers_neither_other_reasons_nor_colleagues(self, client):
        kind = full_window()
        ConsultationTypeFactory(doctor=kind.doctor, duration=5)
        ConsultationTypeFactory(doctor=DoctorFactory(practice=kind.doctor.practice))
        grid = self.moving(client, consultation_type=kind, starts_at=monday("09:00") + 3 * DAY)
        nothing = grid.nothing
        assert (nothing.no_slots.why, nothing.other_types, nothing.colleague) == (
            NoSlotsReason.FULL,
            [],
            None,
        )
