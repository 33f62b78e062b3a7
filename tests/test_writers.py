"""Whatever changes what a visitor sees counts the doctor's calendar, so it shows at once.

Open pages ask for the calendar's version only. Every writing service and every page and action
of the admin is in one of the two tables below; a new one fails the test until it is in a table.
"""

import copy
import datetime as dt
import importlib
import inspect
import pkgutil
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from time_machine import travel

from accounts.models import User
from accounts.tests.admin import act, add, admin_client, save
from bookings import services
from bookings.models import Appointment, Hold
from bookings.status import Status, Verb
from bookings.tests.factories import (
    AppointmentFactory,
    HoldFactory,
    OfferFactory,
    WaitingListEntryFactory,
)
from bookings.tests.moments import monday
from bookings.tests.steps import book, hold, secretary_of, version_of
from doctors.models import ConsultationType
from doctors.services import save_page
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import services as agendas
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, open_week

pytestmark = pytest.mark.django_db

OUR_APPS = ("accounts", "doctors", "scheduling", "bookings", "dashboard", "web")
NOW = monday("09:30")
TUESDAY, WEDNESDAY = dt.date(2027, 3, 2), dt.date(2027, 3, 3)
NOON = monday("12:00")
DAY = dt.timedelta(days=1)

TIMES = {"slots", "day", "card", "page"}
ABOUT = {"card", "page"}
LATER = {"slots", "card", "page"}
"""Tuesday or Wednesday, of which the page of one day, Monday, says nothing."""


@pytest.fixture(autouse=True)
def stopped(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker):
    """The world and what a visitor is told of it, in a transaction around all tests."""
    with django_db_blocker.unblock(), travel(NOW, tick=False), transaction.atomic():
        world = make_world()
        yield world, seen(world)
        transaction.set_rollback(True)


@pytest.fixture
def world(made_once):
    """Objects of its own: a change sets values of them."""
    return copy.deepcopy(made_once[0])


@pytest.fixture
def before(made_once):
    return made_once[1]


def make_world():
    """A doctor with something of everything that can change, on the three days of a card."""
    kind = ConsultationTypeFactory(duration=90)
    doctor = kind.doctor
    open_week(doctor, start=570)
    other = ConsultationTypeFactory(doctor=doctor, name="Suivi", position=1)
    retired = ConsultationTypeFactory(doctor=doctor, name="Vaccin", position=2, retired_at=NOW)
    visit = book(kind, at="11:00", now=NOW)
    cancelled = services.cancel(book(kind, at="14:00", now=NOW), by=secretary_of(doctor), now=NOW)
    missed = AppointmentFactory(
        consultation_type=kind,
        starts_at=monday("09:00"),
        ends_at=monday("10:30"),
    )
    hold(kind, token="theirs", at="15:30", now=NOW)
    entry = WaitingListEntryFactory(
        consultation_type=kind, before=monday("11:00") + DAY, weekdays="1"
    )
    times = {"starts_at": monday("09:30") + DAY, "ends_at": monday("11:00") + DAY}
    offer = OfferFactory(entry=entry, held_until=NOON, **times)
    HoldFactory(
        token=offer.hold_token,
        consultation_type=kind,
        is_for_waiting_list=True,
        expires_at=NOON,
        **times,
    )
    return SimpleNamespace(
        kind=kind,
        offer=offer,
        other=other,
        retired=retired,
        doctor=doctor,
        practice=doctor.practice,
        visit=visit,
        cancelled=cancelled,
        missed=missed,
        absence=AbsenceFactory(doctor=doctor, starts_at=NOON + DAY, ends_at=NOON + DAY + DAY / 12),
        proposed=HolidayFactory(
            practice=doctor.practice, date=TUESDAY, decision=Holiday.Decision.PROPOSED
        ),
        closed=HolidayFactory(practice=doctor.practice, date=WEDNESDAY),
        boss=admin_client(),
        by=doctor.user,
    )


def cancels_an_overdue_request(w):
    Appointment.objects.filter(pk=w.missed.pk).update(status=Status.PENDING)
    services.cancel_unanswered_requests(now=NOW)


def at(place, w, **changes):
    """The row `place` of the world with other values, not saved."""
    row = getattr(w, place)
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def hours(start=660, end=840):
    return [OpeningHours(weekday=0, start_minute=start, end_minute=end)]


def add_absence(w):
    agendas.add_absence(w.doctor, starts_at=NOON, ends_at=monday("14:00"))


