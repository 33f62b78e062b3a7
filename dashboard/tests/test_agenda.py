import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains

from accounts.tests.factories import PatientFactory, SecretaryUserFactory
from bookings.models import Appointment, PrivateNote
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.models import Holiday
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

MONDAY = {"date": "2027-03-01"}
TUESDAY = {"date": "2027-03-02"}


def visits_on(client, day):
    return [row.visit for row in client.get("/dashboard/", day).context["rows"] if row.visit]


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


class TestDay:
    def test_a_doctor_sees_the_own_day_in_order(self, client):
        doctor = DoctorFactory()
        later = AppointmentFactory(doctor=doctor, starts_at=monday("15:00"))
        sooner = AppointmentFactory(doctor=doctor, starts_at=monday("10:00"))
        AppointmentFactory(doctor=doctor, starts_at=monday("10:00") + dt.timedelta(days=1))
        AppointmentFactory(starts_at=monday("11:00"))
        client.force_login(doctor.user)
        assert visits_on(client, MONDAY) == [sooner, later]

    def test_the_day_is_the_practices_not_the_servers(self, client):
        doctor = DoctorFactory(practice__time_zone="America/New_York")
        evening = dt.datetime(2027, 3, 2, 1, tzinfo=dt.UTC)  # 1 March, 20:00 there
        visit = AppointmentFactory(doctor=doctor, starts_at=evening)
        client.force_login(doctor.user)
        assert visits_on(client, MONDAY) == [visit]

    def test_a_visit_across_midnight_stands_on_both_days(self, client):
        kind = ConsultationTypeFactory(duration=60)
        half_past_eleven = dt.datetime(2027, 3, 1, 22, 30, tzinfo=dt.UTC)
        visit = AppointmentFactory(consultation_type=kind, starts_at=half_past_eleven)
        client.force_login(kind.doctor.user)
        assert [visits_on(client, day) for day in (MONDAY, TUESDAY)] == [[visit], [visit]]

    def test_open_time_between_visits_is_offered_to_the_desk(self, client):
        doctor = DoctorFactory()
        OpeningHoursFactory(doctor=doctor, start_minute=9 * 60, end_minute=12 * 60)
        AppointmentFactory(doctor=doctor, starts_at=monday("10:00"))
        AbsenceFactory(doctor=doctor, starts_at=monday("11:30"), ends_at=monday("18:00"))
        client.force_login(doctor.user)
        rows = client.get("/dashboard/", MONDAY).context["rows"]
        gaps = [(f"{row.gap.start:%H:%M}", row.gap.minutes) for row in rows if row.gap]
        assert gaps == [("09:00", 60), ("10:30", 60)]

    def test_a_holiday_to_decide_leads_to_the_decision(self, client):
        doctor = DoctorFactory()
        to_decide = {"date": dt.date(2027, 3, 1), "decision": Holiday.Decision.PROPOSED}
        HolidayFactory(practice=doctor.practice, name="Fête", **to_decide)
        client.force_login(doctor.user)
        assert client.get("/dashboard/", MONDAY).context["proposal"].name == "Fête"
        assertContains(client.get("/dashboard/", MONDAY), "Fête\xa0: ouvert ou fermé")
        assert client.get("/dashboard/", TUESDAY).context["proposal"] is None

    def test_cancelled_visits_and_walk_ins_stand_apart(self, client):
        doctor = DoctorFactory()
        gone = AppointmentFactory(doctor=doctor, status=Status.CANCELLED)
        walk_in = AppointmentFactory(doctor=doctor, walk_in=True, queue_date=dt.date(2027, 3, 1))
        client.force_login(doctor.user)
        context = client.get("/dashboard/", MONDAY).context
        assert [list(context[name]) for name in ("cancelled", "walk_ins")] == [[gone], [walk_in]]
        assert visits_on(client, MONDAY) == []

    @pytest.mark.parametrize("count", [1, 30])
    def test_it_costs_the_same_for_one_visit_and_thirty(
        self, client, django_assert_num_queries, count
    ):
        doctor = DoctorFactory()
        for index in range(count):
            start = monday("08:00") + dt.timedelta(minutes=30 * index)
            status = Status.PENDING if index % 2 else Status.CONFIRMED
            AppointmentFactory(doctor=doctor, starts_at=start, status=status)
        client.force_login(doctor.user)
        # Session, account, desks; hours; visits, absences, holidays of the day, closed and to
        # decide; requests, cancelled, walk-ins, to close; waiting room, last change.
        with django_assert_num_queries(14):
            client.get("/dashboard/", MONDAY)

    @pytest.mark.parametrize("date", ["nonsense", "2027-02-30", "9999-12-31", "0001-01-01"])
    def test_a_date_that_is_none_is_today(self, client, date):
        client.force_login(DoctorFactory().user)
        assert client.get("/dashboard/", {"date": date}).context["day"] == dt.date(2027, 2, 26)

    def test_the_days_of_a_phone_lead_to_the_weeks_beside(self, client):
        doctor = DoctorFactory()
        client.force_login(doctor.user)
        page = client.get("/dashboard/", {**MONDAY, "view": "day"})
        for name, date in (("week_before", "2027-02-22"), ("week_after", "2027-03-08")):
            assert page.context[name] == f"/dashboard/?doctor={doctor.pk}&view=day&date={date}"
            assertContains(page, f'href="{page.context[name].replace("&", "&amp;")}"', count=1)

    def test_it_warns_while_nobody_saved_hours(self, client):
        doctor = DoctorFactory()
        client.force_login(doctor.user)
        page = client.get("/dashboard/")
        assert page.context["uses_fallback_hours"]
        assertContains(page, f"{reverse('configure_hours')}?doctor={doctor.pk}", count=1)
        OpeningHoursFactory(doctor=doctor)
        assert not client.get("/dashboard/").context["uses_fallback_hours"]

    def test_private_notes_are_not_on_the_day(self, client):
        visit = AppointmentFactory()
        PrivateNote.objects.create(doctor=visit.doctor, appointment=visit, text="CANARY-NOTE")
        secretary = MembershipFactory(practice=visit.practice).user
        for user in (visit.doctor.user, secretary):
            client.force_login(user)
            assert "CANARY-NOTE" not in client.get("/dashboard/", MONDAY).content.decode()


