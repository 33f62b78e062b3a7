"""The admin of what has been taken, and of the hours it was taken from.

Private notes have no page here, on purpose: they are their doctor's alone.
"""

from bookings.admin import appointments, files, hours, links, records, waiting_list

__all__ = ["appointments", "files", "hours", "links", "records", "waiting_list"]
