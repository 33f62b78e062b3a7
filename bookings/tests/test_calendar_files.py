"""Files for calendars, read by a second library (vobject) and compared with page and mail."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.test import Client

from bookings import services
from bookings.calendar_files.visits import calendar_file
from bookings.messages.composing import compose
from bookings.status import Status
from bookings.tests.factories import (
    AppointmentFactory,
    MessageSettingsFactory,
    NotificationFactory,
)
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

ZONES = ("Europe/Paris", "Africa/Casablanca", "America/New_York", "Australia/Lord_Howe")
THREE_YEARS = [dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC) + n * dt.timedelta(1) for n in range(1096)]


@pytest.fixture
def visit(settings):
    settings.SITE_URL = "https://tbib.example"
    settings.DEFAULT_FROM_EMAIL = "Tbib <ne-pas-repondre@tbib.example>"
    doctor = DoctorFactory(
        practice__name="Centre de cancérologie; Lilas, Nord",
        practice__street="12 rue des Consuls",
        practice__postal_code="75002",
        practice__city="Paris",
        practice__phone="+33142715500",
    )
    MessageSettingsFactory(practice=doctor.practice, neutral_name="Centre Voltaire")
    open_week(doctor)
    kind = ConsultationTypeFactory(doctor=doctor, name="Chimiothérapie")
    return AppointmentFactory(consultation_type=kind, reason="une douleur secrète")


def event_of(data):
    (event,) = vobject.readOne(data.decode()).contents["vevent"]
    return event


def place_in(zone, visit):
    visit.practice.time_zone = zone
    visit.practice.save()


def start_at(instant, visit):
    visit.starts_at, visit.ends_at = instant, instant + dt.timedelta(minutes=30)


def around_clock_changes(zone):
    """The days of the three years on which the zone's offset differs from the day before."""
    offsets = [instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in THREE_YEARS]
    pairs = zip(THREE_YEARS[1:], offsets, offsets[1:], strict=False)
    return [instant for instant, before, after in pairs if before != after]


@pytest.mark.parametrize("zone", ZONES)
def test_days_of_three_years_are_the_instants_of_the_page(visit, zone):
    """Every sixth day, and each day beside a clock change."""
    place_in(zone, visit)
    changes = around_clock_changes(zone)
    near = [day + n * dt.timedelta(1) for day in changes for n in (-2, -1, 0, 1)]
    for instant in [*THREE_YEARS[::6], *near]:
        start_at(instant, visit)
        event = event_of(calendar_file(visit, method="PUBLISH", language="fr"))
        assert event.dtstart.value == instant
        assert event.dtend.value == instant + dt.timedelta(minutes=30)
        wall = event.dtstart.value.astimezone(ZoneInfo(zone))
        assert wall.replace(tzinfo=None) == visit.local_start
        assert f"{wall:%H:%M}" in event.description.value


@pytest.mark.parametrize("zone", ZONES)
def test_page_and_mail_say_the_same_around_clock_changes(visit, zone):
    place_in(zone, visit)
    client = Client()
    client.force_login(visit.patient.account)
    for change in around_clock_changes(zone)[:4]:
        for instant in (change - dt.timedelta(days=1), change):
            start_at(instant, visit)
            visit.save()
            event = event_of(calendar_file(visit, method="REQUEST", language="fr"))
            clock = f"{event.dtstart.value.astimezone(ZoneInfo(zone)):%H:%M}"
            row = NotificationFactory.build(appointment=visit, language="fr")
            assert clock in compose(row, now=FRIDAY_MORNING).body
            page = client.get(f"/bookings/{visit.pk}/").content.decode()
            assert f'aria-pressed="true">{clock}<' in page


def test_whole_file(visit, time_machine):
    time_machine.move_to(FRIDAY_MORNING, tick=False)
    visit.created_at = FRIDAY_MORNING
    data = calendar_file(
        visit, method="REQUEST", language="fr", link="https://tbib.example/r/token/"
    )
    unfolded = data.decode().replace("\r\n ", "")
    assert unfolded.split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tbib//Tbib//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "SUMMARY:Rendez-vous\\, Centre Voltaire",
        "DTSTART:20270301T090000Z",
        "DTEND:20270301T093000Z",
        "DTSTAMP:20270226T080000Z",
        f"UID:{visit.pk}@tbib.example",
        "SEQUENCE:0",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:"
        f"mailto:{visit.mail_address}",
        "CLASS:PRIVATE",
        "CREATED:20270226T080000Z",
        "DESCRIPTION:10:00 (heure locale\u00a0: Paris).\\n"
        "Répondre dans cet agenda ne change rien au cabinet.\\n"
        "Pour déplacer ou annuler\u00a0: https://tbib.example/r/token/\\n"
        "Téléphone du cabinet\u00a0: 01 42 71 55 00",
        "LOCATION:12 rue des Consuls\\, 75002 Paris",
        'ORGANIZER;CN="Centre Voltaire":mailto:ne-pas-repondre@tbib.example',
        "STATUS:CONFIRMED",
        "URL:https://tbib.example/r/token/",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_it_says_nothing_about_health(visit, method):
    text = calendar_file(visit, method=method, language="fr").decode().replace("\r\n ", "")
    said = ("Chimio", "cancéro", "douleur", visit.doctor.specialty.name, visit.doctor_name)
    assert [word for word in said if word in text] == []


def test_each_version_replaces_the_one_before(visit):
    first = event_of(calendar_file(visit, method="REQUEST", language="fr"))
    by = visit.doctor.user
    moved = services.move(visit, by=by, starts_at=monday("15:00"), now=FRIDAY_MORNING)
    second = event_of(calendar_file(moved, method="REQUEST", language="fr"))
    cancelled = services.cancel(moved, by=by, now=FRIDAY_MORNING)
    third = event_of(calendar_file(cancelled, method="CANCEL", language="en"))
    assert {each.uid.value for each in (first, second, third)} == {f"{visit.pk}@tbib.example"}
    assert [int(each.sequence.value) for each in (first, second, third)] == [0, 1, 2]
    assert [each.dtstart.value for each in (second, third)] == [monday("15:00")] * 2
    assert [each.status.value for each in (first, second, third)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]


def test_a_request_is_tentative(visit):
    visit.status = Status.PENDING
    event = event_of(calendar_file(visit, method="REQUEST", language="fr"))
    assert event.status.value == "TENTATIVE"


def test_a_published_file_names_no_attendee(visit):
    event = event_of(calendar_file(visit, method="PUBLISH", language="fr"))
    assert "attendee" not in event.contents


def test_a_video_visit_is_at_no_address(visit):
    visit.is_video = True
    event = event_of(calendar_file(visit, method="PUBLISH", language="fr"))
    assert event.location.value == "Par vidéo"


def test_without_settings_the_practice_has_its_own_name():
    visit = AppointmentFactory(doctor__practice__name="Cabinet Lilas")
    event = event_of(calendar_file(visit, method="PUBLISH", language="en"))
    assert event.summary.value == "Appointment, Cabinet Lilas"