class TestWho:
    def test_a_patient_is_sent_to_the_own_appointments(self, client):
        client.force_login(PatientFactory().account)
        assert client.get("/dashboard/")["Location"] == "/bookings/"

    def test_a_secretary_works_for_every_doctor_of_the_practice(self, client):
        doctor = DoctorFactory()
        colleague = DoctorFactory(practice=doctor.practice)
        DoctorFactory()
        client.force_login(MembershipFactory(practice=doctor.practice).user)
        context = client.get("/dashboard/", {"doctor": colleague.pk}).context
        assert (set(context["cockpit"].doctors), context["cockpit"].doctor) == (
            {doctor, colleague},
            colleague,
        )

    @pytest.mark.parametrize("doctor", ["999999", "9" * 30, "9" * 5000, "²", "nonsense"])
    def test_a_doctor_who_is_not_there_is_a_404(self, client, doctor):
        client.force_login(DoctorFactory().user)
        assert client.get("/dashboard/", {"doctor": doctor}).status_code == 404

    def test_a_secretary_without_a_practice_is_told_what_to_do(self, client):
        client.force_login(SecretaryUserFactory())
        response = client.get("/dashboard/")
        assert (response.status_code, response.templates[0].name) == (
            200,
            "dashboard/no_cockpit.html",
        )

    def test_a_visit_at_another_practice_is_a_taken_time_to_the_secretary(self, client):
        doctor, there = DoctorFactory(), PracticeFactory()
        visit = AppointmentFactory(doctor=doctor, practice=there, patient_name="Zoé", reason="Toux")
        AppointmentFactory(doctor=doctor, practice=there, status=Status.CANCELLED)
        client.force_login(MembershipFactory(practice=doctor.practice).user)
        day = client.get("/dashboard/", MONDAY)
        assert [row.visit for row in day.context["rows"] if row.visit] == [visit]
        assert list(day.context["cancelled"]) == []
        assert [word in day.text for word in ("Occupé", "Zoé", "Toux")] == [True, False, False]
        assert client.get(f"/bookings/{visit.pk}/").status_code == 404

    def test_a_visit_at_another_practice_is_open_to_its_doctor_and_who_booked_it(self, client):
        doctor = DoctorFactory()
        secretary = MembershipFactory(practice=doctor.practice).user
        elsewhere = {"doctor": doctor, "practice": PracticeFactory(), "booked_by": secretary}
        visit = AppointmentFactory(**elsewhere, patient_name="Zoé")
        for user in (doctor.user, secretary):
            client.force_login(user)
            assert "Zoé" in client.get("/dashboard/", MONDAY).text
            assert client.get(f"/bookings/{visit.pk}/").status_code == 200

    def test_access_ends_with_the_membership(self, client):
        doctor = DoctorFactory()
        membership = MembershipFactory(practice=doctor.practice)
        client.force_login(membership.user)
        membership.ended_at = FRIDAY_MORNING
        membership.save()
        assert client.get("/dashboard/", {"doctor": doctor.pk}).templates[0].name == (
            "dashboard/no_cockpit.html"
        )


class TestRequests:
    def request_of(self, client):
        visit = AppointmentFactory(status=Status.PENDING, starts_at=monday("10:00"))
        client.force_login(visit.doctor.user)
        return visit

    def test_a_request_is_shown_whatever_day_is_looked_at(self, client):
        visit = self.request_of(client)
        assert list(client.get("/dashboard/").context["requests"]) == [visit]

    def test_confirm_leads_back_to_that_day(self, client):
        visit = self.request_of(client)
        response = client.post(reverse("confirm_request", args=[visit.pk]))
        assert Appointment.objects.get().status == Status.CONFIRMED
        assert response["Location"] == f"/dashboard/?doctor={visit.doctor_id}&date=2027-03-01"

    def test_decline_tells_the_patient_in_the_desks_words(self, client):
        visit = self.request_of(client)
        client.post(reverse("cancel_appointment", args=[visit.pk]), {"message": "Appelez-nous."})
        assert Appointment.objects.get().status == Status.CANCELLED
        assert visit.notifications.get().message == "Appelez-nous."

    def test_a_decline_can_be_undone_the_same_day(self, client):
        visit = self.request_of(client)
        client.post(reverse("cancel_appointment", args=[visit.pk]))
        [cancelled] = client.get("/dashboard/", MONDAY).context["cancelled"]
        change = {"change": cancelled.changes.last().pk}
        assert client.post(reverse("undo_change", args=[visit.pk]), change).status_code == 302
        assert Appointment.objects.get().status == Status.PENDING
        assert client.post(reverse("undo_change", args=[visit.pk]), change).status_code == 409

    def test_confirming_what_was_cancelled_meanwhile_is_a_409(self, client):
        visit = self.request_of(client)
        Appointment.objects.update(status=Status.CANCELLED)
        response = client.post(reverse("confirm_request", args=[visit.pk]))
        assert response.status_code == 409
        assert 'role="alert"' in response.content.decode()