SHOWN = {
    # -- services ---------------------------------------------------------------------------
    "bookings.services.booking.book": (lambda w: book(w.kind, at="12:30", now=NOW), TIMES),
    "bookings.services.booking.move": (
        lambda w: services.move(w.visit, by=w.by, starts_at=monday("12:30"), now=NOW),
        TIMES,
    ),
    "bookings.services.booking.cancel": (
        lambda w: services.cancel(w.visit, by=w.by, now=NOW),
        TIMES,
    ),
    "bookings.services.ending.cancel_unanswered_requests": (cancels_an_overdue_request, TIMES),
    "bookings.services.closing.take_absence": (
        lambda w: services.take_absence(
            by=w.by, doctor=w.doctor, starts_at=monday("12:30"), ends_at=monday("14:00"), now=NOW
        ),
        TIMES,
    ),
    "bookings.services.closing.change_absence": (
        lambda w: services.change_absence(
            w.absence, by=w.by, starts_at=monday("12:30"), ends_at=monday("14:00"), now=NOW
        ),
        {*TIMES, *LATER},
    ),
    "bookings.services.closing.change_hours": (
        lambda w: services.change_hours(
            by=w.by, doctor=w.doctor, days={0: hours(570, 900)}, now=NOW
        ),
        TIMES,
    ),
    "bookings.services.closing.decide_holidays": (
        lambda w: services.decide_holidays(
            by=w.by, holidays=[w.proposed], decision=Holiday.Decision.CLOSED, now=NOW
        ),
        LATER,
    ),
    "bookings.services.desk.change_status": (
        lambda w: services.change_status(w.missed, Verb.MARK_ABSENT, by=w.by, now=NOW),
        TIMES,
    ),
    "bookings.services.desk.undo": (
        lambda w: services.undo(w.cancelled, by=w.by, now=NOW),
        TIMES,
    ),
    "bookings.services.ending.take_back": (
        lambda w: services.take_back([w.cancelled.changes.last_in_force().pk], by=w.by, now=NOW),
        TIMES,
    ),
    "bookings.services.holds.hold": (
        lambda w: hold(w.kind, token="another", at="12:30", now=NOW),
        TIMES,
    ),
    "bookings.services.holds.release_hold": (
        lambda w: services.release_hold("theirs", now=NOW),
        TIMES,
    ),
    "bookings.services.offers.withdraw_offer": (
        lambda w: services.withdraw_offer(w.offer, by=w.by, now=NOW),
        LATER,
    ),
    "scheduling.services.replace_hours": (
        lambda w: agendas.replace_hours(w.doctor, hours()),
        TIMES,
    ),
    "scheduling.services.replace_days": (
        lambda w: agendas.replace_days(w.doctor, {0: hours()}),
        TIMES,
    ),
    "scheduling.services.add_absence": (add_absence, TIMES),
    "scheduling.services.edit_absence": (
        lambda w: agendas.edit_absence(w.absence, starts_at=NOON, ends_at=monday("14:00")),
        {*TIMES, *LATER},
    ),
    "scheduling.services.remove_absence": (lambda w: agendas.remove_absence(w.absence), LATER),
    "scheduling.services.save_type": (
        lambda w: agendas.save_type(at("kind", w, duration=45), fields=["duration"]),
        TIMES,
    ),
    "scheduling.services.shift_type": (lambda w: agendas.shift_type(w.kind, places=1), ABOUT),
    "scheduling.services.retire_type": (lambda w: agendas.retire_type(w.kind), TIMES),
    "scheduling.services.offer_type_again": (
        lambda w: agendas.offer_type_again(w.retired),
        {"page"},
    ),
    "scheduling.services.save_practice": (
        lambda w: agendas.save_practice(at("practice", w, name="Les Lilas"), fields=["name"]),
        ABOUT,
    ),
    "scheduling.services.decide_holiday": (
        lambda w: agendas.decide_holiday(w.proposed, Holiday.Decision.CLOSED),
        LATER,
    ),
    "scheduling.services.decide_holidays": (
        lambda w: agendas.decide_holidays([w.proposed], Holiday.Decision.CLOSED),
        LATER,
    ),
    "doctors.services.save_page": (
        lambda w: save_page(at("doctor", w, offers_video=True)),
        ABOUT,
    ),
    # -- the admin --------------------------------------------------------------------------
    "User.change": (lambda w: save(w.boss, w.by, last_name="Roux"), ABOUT),
    "Specialty.change": (
        lambda w: save(w.boss, w.doctor.specialty, practitioner_fr="Médecin du cœur"),
        ABOUT,
    ),
    "Practice.change": (
        lambda w: save(w.boss, w.practice, time_zone="Europe/Lisbon", country="PT"),
        TIMES,
    ),
    "Doctor.change": (lambda w: save(w.boss, w.doctor, books_online=""), TIMES),
    "Doctor.withdraw_approval": (lambda w: act(w.boss, "withdraw_approval", w.doctor), TIMES),
    "ConsultationType.add": (
        lambda w: add(w.boss, ConsultationType, doctor=w.doctor.pk, name="Bilan"),
        {"page"},
    ),
    "ConsultationType.change": (lambda w: save(w.boss, w.kind, duration=45), TIMES),
    "ConsultationType.delete": (lambda w: delete(w.boss, w.retired), set()),
    "ConsultationType.delete_selected": (lambda w: delete_all(w.boss, w.retired), set()),
    "ConsultationType.retire": (lambda w: act(w.boss, "retire", w.kind), TIMES),
    "ConsultationType.offer_again": (lambda w: act(w.boss, "offer_again", w.retired), {"page"}),
    "OpeningHours.add": (
        lambda w: add(
            w.boss, OpeningHours, doctor=w.doctor.pk, weekday=0, opens="18:00", closes="19:30"
        ),
        TIMES,
    ),
    "OpeningHours.change": (lambda w: save(w.boss, first_hours(w), closes="15:00"), TIMES),
    "OpeningHours.delete": (lambda w: delete(w.boss, first_hours(w)), TIMES),
    "OpeningHours.delete_selected": (lambda w: delete_all(w.boss, first_hours(w)), TIMES),
    "DoctorAbsence.add": (
        lambda w: add(
            w.boss,
            DoctorAbsence,
            doctor=w.doctor.pk,
            starts_at_0="2027-03-01",
            starts_at_1="12:00",
            ends_at_0="2027-03-01",
            ends_at_1="14:00",
        ),
        TIMES,
    ),
    "DoctorAbsence.change": (lambda w: save(w.boss, w.absence, ends_at_1="17:00"), LATER),
    "DoctorAbsence.delete": (lambda w: delete(w.boss, w.absence), LATER),
    "DoctorAbsence.delete_selected": (lambda w: delete_all(w.boss, w.absence), LATER),
    "Holiday.add": (
        lambda w: add(
            w.boss,
            Holiday,
            practice=w.practice.pk,
            date="2027-03-01",
            name="Fête",
            decision="closed",
        ),
        TIMES,
    ),
    "Holiday.change": (lambda w: save(w.boss, w.closed, decision="open"), LATER),
    "Holiday.delete": (lambda w: delete(w.boss, w.closed), LATER),
    "Holiday.delete_selected": (lambda w: delete_all(w.boss, w.closed), LATER),
    "Holiday.close": (lambda w: act(w.boss, "close", w.proposed), LATER),
    "Holiday.open": (lambda w: act(w.boss, "open", w.closed), LATER),
    "Appointment.mark_absent": (lambda w: act(w.boss, "mark_absent", w.missed), TIMES),
    "Appointment.cancel": (
        lambda w: act(w.boss, "cancel", w.visit, confirmed="yes", post="yes"),
        TIMES,
    ),
    "Hold.release": (lambda w: act(w.boss, "release", Hold.objects.of_visitors().get()), TIMES),
    "Hold.delete": (lambda w: delete(w.boss, Hold.objects.of_visitors().get()), TIMES),
    "Appointment.undo": (lambda w: act(w.boss, "undo", w.cancelled), TIMES),
}


