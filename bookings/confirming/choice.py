"""What a visitor's session keeps between choosing a time and confirming it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from accounts.requests import Request
from bookings.finding.address import PanelAddress
from bookings.finding.visitor import hold_token
from bookings.models import Appointment, Hold
from bookings.slots import SlotQuery
from doctors.models import ConsultationType, Doctor, Practice

CHOICE, DRAFT, SIGN_UP = "chosen_slot", "booking_draft", "sign_up_draft"
BOOKED = "booked_visit"
TYPED = ("patient", "reason", "relation", "first_name", "last_name", "birth_date", "phone")
ENTRANCE = ("first_name", "last_name", "birth_date", "phone", "email")


class Choice(NamedTuple):
    """A doctor, a reason and a start that somebody wants."""

    doctor: Doctor
    consultation_type: ConsultationType
    starts_at: dt.datetime
    seen: str = ""
    """The answer to "Have you seen this doctor before?": "yes", "no", or "" when nobody asked."""

    @property
    def query(self) -> SlotQuery:
        return SlotQuery(self.doctor, self.consultation_type)

    @property
    def confirm_address(self) -> str:
        """The page that confirms this choice, whatever another tab has chosen since."""
        state = {
            "doctor": self.doctor.pk,
            "consultation_type": self.consultation_type.pk,
            "appointment_time": self.starts_at.isoformat(),
            **({"seen": self.seen} if self.seen else {}),
        }
        return f"{reverse('confirm_booking')}?{urlencode(state)}"

    @property
    def panel(self) -> PanelAddress:
        """The doctor's page with the answers given there and the days around this time."""
        asked = {
            "seen": self.seen or "yes",
            "type": str(self.consultation_type.pk),
            "from": f"{self.local_start:%Y-%m-%d}",
        }
        return PanelAddress.from_query(asked, self.doctor.get_absolute_url())

    @property
    def local_start(self) -> dt.datetime:
        return self.doctor.practice.local(self.starts_at)

    @property
    def local_end(self) -> dt.datetime:
        return self.doctor.practice.local(self.starts_at + self.consultation_type.length)

    def changes_close(self, practice: Practice, now: dt.datetime) -> dt.datetime | None:
        """The deadline for online changes at `practice`, on its clock; None when it has passed."""
        closes = practice.changes_close_at(self.starts_at)
        return practice.local(closes) if now < closes else None


def remember_choice(request: HttpRequest, choice: Choice) -> None:
    request.session[CHOICE] = {
        "doctor": choice.doctor.pk,
        "consultation_type": choice.consultation_type.pk,
        "appointment_time": choice.starts_at.isoformat(),
        "seen": choice.seen,
    }


def remember_typed(request: HttpRequest, doctor: Doctor | None = None) -> None:
    """Keep what was typed so far while another time is chosen or the hold is prolonged.

    What was written to another doctor than this one is not this one's to read.
    """
    kept = request.session.get(CHOICE)
    if doctor and kept and kept["doctor"] != doctor.pk:
        request.session.pop(DRAFT, None)
    typed = {name: request.POST[name][:1000] for name in TYPED if request.POST.get(name)}
    if typed:
        request.session[DRAFT] = typed


def typed_so_far(request: HttpRequest) -> dict[str, str]:
    return request.session.get(DRAFT, {})


def remember_sign_up(request: HttpRequest) -> None:
    """Keep what a visitor typed to open an account, never the password."""
    typed = {name: request.POST[name][:1000] for name in ENTRANCE if request.POST.get(name)}
    if typed:
        request.session[SIGN_UP] = typed


def typed_to_sign_up(request: HttpRequest) -> dict[str, str]:
    return request.session.get(SIGN_UP, {})


def forget_sign_up(request: HttpRequest) -> None:
    request.session.pop(SIGN_UP, None)


def forget_choice(request: HttpRequest, booked: Appointment) -> None:
    """After the booking: the session keeps the visit, not the choice nor what was written."""
    if CHOICE in request.session:
        request.session[BOOKED] = str(booked.pk)
    for name in (CHOICE, DRAFT, SIGN_UP):
        request.session.pop(name, None)


def booked_visit(request: Request, choice: Choice | None) -> Appointment | None:
    """The visit that the reader made of `choice`; without a choice, of the last one."""
    if not request.user.is_authenticated:
        return None
    own = Q(patient__account=request.user) | Q(booked_by=request.user)
    visits = Appointment.objects.live().filter(own).for_pages()
    if choice is None:
        pk = request.session.get(BOOKED)
        return visits.filter(pk=pk).first() if pk else None
    same = {"doctor": choice.doctor, "consultation_type": choice.consultation_type}
    return visits.filter(starts_at=choice.starts_at, **same).first()


def remembered_choice(request: HttpRequest) -> dict[str, str] | None:
    """The choice as form data, to be checked like any other input."""
    kept = request.session.get(CHOICE)
    return {name: str(value) for name, value in kept.items()} if kept else None


def current_hold(request: HttpRequest, choice: Choice, *, now: dt.datetime) -> Hold | None:
    """The visitor's unexpired hold of exactly this choice."""
    token = hold_token(request)
    if not token:
        return None
    return (
        Hold.objects.unexpired(now)
        .select_related("doctor__practice")
        .filter(
            token=token,
            doctor=choice.doctor,
            consultation_type=choice.consultation_type,
            starts_at=choice.starts_at,
        )
        .first()
    )
