"""A visit as a file that calendars read (iCalendar, RFC 5545 and RFC 5546)."""

from __future__ import annotations

import datetime as dt
from email.utils import parseaddr
from typing import Literal
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bookings.models import Appointment, MessageSettings
from bookings.status import Status
from doctors.models import Practice
from web.templatetags.tbib import phone_display

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]

STATUSES = {Status.PENDING: "TENTATIVE", Status.CANCELLED: "CANCELLED"}
"""How calendars spell a visit's status; CONFIRMED for any other."""


def calendar_file(
    appointment: Appointment, *, method: Method, language: str, link: str = ""
) -> bytes:
    """The file of one visit that has a time, in UTC.

    REQUEST and CANCEL are for mails: the event is the patient's, and each version replaces the
    one before. PUBLISH is for a download. `link` is the address to change the visit. The file
    says nothing about health: no type, no specialty, no reason, no name of a doctor.
    """
    with translation.override(language):
        calendar = new_calendar(method)
        event = visit_event(appointment, stamp=timezone.now())
        event.add("summary", visit_summary(appointment))
        event.add("location", place_of(appointment))
        event.add("description", _description(appointment, link))
        if link:
            event.add("url", link)
        event.add("organizer", _organizer(appointment.practice))
        if method != "PUBLISH" and appointment.mail_address:
            event.add("attendee", _attendee(appointment.mail_address))
        if method == "CANCEL":
            event["status"] = icalendar.vText("CANCELLED")
        calendar.add_component(event)
        return calendar.to_ical()


def new_calendar(method: Method) -> icalendar.Calendar:
    """An empty calendar of this site."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Tbib//Tbib//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def visit_event(appointment: Appointment, *, stamp: dt.datetime) -> icalendar.Event:
    """The event's key, version, times and status; `stamp` is when this version was written.

    The key stays the same for ever, also in another file or feed, so that a calendar has one
    event a visit.
    """
    assert appointment.starts_at is not None
    assert appointment.ends_at is not None
    event = icalendar.Event()
    event.add("uid", f"{appointment.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", stamp.astimezone(dt.UTC))
    event.add("dtstart", appointment.starts_at.astimezone(dt.UTC))
    event.add("dtend", appointment.ends_at.astimezone(dt.UTC))
    event.add("created", appointment.created_at.astimezone(dt.UTC))
    event.add("status", STATUSES.get(Status(appointment.status), "CONFIRMED"))
    event.add("class", "PRIVATE")
    return event


def visit_summary(appointment: Appointment) -> str:
    """The event's title: other people may see it in a shared calendar."""
    practice = MessageSettings.of(appointment.practice).name
    return _("Appointment, %(practice)s") % {"practice": practice}


def place_of(appointment: Appointment) -> str:
    """The practice's address without its name, which may tell a field of medicine."""
    practice = appointment.practice
    if appointment.is_video:
        return _("By video")
    lines = (practice.address, practice.address_details)
    return ", ".join(line for line in lines if line)


def _description(appointment: Appointment, link: str) -> str:
    practice, start = appointment.practice, appointment.local_start
    lines = [
        _("%(time)s, %(zone)s time.") % {"time": f"{start:%H:%M}", "zone": practice.zone_name},
        _("Answering in this calendar changes nothing at the practice."),
    ]
    if link:
        lines.append(_("To move or cancel: %(link)s") % {"link": link})
    if practice.phone:
        phone = phone_display(practice.phone, practice.country)
        lines.append(_("Phone of the practice: %(phone)s") % {"phone": phone})
    return "\n".join(lines)


def _organizer(practice: Practice) -> icalendar.vCalAddress:
    """The site's own address: no answer of a calendar reaches the practice."""
    organizer = icalendar.vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = icalendar.vText(MessageSettings.of(practice).name)
    return organizer


def _attendee(address: str) -> icalendar.vCalAddress:
    # ACCEPTED and RSVP=FALSE: the calendar asks nothing, because a "no" there cancels nothing here.
    attendee = icalendar.vCalAddress(f"mailto:{address}")
    attendee.params["CUTYPE"] = icalendar.vText("INDIVIDUAL")
    attendee.params["ROLE"] = icalendar.vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = icalendar.vText("ACCEPTED")
    attendee.params["RSVP"] = icalendar.vText("FALSE")
    return attendee
