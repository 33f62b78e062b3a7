"""Liste d'attente: who waits for an earlier time, in which order and why; propose one now."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.messages.offers import offer_now
from bookings.models import Offer, WaitingListEntry
from dashboard.cockpit import Cockpit, open_cockpit, show_page
from dashboard.waiting_list.reads import read_waiting_list
from doctors.models import Doctor

PAGE, FRAGMENTS = "dashboard/waiting_list/page.html", ("waiting_list",)


@require_safe
def waiting_list(request: SignedInRequest) -> HttpResponse:
    """The list of the cockpit's doctor; htmx asks for it alone when the agenda changed."""
    return show(request, open_cockpit(request))


@require_POST
def offer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose the time on the button to this patient at once, whatever the rank."""
    entry, cockpit = staff_entry(request, pk)
    start = parse_datetime(request.POST.get("start", "")[:40])
    try:
        if start is None or start.tzinfo is None:
            raise rules.TimeNotOffered(_("Please choose a time."), code="choice_not_understood")
        made = offer_now(entry, start, by=request.user)
    except rules.Refusal as refusal:
        return show(request, cockpit, refusal=refusal)
    text = _("The time is kept for %(name)s until %(time)s.")
    words = {"name": made.patient.name, "time": f"{made.local_end_of_hold:%H:%M}"}
    messages.success(request, text % words)
    return see(cockpit)


@require_POST
def urgent(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the patient first in rank, or back."""
    entry, cockpit = staff_entry(request, pk)
    services.mark_urgent(entry, by=request.user, is_urgent=request.POST.get("urgent") == "1")
    return see(cockpit)


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an open offer back; the patient is told kindly, and the next one gets the time."""
    offers = Offer.objects.filter(doctor__in=Doctor.objects.staffed_by(request.user))
    found = get_object_or_404(offers.select_related("doctor", "patient"), pk=pk)
    _entry, cockpit = staff_entry(request, found.entry_id)
    services.withdraw_offer(found, by=request.user)
    messages.success(request, _("The offer is withdrawn."))
    return see(cockpit)


def staff_entry(request: SignedInRequest, pk: int) -> tuple[WaitingListEntry, Cockpit]:
    """The entry of a list of the reader's doctors, and that doctor's cockpit; else Http404."""
    known = Doctor.objects.staffed_by(request.user)
    entry = get_object_or_404(WaitingListEntry.objects.filter(doctor__in=known).for_pages(), pk=pk)
    ours = WaitingListEntry.objects.for_staff(request.user, entry.doctor)
    get_object_or_404(ours, pk=pk)
    return entry, open_cockpit(request).at_doctor(entry.doctor_id)


def see(cockpit: Cockpit) -> HttpResponse:
    response = redirect(f"{reverse('waiting_list')}?doctor={cockpit.doctor.pk}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def show(
    request: SignedInRequest, cockpit: Cockpit, *, refusal: rules.Refusal | None = None
) -> HttpResponse:
    context = read_waiting_list(cockpit) | {"refusal": refusal}
    status = refusal.status if refusal else HTTPStatus.OK
    return show_page(request, cockpit, PAGE, context, fragments=FRAGMENTS, status=status)
