"""A small world for browser tests, around the day after tomorrow, and how a browser walks in it.

Browsers live in the present, so nothing is frozen: times are days from today on the practice's
clock, far enough from midnight and from every deadline.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page

from accounts.models import Patient, User
from accounts.tests.factories import EmailAddressFactory, PatientFactory
from bookings import services
from bookings.models import Appointment
from doctors.models import ConsultationType
from doctors.tests.factories import ConsultationTypeFactory
from scheduling.tests.factories import open_week

PARIS = ZoneInfo("Europe/Paris")
CONFIRM_PAGE = re.compile(r"/bookings/confirm-booking/$")
APPOINTMENT_PAGE = re.compile(r"/bookings/[0-9a-f-]{36}/$")


# Time -----------------------------------------------------------------------------------------


def day_in(days: int, zone: ZoneInfo = PARIS) -> dt.date:
    return dt.datetime.now(zone).date() + dt.timedelta(days=days)


def at(clock: str, *, days: int = 3, zone: ZoneInfo = PARIS) -> dt.datetime:
    """A start `days` from today: at("10:30") is 10:30 in Paris, in three days."""
    hour, minute = map(int, clock.split(":"))
    return dt.datetime.combine(day_in(days, zone), dt.time(hour, minute), zone)


def zone_at_noon() -> str:
    """The time zone where it is about noon: a visit of now ends before its day does."""
    hours = 12 - dt.datetime.now(dt.UTC).hour
    # By its old rule, the sign of these names is the other way round.
    return f"Etc/GMT{-hours:+d}"


# People ---------------------------------------------------------------------------------------


def doctors_type(*, opens_at: int = 9 * 60, **options) -> ConsultationType:
    """A reason to visit a doctor who is open until 17:00 every day, from minute `opens_at`."""
    kind = ConsultationTypeFactory(**options)
    if not kind.doctor.opening_hours.exists():
        open_week(kind.doctor, start=opens_at)
    return kind


def patient(**options) -> Patient:
    """A person whose account may have several visits ahead."""
    person = PatientFactory(**options)
    EmailAddressFactory(user=person.account)
    return person


def taken_by_somebody(
    kind: ConsultationType, start: dt.datetime, *, person: Patient | None = None
) -> Appointment:
    """Another person is quicker; or `person` booked it elsewhere."""
    person = person or patient()
    return services.book(
        by=person.account,
        patient=person,
        doctor=kind.doctor,
        consultation_type=kind,
        starts_at=start,
    )


def sign_in(context: BrowserContext, user: User, base_url: str) -> None:
    """Give the browser the session of somebody who signed in before."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base_url}])


def unaware(page: Page) -> None:
    """Keep the page from hearing what others do, as it may be in the last second."""
    page.route("**/live/**", lambda route: route.fulfill(status=204))


# Steps ----------------------------------------------------------------------------------------


def calendar_address(kind: ConsultationType, *, days: int = 3, seen: str = "yes") -> str:
    """The doctor's page at step 3, with the grid that begins `days` from today."""
    path = kind.doctor.get_absolute_url()
    return f"{path}?seen={seen}&type={kind.pk}&from={day_in(days)}"


def pill(page: Page | Locator, start: dt.datetime) -> Locator:
    return page.locator(f"button.slot[name=appointment_time][value='{start.isoformat()}']")


def choose(page: Page, start: dt.datetime) -> None:
    """On the doctor's page: the pill, then “Suivant”."""
    pill(page, start).click()
    page.locator("[data-next]").click()


def go_and_choose(page: Page, kind: ConsultationType, start: dt.datetime) -> None:
    """From the doctor's page to the confirm page."""
    page.goto(calendar_address(kind))
    choose(page, start)
    page.wait_for_url(CONFIRM_PAGE)


def confirm_button(page: Page) -> Locator:
    return page.locator("#booking .submit [type=submit]")
