"""Admin pages of visits, files, messages, hours, absences and holidays.

Private notes have no page here on purpose: only their doctor reads them.
"""

from bookings.admin import appointments, files, hours, jobs, links, messages, records, waiting_list

__all__ = [
    "appointments",
    "files",
    "hours",
    "jobs",
    "links",
    "messages",
    "records",
    "waiting_list",
]
