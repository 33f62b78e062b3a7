"""Patients: who the practice knows, a person's record, and what the practice decides of them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Patient
from accounts.photo import PhotoForm
from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.confirming.forms import DeskPersonForm
from bookings.messages.refusals import address_is_good
from bookings.models import PatientFile
from bookings.models.desks import desk_practices
from bookings.models.files import known_at
from dashboard.cockpit import Cockpit, open_cockpit, show_page
from dashboard.patients.forms import BlockForm
from dashboard.patients.invitations import Handed
from dashboard.patients.records import Record, for_list, practices_with, search
from doctors.models import Practice
from web.requests import any_id

PER_PAGE = 30
INVALID = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
def patients(request: SignedInRequest) -> HttpResponse:
    """The practice's people by name, narrowed by `q`; htmx asks for the list alone."""
    cockpit, text = open_cockpit(request), request.GET.get("q", "").strip()[:100]
    practices = desk_practices(cockpit.user, cockpit.doctor)
    found = for_list(search(known_at(practices), text), cockpit.user, practices, cockpit.now)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    template, context = "dashboard/patients/page.html", {"page": page, "q": text}
    context["practices"] = practices
    return show_page(request, cockpit, template, context, fragments=("patients",))


@require_safe
def patient_record(request: SignedInRequest, pk: int) -> HttpResponse:
    return show(request, person_at(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_patient(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, date of birth and number of somebody the desk made a file of."""
    asked = person_at(request, pk, of_the_desk=True)
    cockpit, patient = asked.cockpit, asked.patient
    form = DeskPersonForm(request.POST or None, instance=patient)
    if request.method == "POST" and form.is_valid():
        form.save()
        address_is_good(patient.email)
        messages.success(request, _("Saved."))
        return to_record(asked)
    status = INVALID if form.errors else HTTPStatus.OK
    context = {"patient": patient, "form": form}
    return show_page(request, cockpit, "dashboard/patients/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_photo(request: SignedInRequest, pk: int) -> HttpResponse:
    """The photo of somebody the desk made a file of."""
    asked = person_at(request, pk, of_the_desk=True)
    cockpit, patient = asked.cockpit, asked.patient
    form = PhotoForm(request.POST or None, request.FILES or None, person=patient)
    if form.is_valid():
        form.save()
        return to_record(asked)
    status = INVALID if form.errors else HTTPStatus.OK
    context = {"patient": patient, "form": form}
    return show_page(request, cockpit, "dashboard/patients/edit.html", context, status=status)


@require_POST
def block_patient(request: SignedInRequest, pk: int) -> HttpResponse:
    """No more online booking here, for a reason the practice keeps to itself."""
    form = BlockForm(request.POST)
    if not form.is_valid():
        return show(request, person_at(request, pk), block_form=form, status=INVALID)
    done = _("Online booking at this practice is closed for this person.")
    return decide(request, pk, services.block_patient, done, **form.cleaned_data)


@require_POST
def unblock_patient(request: SignedInRequest, pk: int) -> HttpResponse:
    done = _("This person can book online here again.")
    return decide(request, pk, services.unblock_patient, done)


@require_POST
def reset_no_shows(request: SignedInRequest, pk: int) -> HttpResponse:
    done = _("Absences count from today; the visits keep their status.")
    return decide(request, pk, services.reset_no_shows, done)


@require_POST
def invite_patient(request: SignedInRequest, pk: int) -> HttpResponse:
    """A link to hand over: shown once, here, and kept nowhere."""
    asked = person_at(request, pk, of_the_desk=True)
    try:
        token = services.invite(by=request.user, patient=asked.patient, practice=asked.practice)
    except rules.Refusal as refusal:
        return show(request, asked, refusal=refusal, status=refusal.status)
    return show(request, asked, handed=Handed(token))


# -- what the views above share --------------------------------------------------------------


class AskedPerson(NamedTuple):
    """A person, the practice of the desk whose file is asked for, and all that have one."""

    cockpit: Cockpit
    patient: Patient
    practice: Practice
    practices: list[Practice]


def person_at(request: SignedInRequest, pk: int, *, of_the_desk: bool = False) -> AskedPerson:
    """A person whom one of the desk's practices knows, at `practice=`; a 404 for others.

    `of_the_desk` asks for a person without an account: others keep their own details.
    """
    cockpit = open_cockpit(request)
    desk = desk_practices(cockpit.user, cockpit.doctor)
    people = known_at(desk)
    if of_the_desk:
        people = people.filter(account=None)
    patient = get_object_or_404(people.select_related("account"), pk=pk)
    practices = practices_with(patient, desk)
    wanted = any_id(request.GET.get("practice", ""))
    practice = next((each for each in practices if each.pk == wanted), practices[0])
    return AskedPerson(cockpit, patient, practice, practices)


def decide(
    request: SignedInRequest,
    pk: int,
    act: Callable[..., PatientFile],
    done: str,
    **details: Any,
) -> HttpResponse:
    asked = person_at(request, pk)
    try:
        act(by=request.user, patient=asked.patient, practice=asked.practice, **details)
    except rules.Refusal as refusal:
        return show(request, asked, refusal=refusal, status=refusal.status)
    messages.success(request, done)
    return to_record(asked)


def to_record(asked: AskedPerson) -> HttpResponse:
    """At this desk and practice, whichever another window turned to meanwhile."""
    state = {"doctor": asked.cockpit.doctor.pk}
    if len(asked.practices) > 1:
        state["practice"] = asked.practice.pk
    return redirect(f"{reverse('patient_record', args=[asked.patient.pk])}?{urlencode(state)}")


def show(
    request: SignedInRequest,
    asked: AskedPerson,
    *,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    cockpit = asked.cockpit
    record = Record(asked.patient, cockpit, asked.practice, asked.practices)
    context = {"record": record, "block_form": BlockForm()} | context
    return show_page(request, cockpit, "dashboard/patients/record.html", context, status=status)
