"""The desk: one visit, and everything that is done with it.

Each step has an address and works as a page of its own. Asked for by htmx, a step answers with
the desk (`#desk`) or with what goes into the dialog (`#dialog_body`), and says `desk-changed`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.mine.reads import day_on_agenda
from bookings.mine.views import show_appointment
from bookings.models import Appointment
from bookings.status import Status, Verb
from dashboard.agenda.views import see_on_agenda, show_agenda
from dashboard.cockpit import Cockpit, open_cockpit, show_page, staff_visit
from dashboard.desk.card import VERBS, Card, read_card
from dashboard.desk.forms import MoveForm, NewVisitForm, people_named
from dashboard.desk.people import with_visits
from web.fragments import is_for_htmx, vary_on_htmx
from web.requests import any_id
from web.templatetags.tbib import clock

LONGEST_NOTE = 20_000
MOST_FOUND = 12
BUTTONS: dict[str, tuple[Verb, Status | None]] = {
    **{verb.value: (verb, None) for verb in (*VERBS, Verb.CONFIRM)},
    **{f"{Verb.CORRECT}-{to}": (Verb.CORRECT, to) for to in (Status.DONE, Status.NO_SHOW)},
}


@require_safe
def desk(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The card of one visit; as a page, the agenda with it."""
    return show_desk(request, read_card(staff_visit(request, pk), request.user, timezone.now()))


@require_POST
def change_status(
    request: SignedInRequest, pk: UUID, verb: str = "", on_page: bool = False
) -> HttpResponse:
    """One of the four buttons, or yes to a request; `seen` says what the reader saw.

    `on_page`: the visit's own page sends it and answers (docs/contracts.md, C7).
    """
    visit = wanted_visit(request, pk, on_page)
    wanted, to = BUTTONS.get(verb or request.POST.get("verb", ""), (None, None))
    try:
        if wanted is None:
            raise rules.StateConflict(_("This is not something the desk does."))
        visit = services.change_status(
            visit,
            wanted,
            by=request.user,
            to=to,
            overbook="overbook" in request.POST,
            allow_patient_overlap="allow_patient_overlap" in request.POST,
            expected_sequence=_expected_sequence(request),
        )
    except rules.Refusal as refusal:
        return refuse(request, visit, refusal, "status", on_page=on_page)
    if on_page:
        words = _("The appointment is confirmed and the patient is told.")
        if not visit.mail_address:
            words = _("The appointment is confirmed. This patient gets no e-mail: call them.")
        return done_on_page(request, visit, words)
    return done(request, visit)


@require_POST
def undo(request: SignedInRequest, pk: UUID, on_page: bool = False) -> HttpResponse:
    """Take back today's last change; `change` names the one the reader saw."""
    visit = wanted_visit(request, pk, on_page)
    change = request.POST.get("change", "")
    try:
        visit = services.undo(
            visit,
            by=request.user,
            change_id=None if on_page and not change else any_id(change),
            overbook="overbook" in request.POST,
            allow_patient_overlap="allow_patient_overlap" in request.POST,
        )
    except rules.Refusal as refusal:
        return refuse(request, visit, refusal, "undo", on_page=on_page)
    if on_page:
        return done_on_page(request, visit, _("The last change is taken back."))
    return done(request, visit)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Another time for the visit: free ones of a day, any other, or where it was dragged to."""
    visit = staff_visit(request, pk)
    asked = request.POST if request.method == "POST" else None
    form = MoveForm(asked, initial=request.GET.dict(), visit=visit, now=timezone.now())
    if asked is None:
        return show_move(request, visit, form)
    if not form.is_valid():
        return show_move(request, visit, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        visit = services.move(
            visit,
            by=request.user,
            starts_at=form.cleaned_data["starts_at"],
            overbook=form.cleaned_data["overbook"],
            allow_patient_overlap=form.cleaned_data["allow_patient_overlap"],
            expected_sequence=_expected_sequence(request),
        )
    except rules.Refusal as refusal:
        return show_move(request, visit, form, refusal=refusal)
    return done(request, visit, _("The appointment is moved."))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask once, with a word to the patient, then cancel; for a request: decline it."""
    visit = staff_visit(request, pk)
    if request.method != "POST":
        return show_dialog(request, "cancel_form", visit)
    message = request.POST.get("message", "").replace("\x00", " ")[:1000]
    try:
        visit = services.cancel(
            visit, by=request.user, message=message, expected_sequence=_expected_sequence(request)
        )
    except rules.Refusal as refusal:
        return show_dialog(request, "cancel_form", visit, refusal=refusal, message=message)
    return done(request, visit, _("The appointment is cancelled."))


