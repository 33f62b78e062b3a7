"""Admin pages that show rows which only the services write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin


class ReadOnly:
    """To read, and nothing else."""

    def has_add_permission(self, *args: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any) -> bool:
        return False


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    extra = 0
    can_delete = False
