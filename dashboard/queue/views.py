"""File d'attente: who waits, in which order; call, skip, add; the wall's screen."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.models import StatusChange
from bookings.status import Verb
from bookings.waiting_room import services as waiting_room
from bookings.waiting_room.ticket import ticket_of
from dashboard.closing.reads import read_changes
from dashboard.closing.views import see, wanted_changes
from dashboard.cockpit import Cockpit, open_cockpit, show_page, staff_visit, uuids_in
from dashboard.queue.people import read_found, read_room, typed_text, wanted_person
from doctors.models import Practice
from web.fragments import wanted_fragment
from web.requests import any_id

PAGE, ROOM, FOUND = "dashboard/queue/page.html", ("queue",), ("queue_found",)
VERBS = {verb.value: verb for verb in (Verb.ARRIVE, Verb.START, Verb.FINISH)}


@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """The room now; htmx asks for it alone, or for the people that a name means."""
    cockpit = open_cockpit(request)
    if wanted_fragment(request, FOUND):
        found = read_found(cockpit, request.GET.get("q", ""))
        return show_page(request, cockpit, PAGE, found, fragments=FOUND)
    changes = wanted_changes(request.GET.get("undo", ""))
    return show(request, cockpit, changes=read_changes(cockpit, changes) if changes else [])


@require_POST
def add(request: SignedInRequest) -> HttpResponse:
    """A number for somebody the practice knows (`patient`), or for a new patient (`new`)."""
    cockpit, text = open_cockpit(request), typed_text(request.POST.get("q", ""))
    chosen, is_new = request.POST.get("patient", ""), bool(request.POST.get("new"))
    try:
        person = wanted_person(cockpit, text, chosen=chosen, is_new=is_new)
        if person is None:
            return show(request, cockpit, q=text, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        visit = services.add_walk_in(
            by=request.user,
            doctor=cockpit.doctor,
            patient=person,
            practice=wanted_practice(request),
            beside_visit="beside_visit" in request.POST,
        )
    except ValidationError as error:
        context = {"q": text, "error": " ".join(error.messages)}
        return show(request, cockpit, status=HTTPStatus.UNPROCESSABLE_ENTITY, **context)
    except rules.Refusal as refusal:
        return show(request, cockpit, q=text, refusal=refusal, status=refusal.status)
    return done(request, cockpit, added=visit)


@require_POST
def change(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Arrived, called in, finished; `seen` says what the reader saw.

    Who is still inside when the next one is called: `inside` names those whom the reader knows
    of, `finish` closes their visits.
    """
    visit = staff_visit(request, pk)
    cockpit = open_cockpit(request).at_doctor(visit.doctor_id)
    verb = VERBS.get(request.POST.get("verb", ""))
    seen = request.POST.get("seen", "")
    by: dict[str, Any] = {
        "by": request.user,
        "expected_sequence": any_id(seen) if seen else None,
    }
    changes: list[StatusChange] = []
    try:
        if verb is None:
            raise rules.StateConflict(_("This is not something the waiting room does."))
        if verb is Verb.START:
            inside = uuids_in(request.POST.getlist("inside"))
            finish = "finish" in request.POST
            changes = waiting_room.call(visit, known_inside=inside, finish=finish, **by)
        else:
            services.change_status(visit, verb, **by)
    except rules.Refusal as refusal:
        return show(request, cockpit, refusal=refusal, called=visit, status=refusal.status)
    return done(request, cockpit, changes=changes)


@require_POST
def skip(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The next one goes first."""
    visit = staff_visit(request, pk)
    cockpit = open_cockpit(request).at_doctor(visit.doctor_id)
    try:
        waiting_room.skip(visit, by=request.user)
    except rules.Refusal as refusal:
        return show(request, cockpit, refusal=refusal, status=refusal.status)
    return done(request, cockpit)


@require_POST
def order(request: SignedInRequest) -> HttpResponse:
    """The whole room in a new order: `visit` for each who waits, first to last."""
    cockpit = open_cockpit(request)
    try:
        wanted = [UUID(text) for text in request.POST.getlist("visit")]
        waiting_room.order_room(by=request.user, doctor=cockpit.doctor, order=wanted)
    except ValueError:
        return show(request, cockpit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except rules.Refusal as refusal:
        return show(request, cockpit, refusal=refusal, status=refusal.status)
    return done(request, cockpit)


@require_POST
def make_screen(request: SignedInRequest) -> HttpResponse:
    cockpit = open_cockpit(request)
    waiting_room.make_screen(by=request.user, doctor=cockpit.doctor)
    return done(request, cockpit)


@require_safe
def ticket(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The patient's own page of the queue, to scan or to open: good for today."""
    visit = staff_visit(request, pk)
    cockpit = open_cockpit(request).at_doctor(visit.doctor_id)
    address = settings.SITE_URL.rstrip("/") + reverse("waiting_ticket", args=[ticket_of(visit)])
    code = segno.make(address, error="m").svg_data_uri(scale=4, light="white")
    context = {"visit": visit, "address": address, "code": code}
    return show_page(request, cockpit, "dashboard/queue/ticket.html", context)


# -- what the views above share --------------------------------------------------------------


def wanted_practice(request: SignedInRequest) -> Practice | None:
    """The place that a desk of several chose; the service decides whether it is one of theirs."""
    return Practice.objects.filter(pk=any_id(request.POST.get("practice", ""))).first()


def done(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    changes: Sequence[StatusChange] = (),
    **context: Any,
) -> HttpResponse:
    """The room after an act; `changes` are offered to be taken back together."""
    if not request.htmx:
        return see(cockpit, "queue", [change.pk for change in changes])
    context["changes"] = changes
    return trigger_client_event(show(request, cockpit, **context), "desk-changed", after="settle")


def show(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    q: str = "",
    status: int = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    alone = bool(wanted_fragment(request, ROOM))
    context = {
        **read_found(cockpit, q),
        **read_room(cockpit),
        "now": cockpit.now,
        # A change elsewhere takes nothing away; what is typed ends with being added only.
        "is_refresh": alone and request.method == "GET",
        "keeps_text": alone and request.path != reverse("queue_add"),
        **context,
    }
    return show_page(request, cockpit, PAGE, context, fragments=ROOM, status=status)