def first_hours(w):
    return w.doctor.opening_hours.get(weekday=0)


def delete(client, row):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_delete"
    client.post(reverse(name, args=[row.pk]), {"post": "yes"})


def delete_all(client, row):
    act(client, "delete_selected", row, post="yes")


NOTHING_SHOWN = {
    # What the public does not see, and what only reads.
    "accounts.services": "*",
    "bookings.services.affected": "*",
    "bookings.services.booking": "check_patient_may_book copies_of",
    "bookings.services.by_patient": "*",
    "bookings.services.call_codes": "*",
    "bookings.services.claims": "*",
    "bookings.services.closing": "ask_to_move",
    "bookings.services.desk": "add_walk_in require_manager require_staff why_not_now",
    "bookings.services.ending": "end_visit why_not_ended",
    "bookings.services.feeds": "*",
    "bookings.services.files": "*",
    # The first free times are read from the calendar; they are no part of an answer that is kept.
    "bookings.services.first_times": "*",
    # A longer hold blocks what it blocked.
    "bookings.services.holds": "address_digest extend_hold extend_hold_after_sign_up",
    # Steps of the writers; what they do is seen in cancellations and in `withdraw_offer`.
    "bookings.services.kept_times": "*",
    "bookings.services.notes": "*",
    "bookings.services.notifications": "*",
    # A time that was held is booked then, or held for the next person.
    "bookings.services.offers": "decline_offer mark_urgent take_offer",
    "bookings.services.waiting_list": "*",
    # The steps that the writers of bookings share.
    "bookings.services.writing": "*",
    "bookings.waiting_room.services": "*",
    # The photo's files, an address, and columns that searches read. A new doctor is not listed.
    "doctors.services": "forget_photo new_slug refresh_search_columns sign_up_doctor",
    # The step that the writers of agendas share, and a part of it; proposals close nothing.
    "scheduling.services": "changing_agenda mark_hours_saved propose_holidays",
    "Appointment": "arrive confirm finish start",
    # Who is new is not kept; who is deleted is not found.
    "Doctor": "add approve delete delete_selected",
    "Membership": "*",
    "Patient": "*",
    "PatientFile": "*",
    # Rows without doctors.
    "Practice": "add delete delete_selected",
    "Specialty": "add delete delete_selected",
    "User": "add delete delete_selected block unblock",
    # An address of what is shown.
    "CalendarFeed": "delete delete_selected",
    # Messages tell of what is shown.
    "MessageLine": "add change delete delete_selected",
    "MessageSettings": "add change delete delete_selected",
    "Notification": "send_again",
    "RefusedAddress": "delete delete_selected",
}
"""{module of services, or model of the admin: its functions and actions, "*" for all}."""


