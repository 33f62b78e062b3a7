"""What the templates of messages say: names, local times, addresses, words."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.messages.choices import choices_address, stop_of
from bookings.messages.headings import heading_of
from bookings.messages.links import offer_link, visit_link
from bookings.models import (
    Appointment,
    MessageLine,
    MessageSettings,
    Notification,
)
from bookings.status import UPCOMING, Status, Verb
from web.templatetags.tbib import clock, day_long, phone_display

Kind = Notification.Kind
OVER = (Kind.CANCELLED, Kind.DECLINED, Kind.MOVE_ASKED)
"""Messages about a time at which the patient is not to come."""
TO_PRACTICE = (Kind.NEW_REQUEST, Kind.LATE_CHANGE)
COMING = (Kind.REMINDER_WEEK, Kind.REMINDER, Kind.REMINDER_HOURS)
"""Messages that ask the patient to say that they come."""

WITH_OWN_WORDS = (Kind.REQUESTED, Kind.BOOKED, Kind.CONFIRMED, Kind.MOVED, *COMING)
"""Messages about a visit that takes place carry the practice's own lines."""

LONGEST_FIRST_NAME = 12
"""So many letters of a relative's first name stand in an SMS."""


class Button(NamedTuple):
    label: str
    address: str


class Links(NamedTuple):
    """Absolute addresses about one visit; all empty where nobody can open them."""

    page: str = ""
    come: str = ""
    move: str = ""
    cancel: str = ""


def context_of(
    row: Notification, *, now: dt.datetime, own_words: list[str] | None = None
) -> dict[str, Any]:
    """The context of the row's templates, in the active language."""
    if row.doctor:
        return _of_registration(row)
    if row.offer:
        return _of_offer(row)
    return _of_visit(row, now, own_words)


def sms_context_of(row: Notification, *, now: dt.datetime) -> dict[str, Any]:
    """The context of the row's SMS: fewer words, and one short address."""
    context = context_of(row, now=now, own_words=[])
    visit = row.appointment
    person = "" if visit is None or visit.patient.is_self else visit.patient.first_name
    link = context["take_it"] if visit is None else visit_link(visit)
    if row.kind in TO_PRACTICE:
        link = context["desk"]
    return context | {
        "person": person[:LONGEST_FIRST_NAME],
        "link": link,
        # What is over has no page to choose from: the practice answers the phone.
        "way": context["phone"] or link,
        "code": visit.call_name if visit else "",
    }


# -- visits -------------------------------------------------------------------------------


def _of_visit(row: Notification, now: dt.datetime, own_words: list[str] | None) -> dict[str, Any]:
    visit, practice = row.appointment, row.practice
    assert visit is not None
    unanswered = row.kind == Kind.CANCELLED and _is_unanswered(visit)
    heading = heading_of(row, now=now, unanswered=unanswered)
    context = {
        "row": row,
        "appointment": visit,
        "practice": practice,
        "sender": MessageSettings.of(practice).name,
        "said": heading.said,
        "heading": heading.heading,
        "start": visit.local_start,
        "end": visit.local_end,
        "is_over": row.kind in OVER,
        "previous": practice.local(row.previous_start) if row.previous_start else None,
        "phone": phone_display(practice.phone, practice.country),
        "own_words": _own_words(row, visit) if own_words is None else own_words,
        "unanswered": unanswered,
    }
    if row.kind in TO_PRACTICE:
        return context | _to_practice(visit)
    return context | _to_patient(row, visit, now)


def _to_practice(visit: Appointment) -> dict[str, Any]:
    """A practice's mailbox may have many readers: it gets the patient's initials only."""
    desk = settings.SITE_URL + reverse("desk", args=[visit.pk])
    return {
        "initials": " ".join(f"{word[0]}." for word in visit.patient_name.split()),
        "desk": desk,
        "button": Button(_("Open the desk"), desk),
        "why": _("You receive this message because it is the address of the practice."),
    }


def _to_patient(row: Notification, visit: Appointment, now: dt.datetime) -> dict[str, Any]:
    practice, consultation_type = visit.practice, visit.consultation_type
    closes = visit.changes_close_at
    links = _links(visit)
    in_time = closes is not None and now < closes and visit.status in UPCOMING
    lines = consultation_type.instructions.splitlines() if consultation_type else []
    by_hand = consultation_type and consultation_type.needs_confirmation
    doctor = visit.doctor
    books_online = doctor.is_approved and doctor.books_online
    calendar = settings.SITE_URL + doctor.get_absolute_url() if books_online else ""
    return {
        "other_person": "" if visit.patient.is_self else visit.patient_name,
        "instructions": [line for line in lines if line.strip()],
        "links": links,
        "page": links.page,
        "move_page": links.move,
        "calendar": calendar,
        "closes": practice.local(closes) if closes and in_time and links.page else None,
        # A patient cannot move a request that the practice confirmed.
        "moves_online": not (by_hand and visit.status == Status.CONFIRMED),
        "button": _button(row, visit, links, calendar),
        "why": _why(row, visit),
        "choices": choices_address(visit.patient),
        "stop": stop_of(row, visit.patient),
    }


