"""Models of visits: appointments with their history, holds, messages, files, waiting list."""

from bookings.models.appointment import Appointment, StatusChange
from bookings.models.files import PatientFile, PrivateNote
from bookings.models.first_time import FirstTime
from bookings.models.hold import Hold
from bookings.models.invitation import Invitation
from bookings.models.notification import Notification
from bookings.models.screen import WaitingScreen
from bookings.models.waiting_list import WaitingListEntry

__all__ = [
    "Appointment",
    "FirstTime",
    "Hold",
    "Invitation",
    "Notification",
    "PatientFile",
    "PrivateNote",
    "StatusChange",
    "WaitingListEntry",
    "WaitingScreen",
]
