"""The first words of a message: what happened, and the sentence that greets the reader."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Appointment, Notification
from bookings.status import Status
from web.templatetags.tbib import clock, weekday

Kind = Notification.Kind
WEEK = 7


class Heading(NamedTuple):
    """`said`: what happened, in a few words; `heading`: a sentence."""

    said: str
    heading: str


def heading_of(row: Notification, *, now: dt.datetime, unanswered: bool = False) -> Heading:
    """The heading of a message about a visit; `unanswered`: of a request nobody answered."""
    visit = row.appointment
    assert visit is not None
    match row.kind:
        case Kind.REQUESTED:
            return Heading(_("Request sent"), _addressed(_("The practice answers you soon"), visit))
        case Kind.CONFIRMED:
            return Heading(_("Request accepted"), _see_you(visit, now))
        case Kind.DECLINED:
            return Heading(_("Request declined"), _("The practice cannot see you at this time."))
        case Kind.MOVED if visit.status == Status.PENDING:
            said = _("Request moved")
            return Heading(said, _addressed(_("The practice answers you soon"), visit))
        case Kind.MOVED:
            return Heading(_("Appointment moved"), _see_you(visit, now))
        case Kind.CANCELLED if unanswered:
            return Heading(_("Request without an answer"), _("The time of your request is past."))
        case Kind.CANCELLED:
            return Heading(_("Appointment cancelled"), _("This appointment does not take place."))
        case Kind.MOVE_ASKED:
            said = _("Appointment to move")
            return Heading(said, _addressed(_("Please choose another time"), visit))
        case Kind.REMINDER_WEEK | Kind.REMINDER | Kind.REMINDER_HOURS:
            return _reminder(visit, now)
        case Kind.TURN_SOON:
            return Heading(_("Waiting room"), _addressed(_("Your turn is near"), visit))
        case Kind.NEW_REQUEST:
            return Heading(_("New request"), _("A patient waits for your answer."))
        case Kind.LATE_CHANGE if row.previous_start:
            return Heading(_("Late change"), _("A patient moved this appointment."))
        case Kind.LATE_CHANGE:
            return Heading(_("Late change"), _("A patient cancelled this appointment."))
        case _other:
            return Heading(_("Appointment confirmed"), _see_you(visit, now))


def _reminder(visit: Appointment, now: dt.datetime) -> Heading:
    start, today = visit.local_start, visit.practice.local(now).date()
    assert start is not None
    days = (start.date() - today).days
    if days <= 0:
        said = _("Reminder, today at %(time)s") % {"time": clock(start)}
    elif days == 1:
        said = _("Reminder, tomorrow")
    else:
        said = ngettext("Reminder, in %(days)d day", "Reminder, in %(days)d days", days)
        said %= {"days": days}
    if not visit.patient.is_self:
        words = _("%(name)s is expected on %(weekday)s.")
        return Heading(said, words % {"name": visit.patient.first_name, "weekday": weekday(start)})
    words = _("We expect you on %(weekday)s") % {"weekday": weekday(start)}
    return Heading(said, _addressed(words, visit))


def _see_you(visit: Appointment, now: dt.datetime) -> str:
    """ "À mardi, Nadia." for a visit of the next days."""
    start, today = visit.local_start, visit.practice.local(now).date()
    assert start is not None
    days = (start.date() - today).days
    if days <= 0:
        return _addressed(_("See you soon"), visit)
    if days < WEEK:
        return _addressed(_("See you on %(weekday)s") % {"weekday": weekday(start)}, visit)
    return _addressed(_("It is noted"), visit)


def _addressed(sentence: str, visit: Appointment) -> str:
    """The sentence with the reader's first name, where the visit is the reader's own."""
    if not visit.patient.is_self:
        return f"{sentence}."
    return _("%(sentence)s, %(name)s.") % {"sentence": sentence, "name": visit.patient.first_name}
