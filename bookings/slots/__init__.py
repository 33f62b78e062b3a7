"""What is left: hours, minus absences and holidays, minus visits and holds.

A constant number of queries, whatever the number of doctors, days or rows: opening hours,
holidays, and everything that occupies time in one UNION.
"""

from bookings.slots.busy import Blocker
from bookings.slots.calendars import Calendars, Day, DaySlot, Weeks
from bookings.slots.query import SlotQuery
from bookings.slots.reading import (
    blocker_at,
    day_slots,
    free_slots,
    nearest_free,
    next_free,
    overlap_at,
)

__all__ = [
    "Blocker",
    "Calendars",
    "Day",
    "DaySlot",
    "SlotQuery",
    "Weeks",
    "blocker_at",
    "day_slots",
    "free_slots",
    "nearest_free",
    "next_free",
    "overlap_at",
]