@require_http_methods(["GET", "HEAD", "POST"])
def new_visit(request: SignedInRequest) -> HttpResponse:
    """A new visit: from an empty cell, from a free time of the list, or the patient's next."""
    cockpit = open_cockpit(request, only_staffed=True)
    asked = request.POST if request.method == "POST" else None
    form = NewVisitForm(
        asked, initial=request.GET.dict(), user=cockpit.user, doctor=cockpit.doctor, now=cockpit.now
    )
    if asked is None:
        return show_new_visit(request, cockpit, form)
    if not form.is_valid():
        return show_new_visit(request, cockpit, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        visit = services.book(
            by=request.user,
            patient=form.person(),
            doctor=cockpit.doctor,
            consultation_type=form.cleaned_data["consultation_type"],
            starts_at=form.cleaned_data["starts_at"],
            reason=form.cleaned_data["reason"],
            practice=form.chosen_place,
            overbook=form.cleaned_data["overbook"],
            allow_patient_overlap=form.cleaned_data["allow_patient_overlap"],
        )
    except rules.Refusal as refusal:
        return show_new_visit(request, cockpit, form, refusal=refusal)
    return done(request, visit, _("The appointment is booked."))


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Patients by name or phone, each with the way to a visit, the record, a new visit."""
    cockpit = open_cockpit(request)
    text = request.GET.get("q", "").replace("\x00", "")[:80]
    found = list(people_named(cockpit.user, cockpit.doctor, text)[:MOST_FOUND])
    known = with_visits(cockpit.user, found, cockpit.now)
    return show_dialog(request, "people", None, cockpit=cockpit, q=text, found=known)


@require_POST
def save_note(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep the doctor's own note. A script is answered in JSON, a browser without by the page.

    To anybody else at the desk there is nothing here: authorisation is the query.
    """
    visit = staff_visit(request, pk, doctor__user=request.user)
    text = _note_text(request.POST.get("text", ""))
    own = request.POST.get("own")
    wants_json = request.headers.get("Accept") == "application/json"
    try:
        note = services.save_note(
            by=request.user,
            appointment=visit,
            text=text,
            expected_version=request.POST.get("seen", ""),
            own_text=None if own is None else _note_text(own),
        )
    except services.NoteChanged as refusal:
        if not wants_json:
            return refuse(request, visit, refusal, "note", typed=text)
        there = {"detail": str(refusal), "version": refusal.note.version, "text": refusal.note.text}
        return JsonResponse(there, status=refusal.status)
    if not wants_json:
        return see_on_agenda(visit)
    saved_at = clock(visit.practice.local(note.updated_at))
    saved = _("Saved at %(time)s") % {"time": saved_at}
    return JsonResponse({"version": note.version, "saved": saved})


def _note_text(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n")[:LONGEST_NOTE]


def wanted_visit(request: SignedInRequest, pk: UUID, on_page: bool) -> Appointment:
    """The visit a step is about; on its own page an admin may act, who works for no doctor."""
    if on_page:
        return get_object_or_404(Appointment.objects.for_staff(request.user).for_pages(), pk=pk)
    return staff_visit(request, pk)


# -- how a step answers -------------------------------------------------------------------


def show_desk(request: SignedInRequest, card: Card, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """The desk alone for htmx, else the agenda around it."""
    if is_for_htmx(request):
        context = {"card": card, "visit": card.visit, "user": request.user}
        response = render(request, "dashboard/partials/desk.html", context, status=status)
    else:
        response = show_agenda(request, _cockpit_of(request, card.visit), card, status=status)
    return vary_on_htmx(response)


def refuse(
    request: SignedInRequest,
    visit: Appointment,
    refusal: rules.Refusal,
    refused: str,
    *,
    typed: str = "",
    on_page: bool = False,
) -> HttpResponse:
    """The desk as it is now, with what was refused and why; `on_page` the visit's own page."""
    if on_page:
        return show_appointment(request, visit, "appointment_page", is_staff=True, refusal=refusal)
    fresh = staff_visit(request, visit.pk)
    what = {
        "refusal": refusal,
        "refused": refused,
        "again": _again(request, refusal),
        "typed": typed,
    }
    card = read_card(fresh, request.user, timezone.now(), **what)
    response = show_desk(request, card, status=refusal.status)
    return trigger_client_event(response, "desk-changed", {})


def _again(request: SignedInRequest, refusal: rules.Refusal) -> dict[str, str]:
    """What was sent, to be sent again as overbooked; empty when the time is no obstacle."""
    names = ("change", "verb", "seen") if refusal.offers_times else ()
    return {name: request.POST[name] for name in names if name in request.POST}


def done(request: SignedInRequest, visit: Appointment, words: str = "") -> HttpResponse:
    """What was asked for is done: the fresh card, the dialog closed, the agenda drawn anew."""
    if not request.htmx or "page" in request.POST:
        if words:
            messages.success(request, words)
        return see_on_agenda(visit)
    card = read_card(staff_visit(request, visit.pk), request.user, timezone.now())
    response = retarget(reswap(show_desk(request, card), "outerHTML"), "#desk")
    start = card.visit.local_start
    moved = {"appointment": str(visit.pk), "date": str(start.date()) if start else "", "say": words}
    return trigger_client_event(response, "desk-changed", moved)


def done_on_page(request: SignedInRequest, visit: Appointment, words: str) -> HttpResponse:
    """What the visit's own page asked for is done: back to its day on the agenda."""
    messages.success(request, words)
    return redirect(day_on_agenda(visit))


def show_move(
    request: SignedInRequest, visit: Appointment, form: MoveForm, **answer: Any
) -> HttpResponse:
    times = [] if form.initial.get("dropped") or form.data.get("dropped") else form.times
    return show_dialog(request, "move_form", visit, form=form, times=times, **answer)


def show_new_visit(
    request: SignedInRequest, cockpit: Cockpit, form: NewVisitForm, **answer: Any
) -> HttpResponse:
    people = {"chosen": form.chosen, "found": form.found, "is_listbox": is_for_htmx(request)}
    context: dict[str, Any] = {"cockpit": cockpit, "form": form, "times": form.times, **people}
    return show_dialog(request, "new_visit_form", None, **context, **answer)


def show_dialog(
    request: SignedInRequest,
    name: str,
    visit: Appointment | None,
    *,
    refusal: rules.Refusal | None = None,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    """A form: alone for the dialog, else as a page of its own."""
    if refusal and visit:
        visit = staff_visit(request, visit.pk)
    # After a refusal the form is about the visit as it is now, else as its reader saw it.
    seen = None if refusal else request.POST.get("seen")
    is_page = not is_for_htmx(request) or "page" in request.GET or "page" in request.POST
    context |= {"visit": visit, "refusal": refusal, "seen": seen, "is_page": is_page}
    status = refusal.status if refusal else status
    if is_for_htmx(request):
        response = render(request, f"dashboard/partials/{name}.html", context, status=status)
    else:
        cockpit = context.pop("cockpit", None) or _cockpit_of(request, visit)
        context["form_name"] = f"dashboard/partials/{name}.html"
        response = show_page(request, cockpit, "dashboard/dialog.html", context, status=status)
    return vary_on_htmx(response)


def _cockpit_of(request: SignedInRequest, visit: Appointment | None) -> Cockpit:
    cockpit = open_cockpit(request)
    return cockpit.at_doctor(visit.doctor_id) if visit else cockpit


def _expected_sequence(request: SignedInRequest) -> int | None:
    """The sequence on the reader's screen; a form that has none compares nothing."""
    text = request.POST.get("seen", "")
    return any_id(text) if text else None
