"""What the calendar feed of a person, a doctor or a practice contains."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.calendar_files.visits import new_calendar, place_of, visit_event, visit_summary
from bookings.models import Appointment, CalendarFeed
from bookings.models.appointment import AppointmentQuerySet
from bookings.services.feeds import may_read
from bookings.status import LIVE, Status

BACK = dt.timedelta(days=30)
AHEAD = dt.timedelta(days=366)
READ_AGAIN = dt.timedelta(hours=1)
"""What we ask calendars to wait between two looks; some wait a day."""


def feed_file(feed: CalendarFeed, *, now: dt.datetime) -> bytes | None:
    """The feed as a file; None when the account may not see these visits any more.

    The same visits give the same bytes, whenever it is asked. Three queries at most.
    """
    if not may_read(feed.account, feed.doctor, feed.practice):
        return None
    with translation.override(feed.account.language or settings.LANGUAGE_CODE):
        calendar = new_calendar("PUBLISH")
        calendar.add("x-wr-calname", name_of(feed))
        calendar.add("name", name_of(feed))
        calendar.add("refresh-interval", READ_AGAIN, {"value": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
        for visit in visits_of(feed, now):
            event = visit_event(visit, stamp=visit.timed_at or visit.created_at)
            event.add("summary", _summary(feed, visit))
            event.add("location", place_of(visit))
            event.add("url", settings.SITE_URL + _page(feed, visit))
            calendar.add_component(event)
        return calendar.to_ical()


def visits_of(feed: CalendarFeed, now: dt.datetime) -> AppointmentQuerySet:
    """The visits with a time, from 30 days ago to a year ahead, that the account may see."""
    if feed.doctor_id or feed.practice_id:
        visits = Appointment.objects.for_staff(feed.account)
        visits = visits.filter(status__in=(*LIVE, Status.NO_SHOW))
    else:
        visits = Appointment.objects.filter(patient__account=feed.account).live()
    if feed.doctor_id:
        visits = visits.filter(doctor=feed.doctor_id)
    if feed.practice_id:
        visits = visits.filter(practice=feed.practice_id)
    visits = visits.filter(starts_at__gt=now - BACK, starts_at__lt=now + AHEAD)
    visits = visits.select_related("practice__message_settings", "patient", "doctor__user")
    return visits.order_by("starts_at", "pk")


def name_of(feed: CalendarFeed) -> str:
    """The calendar's name in the reader's list of calendars."""
    if feed.doctor:
        return f"Tbib, {feed.doctor.name}"
    if feed.practice:
        return f"Tbib, {feed.practice.name}"
    return _("My appointments")


def initials(patient_name: str) -> str:
    """ "N. B." for Nadia Berrada."""
    return " ".join(f"{word[0].upper()}." for word in patient_name.split())


def _summary(feed: CalendarFeed, visit: Appointment) -> str:
    """For staff the patient; for a patient the practice, and for which of several persons."""
    if feed.doctor_id or feed.practice_id:
        patient = visit.patient_name if feed.shows_names else initials(visit.patient_name)
        return patient if feed.doctor_id else f"{visit.doctor_name}, {patient}"
    if visit.patient.is_self:
        return visit_summary(visit)
    words = {"what": visit_summary(visit), "person": visit.patient.first_name}
    return _("%(what)s (%(person)s)") % words


def _page(feed: CalendarFeed, visit: Appointment) -> str:
    """The visit's page, behind sign-in: a reader of the calendar can do nothing there."""
    if not (feed.doctor_id or feed.practice_id):
        return reverse("appointment_page", args=[visit.pk])
    return f"{reverse('dashboard')}?doctor={visit.doctor_id}&appointment={visit.pk}"
