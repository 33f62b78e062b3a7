"""Template tags that show the status of an appointment."""

from __future__ import annotations

from typing import Any

from django import template

from bookings.status import Status

register = template.Library()

# Class and icon of each status (components/statuses.css, heroicons); the word is the model's.
STATUS_LOOKS = {
    "pending": ("pending", "clock"),
    "confirmed": ("confirmed", "check-circle"),
    "arrived": ("arrived", "arrow-right-end-on-rectangle"),
    "in_progress": ("progress", "play-circle"),
    "done": ("done", "check"),
    "no_show": ("noshow", "no-symbol"),
    "cancelled": ("cancelled", "x-circle"),
}


@register.inclusion_tag("bookings/includes/status.html")
def status(appointment: Any) -> dict[str, object]:
    """The badge of an appointment's status: `{% status appointment %}`."""
    look, icon = STATUS_LOOKS[str(appointment.status)]
    return {"look": look, "icon": icon, "label": appointment.get_status_display()}


@register.inclusion_tag("bookings/includes/status_legend.html")
def status_legend() -> dict[str, object]:
    """Each status as pages draw it: `{% status_legend %}`."""
    rows = [(*STATUS_LOOKS[value], label) for value, label in Status.choices]
    names = ("look", "icon", "label")
    return {"statuses": [dict(zip(names, row, strict=True)) for row in rows]}


@register.filter
def status_class(appointment: Any) -> str:
    """`is-arrived`: gives a row the colours of its appointment's status."""
    return f"is-{STATUS_LOOKS[str(appointment.status)][0]}"
