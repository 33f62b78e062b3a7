"""What is left: hours, minus absences and holidays, minus visits and holds.

A constant number of queries, whatever the number of doctors, days or rows: opening hours,
holidays, and everything that occupies time in one UNION.
"""

from bookings.slots.busy import Code
from bookings.slots.calendars import Calendars, Day, DaySlot, Weeks
from bookings.slots.query import SlotQuery
from bookings.slots.reading import day_slots, free_slots, nearest_free, next_free, why_not

__all__ = [
    "Calendars",
    "Code",
    "Day",
    "DaySlot",
    "SlotQuery",
    "Weeks",
    "day_slots",
    "free_slots",
    "nearest_free",
    "next_free",
    "why_not",
]
