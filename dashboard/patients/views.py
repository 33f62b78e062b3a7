"""Patients: who the practice knows, a person's record, and what the practice decides of them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.models import PatientFile
from dashboard.cockpit import Desk, chosen_desk
from dashboard.patients.forms import BlockForm, IdentityForm
from dashboard.patients.invitations import Handed
from dashboard.patients.records import Record, for_list, known_at, search
from web.fragments import render_fragment

PER_PAGE = 30


@require_safe
def patients(request: SignedInRequest) -> HttpResponse:
    """The practice's people by name, narrowed by `q`; htmx asks for the list alone."""
    desk, text = chosen_desk(request), request.GET.get("q", "").strip()[:100]
    practice = desk.doctor.practice
    found = for_list(search(known_at(practice), text), desk.user, practice, desk.now)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"desk": desk, "page": page, "q": text}
    template = "dashboard/patients/page.html"
    return render_fragment(request, template, context, fragments=("patients",))


@require_safe
def patient_record(request: SignedInRequest, pk: int) -> HttpResponse:
    return show(request, *record_of(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_patient(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, date of birth and number of somebody the desk made a file of."""
    desk, record = record_of(request, pk, of_the_desk=True)
    form = IdentityForm(request.POST or None, instance=record.patient)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return to_record(desk, pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"desk": desk, "record": record, "form": form}
    return render(request, "dashboard/patients/edit.html", context, status=status)


@require_POST
def block_patient(request: SignedInRequest, pk: int) -> HttpResponse:
    """No more online booking here, for a reason the practice keeps to itself."""
    desk, record = record_of(request, pk)
    form = BlockForm(request.POST)
    if not form.is_valid():
        return show(request, desk, record, block_form=form, status=422)
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
    desk, record = record_of(request, pk, of_the_desk=True)
    try:
        token = services.invite(by=request.user, patient=record.patient, practice=record.practice)
    except rules.Refusal as refusal:
        return show(request, desk, record, refusal=refusal, status=refusal.status)
    return show(request, desk, record, handed=Handed(token))


# -- what the views above share --------------------------------------------------------------


def record_of(
    request: SignedInRequest, pk: int, *, of_the_desk: bool = False
) -> tuple[Desk, Record]:
    """The record at the desk's practice; a 404 for whom it does not know.

    `of_the_desk` asks for a person without an account: others keep their own details.
    """
    desk = chosen_desk(request)
    people = known_at(desk.doctor.practice)
    if of_the_desk:
        people = people.filter(account=None)
    patient = get_object_or_404(people.select_related("account"), pk=pk)
    return desk, Record(patient, desk.doctor.practice, desk.user, desk.now)


def decide(
    request: SignedInRequest,
    pk: int,
    act: Callable[..., PatientFile],
    done: str,
    **details: Any,
) -> HttpResponse:
    desk, record = record_of(request, pk)
    try:
        act(by=request.user, patient=record.patient, practice=record.practice, **details)
    except rules.Refusal as refusal:
        return show(request, desk, record, refusal=refusal, status=refusal.status)
    messages.success(request, done)
    return to_record(desk, pk)


def to_record(desk: Desk, pk: int) -> HttpResponse:
    """At this desk, whichever another window turned to meanwhile."""
    return redirect(f"{reverse('patient_record', args=[pk])}?doctor={desk.doctor.pk}")


def show(
    request: SignedInRequest,
    desk: Desk,
    record: Record,
    *,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    context = {"desk": desk, "record": record, "block_form": BlockForm()} | context
    return render(request, "dashboard/patients/record.html", context, status=status)
