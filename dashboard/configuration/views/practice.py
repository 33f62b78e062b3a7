"""The practice's details: saved once, for everybody who works there."""

from __future__ import annotations

from http import HTTPStatus

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from dashboard.cockpit import Cockpit, open_cockpit
from dashboard.configuration.forms import PracticeForm
from dashboard.configuration.tabs import INVALID, answer_saved, show
from doctors.models import Doctor, Practice
from doctors.places import countries
from scheduling.services import save_practice

PANEL = "practice_panel"


@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: SignedInRequest) -> HttpResponse:
    cockpit = open_cockpit(request, only_staffed=True)
    if request.method != "POST":
        return show_practice(request, cockpit)
    form = PracticeForm(request.POST, instance=practice_at(cockpit))
    if not form.is_valid():
        return show_practice(request, cockpit, form=form, status=INVALID)
    save_practice(form.instance, fields=form.Meta.fields)
    return answer_saved(request, cockpit, PANEL, show_practice)


def show_practice(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    form: PracticeForm | None = None,
    saved: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    place = practice_at(cockpit)
    context = {
        "form": form or PracticeForm(instance=place),
        "practice": place,
        "country": dict(countries()).get(place.country, place.country),
        "doctors": list(Doctor.objects.for_pages().filter(practice=place)),
    }
    return show(request, cockpit, PANEL, context, saved=saved, status=status)


def practice_at(cockpit: Cockpit) -> Practice:
    """The doctor's own practice; to a secretary elsewhere, the one of hers where they also work.

    Http404 when there is none.
    """
    doctor = cockpit.doctor
    there = Q(pk=doctor.practice_id) | Q(opening_hours__doctor=doctor)
    found = list(Practice.objects.visible_to(cockpit.user).filter(there))
    if not found:
        raise Http404
    return next((each for each in found if each.pk == doctor.practice_id), found[0])
