"""The booking panel of the doctor's page: which step, which types, which three days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property

from accounts.models import Patient
from bookings import rules
from bookings.finding.alternatives import Elsewhere, other_types, soonest_colleague
from bookings.finding.live import token_of
from bookings.models import Appointment, WaitingListEntry
from bookings.services import check_person
from bookings.slots import Calendars, Day, SlotQuery, next_free
from bookings.slots.no_slots import NoSlots, NoSlotsReason, combine_no_slots
from doctors.models import ConsultationType, Doctor
from scheduling import engine

DAYS_SHOWN = 3
STARTS_SHOWN = 5


@dataclass
class BookingPanel:
    """State read from the address: `seen`, `type`, `from`, `all`; everything else follows."""

    doctor: Doctor
    now: dt.datetime
    seen: str = ""
    type_id: int | None = None
    first_day: dt.date | None = None
    shows_all: bool = False
    token: str | None = None
    patient: Patient | None = None
    moving: Appointment | None = None
    refusal: rules.Refusal | None = None
    nearest: list[dt.datetime] = field(default_factory=list)

    moves_address: ClassVar[str] = "true"
    """Whether the address bar follows the grid, as htmx spells it."""
    is_card: ClassVar[bool] = False
    """One of many grids on a page: it says less."""

    @classmethod
    def from_query(cls, data: QueryDict, doctor: Doctor, **options: Any) -> BookingPanel:
        """Nonsense in an address is a step not taken, never an error."""
        wanted = data.get("type", "")
        try:
            first_day = parse_date(data.get("from", ""))
        except ValueError:
            first_day = None
        return cls(
            doctor,
            seen=data.get("seen", "") if data.get("seen") in ("yes", "no") else "",
            type_id=int(wanted) if wanted.isdecimal() and len(wanted) < 19 else None,
            first_day=first_day,
            shows_all=data.get("all") == "1",
            **options,
        )

    @classmethod
    def for_move(cls, data: QueryDict, appointment: Appointment, **options: Any) -> BookingPanel:
        """The grid alone, for another time of the same visit."""
        panel = cls.from_query(data, appointment.doctor, moving=appointment, **options)
        panel.seen, panel.type_id = "yes", appointment.consultation_type_id
        if panel.first_day is None and appointment.local_start:
            panel.first_day = appointment.local_start.date()
        return panel

    @cached_property
    def types(self) -> list[ConsultationType]:
        """The reasons offered to somebody who has, or has not, been here before."""
        offered = list(self.doctor.consultation_types.offered())
        if self.seen == "no":
            return [kind for kind in offered if not kind.require_existing_patient]
        return offered

    @cached_property
    def consultation_type(self) -> ConsultationType | None:
        if self.moving:
            return self.moving.consultation_type
        if not self.seen or not self.takes_them or (self.is_closed and not self.is_card):
            return None
        if len(self.types) == 1:
            return self.types[0]
        return next((kind for kind in self.types if kind.pk == self.type_id), None)

    @property
    def takes_them(self) -> bool:
        """Whether there is anything here for this person: for new patients not always."""
        if self.moving or self.seen == "yes":
            return True
        return self.doctor.accepts_new_patients and bool(self.types)

    @property
    def step(self) -> int:
        if not self.seen or not self.takes_them:
            return 1
        return 3 if self.consultation_type else 2

    @cached_property
    def query(self) -> SlotQuery:
        return SlotQuery(self.doctor, self.consultation_type)

    @cached_property
    def today(self) -> dt.date:
        return self.query.today(self.now)

    @cached_property
    def first(self) -> dt.date:
        """The first day shown: the one asked for, within what can be booked."""
        last = self.today + dt.timedelta(days=self.query.horizon_days)
        return min(max(self.first_day or self.today, self.today), last)

    @cached_property
    def rule_refusal(self) -> rules.Refusal | None:
        """Why this person, or anybody at these days, gets no times here."""
        try:
            if self.consultation_type is None:
                rules.check_books_online(self.doctor)
                raise rules.type_not_offered()
            rules.check_emergency_day(self.query, self.first, self.now)
            if self.patient:
                check_person(patient=self.patient, query=self.query, now=self.now)
        except rules.Refusal as refusal:
            return refusal
        return None

    @cached_property
    def closed_to(self) -> NoSlots | None:
        """Why there is nothing to book here whatever the day, by a rule of the doctor's."""
        if not self.doctor.books_online or not self.doctor.is_approved:
            return NoSlots(NoSlotsReason.NOT_ONLINE)
        if not self.types and not self.doctor.consultation_types.offered().exists():
            return NoSlots(NoSlotsReason.NO_TYPE)
        if self.seen == "no" and not self.takes_them:
            new_ones = self.doctor.accepts_new_patients
            return NoSlots(
                NoSlotsReason.EXISTING_PATIENTS if new_ones else NoSlotsReason.NEW_PATIENTS
            )
        return None

    @property
    def is_closed(self) -> bool:
        """Whether nobody can book here online: there are no steps to take."""
        return self.closed_to is not None and self.closed_to.why in (
            NoSlotsReason.NOT_ONLINE,
            NoSlotsReason.NO_TYPE,
        )

    @cached_property
    def calendars(self) -> Calendars:
        """The days shown, of every type on offer: the others are looked at when this one has
        nothing, for no query more."""
        kinds = [] if self.moving else self.types
        others = [SlotQuery(self.doctor, kind) for kind in kinds if kind != self.consultation_type]
        return Calendars(
            [self.query, *others],
            engine.days_from(self.first, DAYS_SHOWN),
            now=self.now,
            token=self.token,
            moving=self.moving.pk if self.moving else None,
        )

    @cached_property
    def days(self) -> list[Day]:
        days = self.calendars.columns(self.query)
        if not self.moving:
            return days
        # Its present time is free for it, and no other time.
        own = self.moving.starts_at
        return [
            day._replace(
                starts=[start for start in day.starts if start != own],
                no_slots=NoSlots(NoSlotsReason.FULL) if day.starts == [own] else day.no_slots,
            )
            for day in days
        ]

    @property
    def no_slots(self) -> NoSlots | None:
        """Why none of the days shown has a free time."""
        return combine_no_slots([day.no_slots for day in self.days])

    @property
    def days_differ(self) -> bool:
        """Whether each day has its own reason to say, beside the one for all of them."""
        return len({day.no_slots for day in self.days}) > 1

    @property
    def is_empty(self) -> bool:
        return self.no_slots is not None

    @property
    def has_more_starts(self) -> bool:
        return not self.shows_all and any(len(day.starts) > STARTS_SHOWN for day in self.days)

    @property
    def starts_shown(self) -> int | None:
        return None if self.shows_all else STARTS_SHOWN

    @cached_property
    def next_start(self) -> dt.datetime | None:
        """The first free start after an empty window."""
        after = self.first + dt.timedelta(days=DAYS_SHOWN)
        return next_free([self.query], after, now=self.now, token=self.token)[self.doctor.pk]

    @property
    def last(self) -> dt.date:
        """The last day shown."""
        return self.first + dt.timedelta(days=DAYS_SHOWN - 1)

    # -- what else there is, when these days are empty ---------------------------------------

    @cached_property
    def other_types(self) -> list[tuple[str, Elsewhere]]:
        """Other reasons of this doctor with a free time on these days: (address, which, when)."""
        if self.moving or self.is_card:
            return []
        found = other_types(self.calendars, self.query, self.types)
        return [
            (self.address(type=each.consultation_type.pk, **{"from": f"{self.first}"}), each)
            for each in found
        ]

    @cached_property
    def colleague(self) -> tuple[str, Elsewhere] | None:
        """A colleague of the practice who can see the person sooner: (address, who, when)."""
        if self.moving or self.is_card:
            return None
        found = soonest_colleague(self.query, self.first, now=self.now, token=self.token)
        own = self.next_start if self.consultation_type else None
        if found is None or (own and own <= found.start):
            return None
        state = {"seen": "no", "type": found.consultation_type.pk, "from": found.start.date()}
        return f"{found.doctor.get_absolute_url()}?{urlencode(state)}", found

    @cached_property
    def waits(self) -> WaitingListEntry | None:
        """The person's place on the waiting list for this reason, when they have one."""
        if self.patient is None or self.is_card:
            return None
        mine = WaitingListEntry.objects.live(self.now).filter(patient=self.patient)
        alike = mine.filter(doctor=self.doctor, consultation_type=self.consultation_type)
        return alike.select_related("doctor__practice").first()

    @property
    def waiting_list_address(self) -> str | None:
        """Where to ask to be told of an earlier time: when others have those of these days, or
        the doctor is away, and it can wait."""
        kind = self.consultation_type
        if kind is None or kind.is_emergency_only or self.no_slots is None:
            return None
        if self.no_slots.why not in (NoSlotsReason.FULL, NoSlotsReason.AWAY, NoSlotsReason.SEVERAL):
            return None
        if self.moving:
            return reverse("appointment_page", args=[self.moving.pk]) + "#earlier_time"
        state = {"doctor": self.doctor.pk, "consultation_type": kind.pk, "seen_from": self.first}
        return f"{reverse('join_waiting_list')}?{urlencode(state)}"

    @property
    def emergency_phones(self) -> list[str]:
        kind = self.consultation_type
        return (
            rules.emergency_phones(self.doctor.practice) if kind and kind.is_emergency_only else []
        )

    # -- staying true (bookings.finding.live) -----------------------------------------------

    @property
    def live(self) -> str:
        """The tokens of all the times on show; an alternative's beside the doctor's own."""
        tokens = [token_of(self.doctor, self.valid_until)]
        if self.shows_alternatives and self.colleague:
            _address, (colleague, kind, start) = self.colleague
            tokens.append(token_of(colleague, SlotQuery(colleague, kind).lapses_at(start)))
        return " ".join(map(str, tokens))

    @property
    def valid_until(self) -> dt.datetime:
        """Until when the grid shows the same, if nobody writes."""
        if self.rule_refusal:
            return self.query.midnight(self.now)
        changes = [self.calendars.valid_until(self.query)]
        if self.is_empty and self.next_start:
            changes.append(self.query.lapses_at(self.next_start))
        if self.shows_alternatives:
            others = (SlotQuery(self.doctor, kind) for kind in self.types)
            changes += [self.calendars.valid_until(query) for query in others]
        return min(changes)

    @property
    def shows_alternatives(self) -> bool:
        return self.is_empty and not self.rule_refusal and not self.moving and not self.is_card

    @property
    def refresh_address(self) -> str:
        """What is shown now, drawn anew."""
        return self.address(all=1 if self.shows_all else None)

    @property
    def drawn_at(self) -> dt.datetime:
        """Now, on the practice's clock."""
        return self.doctor.practice.local(self.now)

    # -- addresses of the steps -------------------------------------------------------------

    def address(self, **changes: Any) -> str:
        """This page with some of its state changed; None leaves a part out."""
        state: dict[str, Any] = {}
        if not self.moving:
            state = {"seen": self.seen or None, "type": self.type_id}
        if self.first_day:
            state["from"] = self.first.isoformat()
        state |= changes
        query = urlencode({name: value for name, value in state.items() if value is not None})
        return f"{self.path}?{query}" if query else self.path

    @property
    def grid_id(self) -> str:
        """The id of the grid's root, and what htmx names as its target."""
        return "slot_grid"

    @property
    def path(self) -> str:
        if self.moving:
            return reverse("move_appointment", args=[self.moving.pk])
        return self.doctor.get_absolute_url()

    @property
    def seen_address(self) -> dict[str, str]:
        """{"yes": …, "no": …}: step 1's two answers."""
        return {seen: self.address(seen=seen, type=None) for seen in ("yes", "no")}

    @property
    def types_address(self) -> str:
        return self.address(type=None)

    @property
    def type_choices(self) -> list[tuple[str, ConsultationType]]:
        """Step 2: each reason with the address that chooses it."""
        return [(self.address(type=kind.pk), kind) for kind in self.types]

    @property
    def today_address(self) -> str:
        return self.address(**{"from": None})

    @property
    def earlier_address(self) -> str | None:
        if self.first <= self.today:
            return None
        day = max(self.today, self.first - dt.timedelta(days=DAYS_SHOWN))
        return self.address(**{"from": day.isoformat()})

    @property
    def later_address(self) -> str | None:
        day = self.first + dt.timedelta(days=DAYS_SHOWN)
        if day > self.query.last_day(self.now):
            return None
        return self.address(**{"from": day.isoformat()})

    @property
    def all_address(self) -> str:
        return self.address(**{"from": self.first.isoformat(), "all": 1})

    @property
    def next_start_address(self) -> str | None:
        start = self.next_start
        return self.address(**{"from": start.date().isoformat()}) if start else None
