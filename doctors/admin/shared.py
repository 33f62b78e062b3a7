"""What several admin pages of doctors and bookings use."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format

from doctors.models import (
    Doctor,
    Practice,
)
from web.admin import TbibAdmin


def local_time(instant: dt.datetime | None, practice: Practice) -> str:
    """Return "Mon 1 March 2027, 10:00 (Paris)": the practice's clock and zone; "-" for None."""
    if instant is None:
        return "-"
    return f"{date_format(practice.local(instant), 'D j N Y, H:i')} ({practice.zone_name})"


class LockingAdmin(TbibAdmin):
    """Locks the agendas of a row before it reads the row that a form changes.

    The lock lasts until the end of the admin's own transaction, which saves related rows too.
    """

    def doctor_ids(self, obj: Any) -> list[int]:
        """Return the doctors whose agenda the row changes."""
        return [obj.doctor_id]

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        Doctor.objects.locked(*self.doctor_ids(found))
        return super().get_object(request, object_id, from_field)
