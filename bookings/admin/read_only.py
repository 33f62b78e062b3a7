"""What the admin pages of rows that only the services write have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.utils.formats import date_format


class ReadOnly:
    """Permits no add, change or delete."""

    def has_add_permission(self, *args: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any) -> bool:
        return False


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    extra = 0
    can_delete = False


def utc_time(instant: dt.datetime | None) -> str:
    """Return "Mon 1 March 2027, 10:00 (UTC)"; "-" for None. For rows of no practice."""
    return f"{date_format(instant, 'D j N Y, H:i')} (UTC)" if instant else "-"
