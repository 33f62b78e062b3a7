"""Which doctor a request of the staff is about, and what the frame around every page shows.

A view begins with `cockpit = open_cockpit(request)` and ends with `show_page(request, cockpit,
…)`; its template extends dashboard/frame.html. `cockpit.doctor` is whose agenda it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.requests import SignedInRequest
from bookings.models import Appointment, StatusChange
from bookings.models.desks import desk_doctors
from bookings.models.status_change import undone
from bookings.status import Status
from bookings.waiting_room.room import Today, today_of
from doctors.models import Doctor
from scheduling import engine
from web.compiled import compiled_once, in_one_row
from web.fragments import render_fragment, wanted_fragment
from web.requests import any_id

SESSION_KEY = "desk_doctor"
NAV_COOKIE = "nav"


class NavPage(NamedTuple):
    """A page of the navigation; `short` is its word in a phone's bar, "" where it has no room."""

    route: str
    label: str | Promise
    short: str | Promise
    icon: str


PAGES = (
    NavPage("dashboard", _("Agenda"), _("Agenda"), "calendar"),
    NavPage("team", _("All agendas"), "", "view-columns"),
    NavPage(
        "queue", _("Waiting room"), pgettext_lazy("waiting room, in one word", "Queue"), "users"
    ),
    NavPage("waiting_list", _("Waiting list"), "", "bell-alert"),
    NavPage("patients", _("Patients"), _("Patients"), "user"),
    NavPage("statistics", _("Statistics"), "", "chart-bar"),
    NavPage("configuration", _("Configuration"), _("Settings"), "adjustments-horizontal"),
)


class NavItem(NamedTuple):
    page: NavPage
    address: str
    is_current: bool


