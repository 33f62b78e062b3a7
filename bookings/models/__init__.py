"""Models of visits: appointments with their history, holds, messages, files, waiting list."""

from bookings.models.appointment import Appointment
from bookings.models.calendar_feed import CalendarFeed
from bookings.models.files import PatientFile, PrivateNote
from bookings.models.first_time import FirstTime
from bookings.models.hold import Hold
from bookings.models.invitation import Invitation
from bookings.models.message_choices import MessageChoices
from bookings.models.message_line import MessageLine
from bookings.models.message_settings import MessageSettings
from bookings.models.notification import Notification
from bookings.models.offer import Offer
from bookings.models.refused_address import RefusedAddress
from bookings.models.screen import WaitingScreen
from bookings.models.status_change import StatusChange
from bookings.models.waiting_list import WaitingListEntry
from bookings.models.worker_beat import WorkerBeat

__all__ = [
    "Appointment",
    "CalendarFeed",
    "FirstTime",
    "Hold",
    "Invitation",
    "MessageChoices",
    "MessageLine",
    "MessageSettings",
    "Notification",
    "Offer",
    "PatientFile",
    "PrivateNote",
    "RefusedAddress",
    "StatusChange",
    "WaitingListEntry",
    "WaitingScreen",
    "WorkerBeat",
]
