"""The tabs around every page of the configuration, and how a tab answers."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import push_url

from accounts.requests import SignedInRequest
from dashboard.cockpit import Cockpit, show_page
from web.fragments import wanted_fragment

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY

TABS = (
    # Route, words, and the fragment that holds all of it.
    ("configuration", gettext_lazy("Reasons for a visit"), "types_panel"),
    ("configure_hours", gettext_lazy("Opening hours"), "hours_panel"),
    ("configure_absences", gettext_lazy("Leave and absences"), "absences_panel"),
    ("configure_holidays", gettext_lazy("Public holidays"), "holidays_panel"),
    ("configure_calendars", gettext_lazy("Other calendars"), "calendars_panel"),
    ("configure_messages", gettext_lazy("Messages"), "messages_panel"),
    ("configure_practice", gettext_lazy("Practice"), "practice_panel"),
)


class Tab(NamedTuple):
    label: Any
    address: str
    is_current: bool


def show(
    request: SignedInRequest,
    cockpit: Cockpit,
    panel: str,
    context: dict[str, Any],
    *,
    saved: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The tab as a whole page, or only its panel when htmx asks for that."""
    context = {
        "of": of(cockpit),
        "panel": panel,
        "panel_template": f"dashboard/configuration/partials/{panel}.html",
        "tabs": [Tab(label, address(route, cockpit), each == panel) for route, label, each in TABS],
        "saved_at": cockpit.now_here if saved else None,
        **context,
    }
    page = "dashboard/configuration/page.html"
    return show_page(request, cockpit, page, context, fragments={panel}, status=status)


def answer_saved(
    request: SignedInRequest, cockpit: Cockpit, panel: str, again: Callable[..., HttpResponse]
) -> HttpResponse:
    """The tab as it is now, "Saved at 10:42" on it; without htmx after a redirect."""
    home = next(address(route, cockpit) for route, _label, each in TABS if each == panel)
    if wanted_fragment(request, {panel}):
        return push_url(again(request, cockpit, saved=True), home)
    messages.success(request, _("Saved at %(time)s.") % {"time": f"{cockpit.now_here:%H:%M}"})
    return redirect(home)


def address(route: str, cockpit: Cockpit, *args: Any) -> str:
    """A page of the configuration that stays at this desk, whatever another window chooses."""
    return reverse(route, args=args) + of(cockpit)


def of(cockpit: Cockpit) -> str:
    return f"?doctor={cockpit.doctor.pk}"