@dataclass(frozen=True)
class WaitingRoom:
    """Who has come and not been called in yet: how many, and since when the first one waits."""

    count: int
    longest_since: dt.datetime | None

    def longest_minutes(self, now: dt.datetime) -> int | None:
        waits = self.longest_since and now - self.longest_since
        return max(0, int(waits.total_seconds() // 60)) if waits else None


@dataclass
class Cockpit:
    """One doctor's workplace, as the reader who works there sees it."""

    user: User
    doctor: Doctor
    doctors: list[Doctor]
    """Every doctor for whom the reader works."""
    path: str
    nav: str
    """How the navigation stands: "open", "rail", or "auto" until the reader chose."""
    now: dt.datetime
    shows_team: bool = False
    """Whether the page shows the agendas of all `doctors`, not of `doctor` alone."""
    room: WaitingRoom = WaitingRoom(0, None)
    """Read by `with_frame`, like `change`."""
    change: int = 0
    """The newest change of what is shown: what a page drawn now has seen."""

    def with_frame(self) -> Cockpit:
        """With what the frame around a page shows, in two queries."""
        [(newest,)] = _newest_change(tuple(doctor.pk for doctor in self.shown))
        room = waiting_room(self.user, self.doctor, self.now)
        return replace(self, room=room, change=newest or 0)

    def at_doctor(self, doctor_id: int) -> Cockpit:
        """The cockpit of another doctor of the reader's; the remembered doctor stays."""
        doctor = next(doctor for doctor in self.doctors if doctor.pk == doctor_id)
        return replace(self, doctor=doctor)

    @property
    def today(self) -> dt.date:
        return self.doctor.practice.local(self.now).date()

    @property
    def midnight(self) -> dt.datetime:
        """The instant at which `today` began."""
        return engine.to_utc(self.today, 0, self.doctor.practice.zone)

    @property
    def now_here(self) -> dt.datetime:
        """The practice's wall clock, whatever the reader's browser thinks."""
        return self.doctor.practice.local(self.now)

    @property
    def is_own(self) -> bool:
        """Whether the reader is the doctor: private notes are theirs alone."""
        return self.doctor.user_id == self.user.pk

    @cached_property
    def items(self) -> list[NavItem]:
        """The pages there are; the one whose address is the longest beginning of this one's
        is where the reader is."""
        found = []
        for page in PAGES:
            if page.route == "team" and len(self.doctors) < 2:
                continue
            with suppress(NoReverseMatch):
                found.append((page, reverse(page.route)))
        beginnings = [address for _page, address in found if self.path.startswith(address)]
        here = max(beginnings, key=len, default="")
        return [NavItem(page, address, address == here) for page, address in found]

    @property
    def shown(self) -> list[Doctor]:
        """Whose agendas the page shows."""
        return self.doctors if self.shows_team else [self.doctor]

    @property
    def version(self) -> str:
        """What the page's poll compares: another one when an agenda of `shown` changed, came
        or went."""
        return "-".join(f"{doctor.pk}.{doctor.calendar_version}" for doctor in self.shown)

    @property
    def longest_minutes(self) -> int | None:
        return self.room.longest_minutes(self.now)


class NoCockpit(Http404):
    """The reader works for no doctor: a patient, or a secretary without a practice."""


def open_cockpit(
    request: SignedInRequest, *, remember: bool = True, only_staffed: bool = False
) -> Cockpit:
    """The doctor asked for with `doctor=`, else the one chosen last, else the reader's own, else
    the first. Http404 for another practice's doctor; NoCockpit, a 404 too, for who has none.

    A poll does not `remember`: of two windows for two doctors, neither is the last choice. With
    `only_staffed`, a doctor who left is not there: the desk handles visits, not the agenda.
    """
    desks = _doctors_staffed_by if only_staffed else _doctors_at_desk
    doctors = desks(request.user.pk)
    if not doctors:
        raise NoCockpit
    known = {doctor.pk: doctor for doctor in doctors}
    wanted = request.POST.get("doctor") or request.GET.get("doctor")
    if wanted:
        if any_id(wanted) not in known:
            raise Http404
        if remember and request.session.get(SESSION_KEY) != any_id(wanted):
            request.session[SESSION_KEY] = any_id(wanted)
    own = next((doctor.pk for doctor in doctors if doctor.user_id == request.user.pk), None)
    pk = any_id(wanted) if wanted else request.session.get(SESSION_KEY) or own or 0
    chosen = known.get(pk, doctors[0])
    nav = request.COOKIES.get(NAV_COOKIE, "")
    return Cockpit(
        user=request.user,
        doctor=chosen,
        doctors=doctors,
        path=request.path,
        nav=nav if nav in ("open", "rail") else "auto",
        now=timezone.now(),
    )


@compiled_once
def _doctors_staffed_by(user_id: int) -> QuerySet[Doctor]:
    return Doctor.objects.staffed_by(User(pk=user_id)).for_pages()


@compiled_once
def _doctors_at_desk(user_id: int) -> QuerySet[Doctor]:
    return desk_doctors(User(pk=user_id)).for_pages()


@compiled_once
def _newest_change(doctor_ids: tuple[int, ...]) -> QuerySet[StatusChange, tuple[Any, ...]]:
    changes = StatusChange.objects.filter(appointment__doctor__in=doctor_ids)
    return in_one_row(changes, last=Max("pk"))


def show_page(
    request: SignedInRequest,
    cockpit: Cockpit,
    page: str,
    context: dict[str, Any],
    *,
    fragments: Collection[str] = (),
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The template `page` in the cockpit's frame, or the one of its `fragments` that is wanted."""
    if not wanted_fragment(request, fragments):
        cockpit = cockpit.with_frame()
    context = {"cockpit": cockpit, **context}
    return render_fragment(request, page, context, fragments=fragments, status=status)


def waiting_room(user: User, doctor: Doctor, now: dt.datetime) -> WaitingRoom:
    """Today's arrived patients and walk-ins of `doctor` that `user` may see, in one query."""
    today = Today.at(doctor.practice, now)
    [row] = _row_of_arrived(user.pk, user.is_superuser, doctor.pk, *today)
    return WaitingRoom(*row)


@compiled_once
def _row_of_arrived(
    user_id: int, is_superuser: bool, doctor_id: int, *today: Any
) -> QuerySet[Appointment, tuple[Any, ...]]:
    visits = Appointment.objects.for_staff(User(pk=user_id, is_superuser=is_superuser))
    arrived = today_of(doctor_id, visits, Today(*today)).filter(status=Status.ARRIVED)
    arrivals = Q(~undone("changes__pk"), changes__to_status=Status.ARRIVED)
    since = Min("changes__at", filter=arrivals)
    return in_one_row(arrived, count=Count("pk", distinct=True), since=since)


def staff_visit(request: SignedInRequest, pk: str | UUID, **only: Any) -> Appointment:
    """A visit of the reader's doctors; Http404 for any other, and for what is no id.

    `only` narrows it further.
    """
    try:
        wanted = pk if isinstance(pk, UUID) else UUID(pk)
    except ValueError:
        wanted = UUID(int=0)
    visits = Appointment.objects.for_staff(request.user).for_pages()
    # An admin sees every visit and works for no doctor: an admin changes visits in the admin.
    doctors = desk_doctors(request.user).values("pk")
    return get_object_or_404(visits.filter(doctor__in=doctors, **only), pk=wanted)


def uuids_in(texts: Iterable[str]) -> list[UUID]:
    """The ids of visits among `texts`; nonsense is left out."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found
