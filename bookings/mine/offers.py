"""The page of an offer: a freed time that is held for a patient of the waiting list.

Its signed link works signed out. A GET changes nothing: mail scanners open links before people do.
"""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import Request
from bookings import rules, services
from bookings.finding.signed_pages import signed_page
from bookings.messages.links import read_offer_token, visit_link
from bookings.messages.ranking import place_in
from bookings.models import Offer, WaitingListEntry
from bookings.models.offer import OfferStatus
from web.fragments import render_fragment

PAGE, FRAGMENTS = "bookings/offer.html", ("offer",)


@login_not_required
@signed_page
@require_http_methods(["GET", "HEAD", "POST"])
def offer_page(request: Request, token: str) -> HttpResponse:
    """The offered time beside the present visit, and what became of the offer."""
    pk = read_offer_token(token)
    offer = Offer.objects.for_pages().filter(pk=pk).first() if pk else None
    if offer is None:
        raise Http404
    if request.method != "POST":
        return _show(request, offer)
    try:
        if request.POST.get("answer") == "take":
            services.take_offer(offer)
        else:
            services.decline_offer(offer)
    except rules.Refusal as refusal:
        return _show(request, Offer.objects.for_pages().get(pk=offer.pk), refusal=refusal)
    response = redirect(request.path)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _show(request: Request, offer: Offer, *, refusal: rules.Refusal | None = None) -> HttpResponse:
    now = timezone.now()
    context = read_offer(offer, now) | {"refusal": refusal, "now": now}
    account = offer.patient.account
    is_own = request.user.is_authenticated and request.user == account
    context |= {"is_own": is_own, "visit_page": ""}
    visit = offer.appointment
    if visit and is_own:
        context["visit_page"] = reverse("appointment_page", args=[visit.pk])
    elif visit and visit.is_upcoming(now) and visit.starts_at == offer.starts_at:
        # A visit that moved since has other links: this one must not lead to them.
        context["visit_page"] = visit_link(visit)
    status = refusal.status if refusal else HTTPStatus.OK
    return render_fragment(request, PAGE, context, fragments=FRAGMENTS, status=status)


def read_offer(offer: Offer, now: dt.datetime) -> dict[str, Any]:
    """What the page shows, by name; an open offer past its time is `expired` already."""
    entry, practice = offer.entry, offer.practice
    state = str(offer.status)
    if state == OfferStatus.OPEN and not offer.is_held(now):
        state = str(OfferStatus.EXPIRED)
    visit = entry.appointment
    old_start = offer.local_replaced_start
    if state != OfferStatus.TAKEN and visit and visit.is_upcoming(now):
        old_start = visit.local_start
    entries = WaitingListEntry.objects.live(now).filter(doctor=offer.doctor).for_pages()
    return {
        "offer": offer,
        "entry": entry,
        "practice": practice,
        "state": state,
        "is_still_there": offer.can_still_change(now),
        "old_start": old_start,
        "local_today": practice.local(now).date(),
        "earlier": _days_between(offer.local_start, old_start),
        "lasts": int((offer.held_until - offer.told_from).total_seconds()),
        "place": place_in(entry, entries) if entry.is_live(now) else None,
        "needs_confirmation": entry.consultation_type.needs_confirmation and not visit,
    }


def _days_between(start: dt.datetime, old_start: dt.datetime | None) -> int:
    """How many days earlier the offered time is; 0 on the same day, or without a visit."""
    return (old_start.date() - start.date()).days if old_start else 0