def _own_words(row: Notification, visit: Appointment) -> list[str]:
    """The practice's lines for such a visit, in the reader's language or else the site's first."""
    if row.kind not in WITH_OWN_WORDS:
        return []
    lines = MessageLine.objects.of_visit(visit).filter(
        language__in=(row.language, settings.LANGUAGE_CODE)
    )
    found: dict[int | None, MessageLine] = {}
    for line in lines:
        if line.consultation_type_id not in found or line.language == row.language:
            found[line.consultation_type_id] = line
    # What is about this type comes before the practice's closing line.
    return [line.text for line in sorted(found.values(), key=lambda line: line.is_closing)]


def _links(visit: Appointment) -> Links:
    """The addresses of the visit, which work signed out too; none for a walk-in."""
    if visit.is_walk_in:
        return Links()
    page = visit_link(visit)
    return Links(page, *(f"{page}?do={act}" for act in ("come", "move", "cancel")))


def _button(row: Notification, visit: Appointment, links: Links, calendar: str) -> Button | None:
    """The one thing that the message asks the reader to do; None where there is no address."""
    if row.kind == Kind.TURN_SOON:
        return None
    if row.kind == Kind.MOVE_ASKED:
        button = Button(_("Choose another time"), links.move)
    elif row.kind in OVER:
        button = Button(_("Choose another time"), calendar)
    elif row.kind in COMING and not visit.coming_at:
        button = Button(_("I am coming"), links.come)
    elif visit.status == Status.PENDING:
        button = Button(_("See my request"), links.page)
    else:
        button = Button(_("See my appointment"), links.page)
    return button if button.address else None


def _why(row: Notification, visit: Appointment) -> str:
    if row.kind in COMING:
        return _("You receive this message because you have an appointment.")
    if visit.patient.account_id and visit.booked_by_id == visit.patient.account_id:
        return _("You receive this message because you booked this appointment.")
    return _("You receive this message because the practice booked this appointment for you.")


def _is_unanswered(visit: Appointment) -> bool:
    """Whether the system cancelled the visit: a request without an answer before its start."""
    last = visit.changes.last()
    return bool(
        last
        and last.verb == Verb.CANCEL
        and last.from_status == Status.PENDING
        and last.by_id is None
        and not last.by_link
    )


# -- offers of freed times ----------------------------------------------------------------


def _of_offer(row: Notification) -> dict[str, Any]:
    """The context of an offer: the time, the end of its hold, and its page."""
    offer = row.offer
    assert offer is not None
    entry, patient, start = offer.entry, offer.patient, offer.local_start
    withdrawn = row.kind == Kind.OFFER_WITHDRAWN
    if withdrawn:
        heading = _("The practice needs this time after all")
        under = _("We offered you %(day)s at %(time)s. Please excuse us.")
        under %= {"day": day_long(start), "time": clock(start)}
    else:
        heading = _("An earlier time for you, %(name)s.")
        heading = heading if patient.is_self else _("A time for %(name)s.")
        heading %= {"name": patient.first_name}
        under = _("It became free at %(doctor)s’s practice.") % {"doctor": offer.doctor.name}
    return {
        "offer": offer,
        "entry": entry,
        "practice": offer.practice,
        "sender": MessageSettings.of(offer.practice).name,
        "said": _("Waiting list"),
        "heading": heading,
        "under": under,
        "phone": phone_display(offer.practice.phone, offer.practice.country),
        "start": start,
        "until": offer.local_end_of_hold,
        "own": entry.appointment and entry.appointment.local_start,
        "take_it": offer_link(offer),
        "page": settings.SITE_URL + reverse("my_appointments"),
        "why": _("You receive this message because you are on the waiting list."),
        "choices": choices_address(patient),
        "stop": stop_of(row, patient),
    }


# -- registrations ------------------------------------------------------------------------


def _of_registration(row: Notification) -> dict[str, Any]:
    doctor = row.doctor
    assert doctor is not None
    if row.kind == Kind.SIGNED_UP:
        path = reverse("admin:doctors_doctor_change", args=[doctor.pk])
        button = Button(_("Check the registration"), settings.SITE_URL + path)
        said, heading = _("Registration"), doctor.name
        why = _("You receive this message because you are an admin of this site.")
    else:
        hours = reverse("configure_hours") if not doctor.hours_saved_at else reverse("dashboard")
        label = _("Open my agenda") if doctor.hours_saved_at else _("Save my opening hours")
        button = Button(label, settings.SITE_URL + hours)
        said, heading = _("Registration approved"), _("Welcome, %(doctor)s.")
        heading %= {"doctor": doctor.name}
        why = _("You receive this message because you registered as a doctor.")
    return {
        "doctor": doctor,
        "practice": doctor.practice,
        "sender": "",
        "said": said,
        "heading": heading,
        "button": button,
        "public_page": settings.SITE_URL + doctor.get_absolute_url(),
        "why": why,
    }
