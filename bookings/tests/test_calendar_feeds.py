"""Calendar feeds: who sees which visits, for how long, and in how many queries."""

import datetime as dt

import pytest
import vobject
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings import services
from bookings.models import CalendarFeed
from bookings.models.calendar_feed import digest_of
from bookings.rules import RuleRefused
from bookings.status import Status
from bookings.tests.factories import (
    MONDAY_AT_TEN,
    AppointmentFactory,
    MessageSettingsFactory,
)
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, MembershipFactory
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def stopped(time_machine):
    time_machine.move_to(FRIDAY_MORNING, tick=False)


@pytest.fixture
def visit(settings):
    settings.SITE_URL = "https://tbib.example"
    doctor = DoctorFactory(practice__name="Centre de cancérologie")
    MessageSettingsFactory(practice=doctor.practice, neutral_name="Centre Voltaire")
    open_week(doctor)
    return AppointmentFactory(
        consultation_type=ConsultationTypeFactory(doctor=doctor, name="Chimiothérapie"),
        patient=PatientFactory(first_name="Nadia", last_name="Ben Salah"),
        reason="une douleur secrète",
    )


def read(secret, **headers):
    return Client().get(f"/calendars/{secret}.ics", **headers)


def summaries(secret):
    calendar = vobject.readOne(read(secret).content.decode())
    return [event.summary.value for event in calendar.contents.get("vevent", [])]


def test_a_patient_has_own_and_relatives_visits(visit):
    account = visit.patient.account
    child = RelativeFactory(account=account, first_name="Léa")
    at = {"consultation_type": visit.consultation_type}
    AppointmentFactory(patient=child, starts_at=monday("11:00"), **at)
    AppointmentFactory(starts_at=monday("12:00"), **at)
    AppointmentFactory(
        patient=visit.patient, starts_at=monday("13:00"), status=Status.CANCELLED, **at
    )
    secret = services.make_feed(account=account)
    assert summaries(secret) == [
        "Rendez-vous, Centre Voltaire",
        "Rendez-vous, Centre Voltaire (Léa)",
    ]


def test_staff_have_initials_unless_they_choose_names(visit):
    doctor = visit.doctor
    secret = services.make_feed(account=doctor.user, doctor=doctor)
    assert summaries(secret) == ["N. B. S."]
    named = services.make_feed(account=doctor.user, doctor=doctor, shows_names=True)
    assert summaries(named) == ["Nadia Ben Salah"]
    desk = MembershipFactory(practice=visit.practice).user
    of_practice = services.make_feed(account=desk, practice=visit.practice)
    assert summaries(of_practice) == [f"{visit.doctor_name}, N. B. S."]


def test_no_feed_says_why_the_patient_comes(visit):
    doctor = visit.doctor
    feeds = [
        {"account": visit.patient.account},
        {"account": doctor.user, "doctor": doctor, "shows_names": True},
        {"account": doctor.user, "practice": visit.practice, "shows_names": True},
    ]
    for feed in feeds:
        text = read(services.make_feed(**feed)).content.decode().replace("\r\n ", "")
        assert [word for word in ("Chimio", "douleur") if word in text] == []


def test_a_month_back_and_a_year_ahead(visit):
    at = {"consultation_type": visit.consultation_type, "patient": visit.patient}
    for days in (-34, -29, 360, 370):
        AppointmentFactory(starts_at=MONDAY_AT_TEN + days * DAY, **at)
    secret = services.make_feed(account=visit.patient.account)
    calendar = vobject.readOne(read(secret).content.decode())
    starts = [event.dtstart.value - MONDAY_AT_TEN for event in calendar.contents["vevent"]]
    assert starts == [-29 * DAY, 0 * DAY, 360 * DAY]


def test_the_event_is_that_of_the_mail(visit):
    secret = services.make_feed(account=visit.patient.account)
    (event,) = vobject.readOne(read(secret).content.decode()).contents["vevent"]
    assert event.uid.value == f"{visit.pk}@tbib.example"
    assert event.url.value == f"https://tbib.example/bookings/{visit.pk}/"


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_visits(visit, count, django_assert_num_queries):
    kind, doctor = visit.consultation_type, visit.doctor
    for n in range(count - 1):
        AppointmentFactory(consultation_type=kind, starts_at=MONDAY_AT_TEN + (n + 1) * DAY)
    desk = MembershipFactory(practice=visit.practice).user
    secrets = [
        (services.make_feed(account=visit.patient.account), 2),
        (services.make_feed(account=doctor.user, doctor=doctor), 3),
        (services.make_feed(account=desk, practice=visit.practice), 3),
    ]
    for secret, queries in secrets:
        with django_assert_num_queries(queries):
            assert read(secret).status_code == 200


