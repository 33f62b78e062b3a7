"""Leave and absences: what is ahead, what is past, one more."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.models import Appointment
from dashboard.cockpit import Cockpit, open_cockpit
from dashboard.configuration.forms import AbsenceForm
from dashboard.configuration.review import Review, decisions_in, review_of
from dashboard.configuration.tabs import INVALID, address, answer_saved, show
from doctors.models import Doctor, Practice
from scheduling.engine import DAY
from scheduling.models import DoctorAbsence
from scheduling.services import remove_absence

PANEL = "absences_panel"
PAST_SHOWN = 10


class Away(NamedTuple):
    """An absence as people say it: days, and hours unless it takes whole days."""

    absence: DoctorAbsence
    first_day: dt.date
    last_day: dt.date
    hours: tuple[dt.datetime, dt.datetime] | None
    visits: list[Appointment]
    """Those that stay booked in it."""

    @property
    def is_one_day(self) -> bool:
        return self.first_day == self.last_day

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1


@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: SignedInRequest) -> HttpResponse:
    """The list; posted to, one more, with what becomes of the visits it hits."""
    cockpit = open_cockpit(request, only_staffed=True)
    if request.method != "POST":
        return show_absences(request, cockpit)
    return save(request, cockpit, AbsenceForm(request.POST, cockpit=cockpit))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """An absence with another time or reason, and what becomes of the visits it hits then."""
    absence = get_object_or_404(own_absences(request), pk=pk)
    cockpit = open_cockpit(request, only_staffed=True).at_doctor(absence.doctor_id)
    if request.method != "POST":
        form = AbsenceForm(cockpit=cockpit, absence=absence)
        return show_absences(request, cockpit, form=form)
    return save(request, cockpit, AbsenceForm(request.POST, cockpit=cockpit, absence=absence))


def save(request: SignedInRequest, cockpit: Cockpit, form: AbsenceForm) -> HttpResponse:
    """Write the new absence, or the one that the form edits."""
    if not form.is_valid():
        return show_absences(request, cockpit, form=form, status=INVALID)
    names = ("starts_at", "ends_at", "reason")
    wanted = {name: form.cleaned_data[name] for name in names}
    wanted |= {"by": request.user, "decisions": decisions_in(request.POST)}
    try:
        if form.absence:
            services.change_absence(form.absence, **wanted)
        else:
            services.take_absence(doctor=cockpit.doctor, **wanted)
    except services.VisitsAffected as refusal:
        review = review_of(
            request.POST,
            refusal,
            title=_("Appointments during this absence"),
            confirm=_("Save the absence"),
            action=form_address(form),
            back=address("configure_absences", cockpit),
        )
        return show_absences(request, cockpit, form=form, review=review, status=refusal.status)
    except rules.Refusal as refusal:
        form.add_error(None, str(refusal))
        return show_absences(request, cockpit, form=form, status=refusal.status)
    return answer_saved(request, cockpit, PANEL, show_absences)


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """The time is open again; visits cancelled for it stay cancelled."""
    absence = get_object_or_404(own_absences(request), pk=pk)
    cockpit = open_cockpit(request, only_staffed=True).at_doctor(absence.doctor_id)
    remove_absence(absence)
    return answer_saved(request, cockpit, PANEL, show_absences)


def own_absences(request: SignedInRequest) -> QuerySet[DoctorAbsence]:
    """The absences of the doctors at whose desk the reader works."""
    desks = Doctor.objects.staffed_by(request.user).values("pk")
    return DoctorAbsence.objects.filter(doctor__in=desks)


def form_address(form: AbsenceForm) -> str:
    """Where the form is sent: to the absence that it edits, else to the list."""
    if form.absence:
        return address("edit_absence", form.cockpit, form.absence.pk)
    return address("configure_absences", form.cockpit)


def show_absences(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    form: AbsenceForm | None = None,
    review: Review | None = None,
    saved: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    every = cockpit.doctor.absences.order_by("starts_at")
    ahead, past = every.filter(ends_at__gt=cockpit.now), every.filter(ends_at__lte=cockpit.now)
    form = form or AbsenceForm(cockpit=cockpit)
    context = {
        "form": form,
        "form_address": form_address(form),
        "review": review,
        "ahead": _with_visits(cockpit, list(ahead)),
        "past": [_said(each, cockpit.doctor.practice) for each in past.reverse()[:PAST_SHOWN]],
    }
    return show(request, cockpit, PANEL, context, saved=saved, status=status)


def _with_visits(cockpit: Cockpit, absences: list[DoctorAbsence]) -> list[Away]:
    """In two queries, whatever the number of absences."""
    if not absences:
        return []
    start, end = absences[0].starts_at, max(each.ends_at for each in absences)
    visits = Appointment.objects.for_staff(cockpit.user).of(cockpit.doctor).upcoming(cockpit.now)
    booked = list(visits.overlapping(start, end).for_pages().order_by("starts_at"))
    return [_said(each, cockpit.doctor.practice, booked) for each in absences]


def _said(
    absence: DoctorAbsence, practice: Practice, booked: list[Appointment] | None = None
) -> Away:
    start, end = practice.local(absence.starts_at), practice.local(absence.ends_at)
    is_whole = start.time() == end.time() == dt.time()
    visits = [
        visit
        for visit in booked or []
        if visit.starts_at < absence.ends_at and absence.starts_at < visit.ends_at  # type: ignore[operator]
    ]
    last = end.date() - DAY if is_whole else end.date()
    return Away(absence, start.date(), last, None if is_whole else (start, end), visits)