def seen(world):
    """What a visitor is told, without what differs in every answer."""
    reader, pk, kind = Client(), world.doctor.pk, world.kind.pk
    asked = f"consultation_type_id={kind}"
    page = f"/doctors/{world.doctor.slug}/?seen=yes&type={kind}&from=2027-03-01"
    cards = reader.get("/doctors/").text
    card = re.search(rf'<li [^>]*id="doctor-{pk}".*?</form>\s*</div>', cards, re.DOTALL)
    found = {
        "slots": reader.get(f"/api/doctors/{pk}/slots?{asked}&start_date=2027-03-01").text,
        "day": reader.get(f"/api/doctors/{pk}/day?{asked}&date=2027-03-01").text,
        "card": card[0] if card else "",
        "page": reader.get(page).text,
    }
    own = r'csrfmiddlewaretoken" value="[^"]*"|data-(live|clock)="[^"]*"|csrftoken": "[^"]*"'
    return {name: re.sub(own, "", text) for name, text in found.items()}


@pytest.mark.parametrize("name", SHOWN)
def test_a_change_shows_at_once_and_is_counted(name, world, before):
    change, shown_in = SHOWN[name]
    version = version_of(world.doctor)
    assert before["card"]
    change(world)
    after = seen(world)
    assert {each for each in after if after[each] != before[each]} == shown_in
    assert version_of(world.doctor) > version


def test_every_writer_is_in_one_of_the_tables():
    names = {*service_names(), *admin_names()}
    unknown = {
        name
        for name in names - SHOWN.keys()
        for place, _dot, last in [name.rpartition(".")]
        if NOTHING_SHOWN.get(place) != "*" and last not in NOTHING_SHOWN.get(place, "").split()
    }
    assert (unknown, SHOWN.keys() - names) == (set(), set())


def service_names():
    """The public functions of every module of services."""
    for app in OUR_APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if "services" in found.name.split(".") and "tests" not in found.name.split("."):
                module = importlib.import_module(found.name)
                for name, value in vars(module).items():
                    own = getattr(value, "__module__", "") == found.name
                    if inspect.isfunction(value) and own and not name.startswith("_"):
                        yield f"{found.name}.{name}"


def admin_names():
    """The pages and actions by which an admin writes."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True)
    for model in (model for app in OUR_APPS for model in apps.get_app_config(app).get_models()):
        page = admin.site._registry.get(model)
        if page:
            may = {
                "add": page.has_add_permission(request),
                "change": page.has_change_permission(request),
                "delete": page.has_delete_permission(request),
            }
            names = {name for name in may if may[name]} | set(page.get_actions(request))
            yield from (f"{model.__name__}.{name}" for name in names)
