"""Base classes of admin pages for rows that only the services write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin


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