def test_a_calendar_that_has_it_gets_304(visit, time_machine):
    secret = services.make_feed(account=visit.patient.account)
    first = read(secret)
    assert first["Cache-Control"] == "private, no-cache"
    time_machine.move_to(FRIDAY_MORNING + dt.timedelta(hours=5), tick=False)
    again = read(secret, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    services.move(visit, by=visit.doctor.user, starts_at=monday("15:00"))
    assert read(secret, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_the_secret_is_not_stored_and_a_new_one_ends_the_other(visit):
    account = visit.patient.account
    secret = services.make_feed(account=account)
    assert len(secret) == 32
    assert secret not in str(CalendarFeed.objects.values().get())
    renewed = services.make_feed(account=account)
    assert CalendarFeed.objects.get().digest == digest_of(renewed)
    assert (read(secret).status_code, read(renewed).status_code) == (404, 200)
    services.revoke_feed(account=account)
    assert read(renewed).status_code == 404


@pytest.mark.parametrize("secret", ["nonsense", "A" * 32, "é", "%00"])
def test_a_wrong_secret_is_404(visit, secret):
    services.make_feed(account=visit.patient.account)
    assert read(secret).status_code == 404


def test_the_feed_ends_with_the_membership(visit):
    membership = MembershipFactory(practice=visit.practice)
    desk = {"account": membership.user}
    secrets = [
        services.make_feed(**desk, practice=visit.practice),
        services.make_feed(**desk, doctor=visit.doctor),
    ]
    assert [read(secret).status_code for secret in secrets] == [200, 200]
    membership.ended_at = timezone.now()
    membership.save()
    assert [read(secret).status_code for secret in secrets] == [404, 404]


def test_the_feed_ends_with_the_account(visit):
    secret = services.make_feed(account=visit.patient.account)
    visit.patient.account.is_active = False
    visit.patient.account.save()
    assert read(secret).status_code == 404


def test_nobody_makes_a_feed_of_another_agenda(visit):
    stranger = UserFactory()
    for target in ({"doctor": visit.doctor}, {"practice": visit.practice}):
        with pytest.raises(RuleRefused):
            services.make_feed(account=stranger, **target)
    assert CalendarFeed.objects.count() == 0


def test_a_colleague_at_the_practice_has_own_visits_only(visit):
    colleague = DoctorFactory(practice=visit.practice)
    AppointmentFactory(doctor=colleague, starts_at=monday("11:00"), patient__first_name="Adam")
    secret = services.make_feed(account=colleague.user, practice=visit.practice, shows_names=True)
    assert [name.split(", ")[1].split()[0] for name in summaries(secret)] == ["Adam"]


class TestPages:
    def test_the_patient_s_page_shows_the_address_once(self, visit):
        client = Client()
        client.force_login(visit.patient.account)
        made = client.post("/bookings/calendars/", {"act": "make"}).content.decode()
        assert "https://tbib.example/calendars/" in made
        assert 'href="webcal://tbib.example/calendars/' in made
        again = client.get("/bookings/calendars/").content.decode()
        assert "tbib.example/calendars/" not in again
        assert "L’adresse a été créée le vendredi 26 février 2027." in again
        assert client.post("/bookings/calendars/", {"act": "revoke"}).status_code == 302
        assert CalendarFeed.objects.count() == 0

    def test_the_desk_s_page_makes_the_practice_s(self, visit):
        client = Client()
        desk = MembershipFactory(practice=visit.practice).user
        client.force_login(desk)
        page = f"/dashboard/configuration/calendars/?doctor={visit.doctor_id}"
        client.post(page, {"act": "make", "feed": "practice", "shows_names": "1"})
        feed = CalendarFeed.objects.get()
        assert (feed.account, feed.practice, feed.doctor) == (desk, visit.practice, None)
        assert feed.shows_names is True
        assert client.post(page, {"act": "make", "feed": "own"}).status_code == 404
        client.post(page, {"act": "revoke", "feed": "practice"})
        assert CalendarFeed.objects.count() == 0
