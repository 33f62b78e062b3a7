"""What the desk's forms send: another time for a visit, a new visit."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, User
from bookings.confirming.forms import NewPatientForm, parse_start, patients_for
from bookings.models import Appointment
from bookings.slots import SlotQuery, free_slots
from dashboard.patients.records import search
from doctors.models import ConsultationType, Doctor, Practice
from scheduling.forms import YEARS
from scheduling.places import practices_at_desk
from web.requests import any_id

NOT_A_TIME = _("This is not a time we understand.")


class TimeForm(forms.Form):
    """A day, and on it one of the free times or any other, as the desk may choose it.

    `start` is an instant (a free time's, or where an event was dragged to), `other` a wall
    clock of `date`, which wins. Both acts against a clash are explicit and the desk's alone.
    """

    wanted_type: ConsultationType | None
    """What the visit is for: its duration is what must fit."""

    date = forms.CharField(required=False)
    start = forms.CharField(required=False)
    other = forms.CharField(required=False)
    overbook = forms.BooleanField(required=False)
    allow_patient_overlap = forms.BooleanField(required=False)

    def __init__(self, *args: Any, doctor: Doctor, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doctor, self.now = doctor, now
        self.zone = doctor.practice.zone

    @property
    def moving(self) -> UUID | None:
        return None

    def said(self, name: str) -> str:
        """What a field says: sent, or in the address."""
        return str(self[name].value() or "")

    @cached_property
    def wanted_start(self) -> dt.datetime | None:
        """The start asked for, as an instant."""
        other, day = self.said("other"), self.day
        text = f"{day}T{other}" if other else self.said("start")
        return parse_start(text, self.zone) if text else None

    @property
    def wanted_local(self) -> dt.datetime | None:
        return self.doctor.practice.local(self.wanted_start) if self.wanted_start else None

    @cached_property
    def asked_day(self) -> dt.date | None:
        """The day asked for; None when there is none or it is no day of an agenda."""
        try:
            day = parse_date(self.said("date"))
        except ValueError:
            return None
        return day if day and day.year in YEARS else None

    @cached_property
    def day(self) -> dt.date:
        """The day on show: the one asked for, else the start's, else today."""
        if self.asked_day:
            return self.asked_day
        start = parse_start(self.said("start"), self.zone) if self.said("start") else None
        return (start or self.now).astimezone(self.zone).date()

    @property
    def query(self) -> SlotQuery:
        """The query of the day's free times; no rule but the overlap binds the desk."""
        return SlotQuery(self.doctor, self.wanted_type, is_staff=True)

    @cached_property
    def free(self) -> list[dt.datetime]:
        """The day's free times for this reason, as the public's grid has them."""
        if self.wanted_type is None:
            return []
        return free_slots(self.query, self.day, 1, now=self.now, moving=self.moving)[self.day]

    @property
    def times(self) -> list[dt.datetime]:
        """`free`, and that day's start asked for when it is none of them: a cell of the agenda
        may lie between two, and a time that was taken meanwhile may be overbooked."""
        start = None if self.said("other") else self.wanted_start
        if start is None or start in self.free or start.astimezone(self.zone).date() != self.day:
            return self.free
        return sorted([*self.free, start.astimezone(self.zone)])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.said("date") and self.asked_day is None:
            self.add_error("date", _("Please write a date between 2000 and 2100."))
        if self.wanted_start is None:
            typed = self.said("other") or self.said("start")
            self.add_error("other", NOT_A_TIME if typed else _("Please choose a time."))
        cleaned["starts_at"] = self.wanted_start
        return cleaned


class MoveForm(TimeForm):
    """`start` in the address is where the visit was dragged to: it only wants a yes."""

    def __init__(self, *args: Any, visit: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, doctor=visit.doctor, **kwargs)
        self.visit, self.wanted_type = visit, visit.consultation_type

    @property
    def moving(self) -> UUID | None:
        return self.visit.pk

    @property
    def query(self) -> SlotQuery:
        return SlotQuery.of_visit(self.visit, is_staff=True)

    @cached_property
    def day(self) -> dt.date:
        if not self.said("date") and not self.said("start") and self.visit.starts_at:
            return self.doctor.practice.local(self.visit.starts_at).date()
        return super().day

    @cached_property
    def free(self) -> list[dt.datetime]:
        # Its present time is free for it, and no other time.
        return [start for start in super().free if start != self.visit.starts_at]


class NewVisitForm(TimeForm):
    """For whom, for what, when: somebody the practice knows, or a new patient.

    `q` looks for people; `patient` is one of them, or "new" for the fields of `person_form`.
    """

    NEW = "new"
    MOST_FOUND = 6

    q = forms.CharField(required=False)
    patient = forms.CharField(required=False)
    consultation_type = forms.CharField(required=False)
    reason = forms.CharField(required=False, max_length=1000)
    practice = forms.CharField(required=False)

    def __init__(self, *args: Any, user: User, doctor: Doctor, **kwargs: Any) -> None:
        super().__init__(*args, doctor=doctor, **kwargs)
        self.user = user
        self.places = practices_at_desk(user, doctor)
        """Where a visit outside the hours can be; a time in the hours has its place."""
        self.types = list(doctor.consultation_types.offered())
        self.wanted_type = self._wanted_type()
        sent = self.data if self.is_bound and self.adds_person else None
        self.person_form = NewPatientForm(sent, initial=self.initial)

    def _wanted_type(self) -> ConsultationType | None:
        """The reason chosen; the doctor's first one while none is."""
        wanted = any_id(self.said("consultation_type"))
        first = self.types[0] if self.types else None
        return next((each for each in self.types if each.pk == wanted), first)

    @property
    def adds_person(self) -> bool:
        return self.said("patient") == self.NEW

    @cached_property
    def chosen(self) -> Patient | None:
        """The known person it is for."""
        if not self.said("patient"):
            return None
        people = patients_for(self.user, self.doctor, is_staff=True)
        found: Patient | None = people.filter(pk=any_id(self.said("patient"))).first()
        return found

    @cached_property
    def found(self) -> list[Patient]:
        """Who answers to what was typed into the search."""
        return list(people_named(self.user, self.doctor, self.said("q"))[: self.MOST_FOUND])

    @property
    def typed_names(self) -> tuple[str, str]:
        """First and last name of a new patient in the search text; one word is the last name."""
        words = [word for word in self.said("q").split() if not any(map(str.isdigit, word))]
        return " ".join(words[:1] if words[1:] else []), " ".join(words[1:] or words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["consultation_type"] = self.wanted_type
        if self.wanted_type is None:
            self.add_error("consultation_type", _("Please choose a reason for the visit."))
        if self.adds_person and not self.person_form.is_valid():
            self.add_error("patient", _("Please complete this person's details."))
        elif not self.adds_person and self.chosen is None:
            self.add_error("patient", _("Please say for whom this appointment is."))
        return cleaned

    @property
    def chosen_place(self) -> Practice | None:
        wanted = any_id(self.said("practice"))
        return next((each for each in self.places if each.pk == wanted), None)

    def person(self) -> Patient:
        """Whom the visit is for; unsaved when they are new: `book` writes both or neither."""
        return self.chosen or self.person_form.person(account=None)


def people_named(user: User, doctor: Doctor, text: str) -> Any:
    """People whom `user` may book for at this doctor, as `search` finds them; nobody for less
    than two characters."""
    if len(text.strip()) < 2:
        return Patient.objects.none()
    people = patients_for(user, doctor, is_staff=True).order_by("last_name", "first_name", "pk")
    return search(people, text)
