"""Free slots: opening hours, minus absences and holidays, minus visits and holds.

The number of queries does not depend on the number of doctors, days or rows: one for opening
hours, one for holidays, and one UNION for everything that occupies time.
"""

from bookings.slots.busy import Blocker
from bookings.slots.calendars import Calendars, Day, DaySlot, Weeks
from bookings.slots.query import SlotQuery
from bookings.slots.reading import (
    blocker_at,
    day_slots,
    free_slots,
    free_slots_until,
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
    "free_slots_until",
    "nearest_free",
    "next_free",
    "overlap_at",
]
