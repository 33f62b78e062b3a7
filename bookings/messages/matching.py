"""Which patient of a waiting list gets which freed time: under the doctor's lock, by rank."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Patient
from bookings import rules
from bookings.messages.ranking import by_rank
from bookings.messages.recipients import ways_of
from bookings.messages.terms import Terms, terms_of
from bookings.models import MessageSettings, Offer, StatusChange, WaitingListEntry
from bookings.services import check_moves_online, check_patient_may_book
from bookings.slots import Blocker, Calendars, SlotQuery, blocker_at
from doctors.models import Practice
from scheduling import engine
from scheduling.models import FreedTime


class Opening(NamedTuple):
    """A span to offer. After an offer that ended: its chain, and who of it had one already."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    chain: uuid.UUID | None = None

    @classmethod
    def of_freed_time(cls, row: FreedTime) -> Opening:
        return cls(row.starts_at, row.ends_at)

    @classmethod
    def of_ended_offer(cls, offer: Offer) -> Opening:
        return cls(offer.starts_at, offer.ends_at, offer.chain)

    @classmethod
    def of_desk(cls, start: dt.datetime, entry: WaitingListEntry) -> Opening:
        return cls(start, start + query_of(entry).length)


class Match(NamedTuple):
    """A patient who gets an offer, and the offer's time and terms."""

    entry: WaitingListEntry
    query: SlotQuery
    start: dt.datetime
    terms: Terms
    held_until: dt.datetime
    chosen: MessageSettings
    chain: uuid.UUID
    number: int
    has_next: bool


class Start(NamedTuple):
    """A free start, the openings that a visit there uses, and the settings of its practice."""

    start: dt.datetime
    openings: list[Opening]
    chosen: MessageSettings


def query_of(entry: WaitingListEntry) -> SlotQuery:
    """The times that the patient wants; a visit that would be moved keeps its own length."""
    return SlotQuery(entry.doctor, entry.consultation_type, entry.appointment)


class OpeningsOfDoctor:
    """The openings of one doctor, and the patients who can want them.

    The doctor is locked by the caller; the patients are locked here, by pk.
    """

    def __init__(self, doctor_id: int, openings: Collection[Opening], *, now: dt.datetime) -> None:
        self.now, self.openings = now, list(openings)
        self.entries = self._entries(doctor_id)
        self._lock_patients()
        self.starts = self._starts() if self.entries else {}
        self._earlier = self._earlier_offers()
        self._busy = self._patients_to_leave_alone()
        self._given_up = self._given_up_starts()

    def matches(self) -> Iterator[Match]:
        """By rank, each patient's first time that suits; no two overlap."""
        taken: list[engine.Span] = []
        for entry in self.entries:
            match = self._first(entry, taken)
            if match:
                taken.append((match.start, match.start + match.query.length))
                yield match

    def match_of(self, entry: WaitingListEntry, starts_at: dt.datetime) -> Match:
        """The offer of that start to that patient; a Refusal says why there is none."""
        fresh = next((each for each in self.entries if each.pk == entry.pk), None)
        if fresh is None or fresh.patient_id in self._with_open_offer:
            refusal = _("This person has an offer already, or wants none any more.")
            raise rules.StateConflict(refusal, code="no_offer_wanted")
        starts = [each for each in self.starts[query_of(fresh)] if each.start == starts_at]
        if not starts or not self._overlaps_nothing(starts[0], fresh, []):
            raise rules.SlotTaken(_("This time has just been taken."))
        match = self._match(fresh, starts[0])
        if match is None:
            refusal = _("It is too late to offer this time, or no message reaches the person.")
            raise rules.StateConflict(refusal, code="no_offer_possible")
        self._check(fresh, starts[0])
        return match

    # -- one patient --------------------------------------------------------------------------

    def _first(self, entry: WaitingListEntry, taken: list[engine.Span]) -> Match | None:
        if entry.patient_id in self._busy:
            return None
        for start in self.starts[query_of(entry)]:
            if not self._wants(entry, start) or not self._overlaps_nothing(start, entry, taken):
                continue
            match = self._match(entry, start)
            if match and self._is_allowed(entry, start):
                self._busy.add(entry.patient_id)
                return match
        return None

    def _wants(self, entry: WaitingListEntry, start: Start) -> bool:
        """Whether the time suits, and the patient neither had nor gave up this one."""
        if not start.chosen.offers_freed_times or start.start in self._given_up.get(entry.pk, ()):
            return False
        told = {pk for each in start.openings for pk in self._earlier.get(each.chain, ())}
        terms = terms_of(start.start, start.chosen, now=self.now)
        return (
            entry.patient_id not in told
            and self._number(start) <= settings.WAITING_LIST_OFFERS
            and terms is not None
            and entry.wants(start.start, now=terms.told_from)
        )

    def _overlaps_nothing(
        self, start: Start, entry: WaitingListEntry, taken: list[engine.Span]
    ) -> bool:
        end = start.start + query_of(entry).length
        return not any(start.start < last and first < end for first, last in taken)

    def _number(self, start: Start) -> int:
        return 1 + max(len(self._earlier.get(each.chain, ())) for each in start.openings)

    def _match(self, entry: WaitingListEntry, start: Start) -> Match | None:
        """The offer; None when it is too late for one, or no message reaches the patient."""
        query = query_of(entry)
        terms = terms_of(start.start, start.chosen, now=self.now)
        if terms is None:
            return None
        until = min(terms.held_until, query.lapses_at(start.start) - engine.INSTANT)
        if entry.appointment and entry.appointment.changes_close_at:
            until = min(until, entry.appointment.changes_close_at)
        reached = ways_of(entry.patient, start.chosen, by_sms_only=terms.by_sms_only)
        if not reached or until <= terms.told_from:
            return None
        number = self._number(start)
        chain = next((each.chain for each in start.openings if each.chain), None)
        is_last = number >= settings.WAITING_LIST_OFFERS
        has_next = not is_last and self._has_next(entry, start)
        numbered = (chain or uuid.uuid4(), number, has_next)
        return Match(entry, query, start.start, terms, until, start.chosen, *numbered)

    def _has_next(self, entry: WaitingListEntry, start: Start) -> bool:
        """Whether somebody else wants the time, so that a "no" passes it on."""
        others = (each for each in self.entries if each.patient_id != entry.patient_id)
        return any(self._wants(each, start) for each in others)

    def _is_allowed(self, entry: WaitingListEntry, start: Start) -> bool:
        try:
            self._check(entry, start)
        except rules.Refusal:
            return False
        return True

    def _check(self, entry: WaitingListEntry, start: Start) -> None:
        check_may_take(entry, start.start, start.chosen.practice, now=self.now)

    # -- what is read ---------------------------------------------------------------------------

    def _entries(self, doctor_id: int) -> list[WaitingListEntry]:
        """Live entries that can want a time in one of the openings, by rank."""
        first = min(each.starts_at for each in self.openings)
        entries = WaitingListEntry.objects.live(self.now).filter(doctor=doctor_id, before__gt=first)
        reachable = entries.exclude(patient__account=None)
        return by_rank(reachable.for_pages())

    def _lock_patients(self) -> None:
        Patient.objects.locked([entry.patient_id for entry in self.entries])

    def _starts(self) -> dict[SlotQuery, list[Start]]:
        """{query: the free starts that use one of the openings}, in four queries."""
        zone = self.entries[0].doctor.practice.zone
        queries = list({query_of(entry) for entry in self.entries})
        # A visit can begin the day before a freed span and reach past midnight into it.
        first = min(each.starts_at for each in self.openings).astimezone(zone).date() - engine.DAY
        last = min(
            max(each.ends_at for each in self.openings), max(each.before for each in self.entries)
        )
        days = engine.days_from(first, (last.astimezone(zone).date() - first).days + 1)
        calendars = Calendars(queries, days, now=self.now)
        slots = [
            (query, slot, used)
            for query in queries
            for day in calendars.grid(query).values()
            for slot in day
            if slot.blocker is None and (used := self._used(slot.start, query.length))
        ]
        places = Practice.objects.select_related("message_settings").in_bulk(
            {slot.practice_id for _query, slot, _used in slots}
        )
        chosen = {pk: MessageSettings.of(practice) for pk, practice in places.items()}
        found: dict[SlotQuery, list[Start]] = {query: [] for query in queries}
        for query, slot, used in slots:
            start = slot.start.astimezone(dt.UTC)
            found[query].append(Start(start, used, chosen[slot.practice_id]))
        return found

    def _used(self, start: dt.datetime, length: dt.timedelta) -> list[Opening]:
        """The openings that share time with a visit of `length` at `start`."""
        begin = start.astimezone(dt.UTC)
        return [
            each
            for each in self.openings
            if begin < each.ends_at and each.starts_at < begin + length
        ]

    def _earlier_offers(self) -> dict[uuid.UUID | None, list[int]]:
        """{chain: the patients who were offered this freed time before}."""
        chains = {each.chain for each in self.openings if each.chain}
        found: dict[uuid.UUID | None, list[int]] = {}
        rows = Offer.objects.filter(chain__in=chains).order_by("number") if chains else ()
        for offer in rows:
            found.setdefault(offer.chain, []).append(offer.patient_id)
        return found

    def _patients_to_leave_alone(self) -> set[int]:
        """Patients with an open offer, of any doctor, or who did not answer the last one."""
        ours = Offer.objects.filter(patient__in={entry.patient_id for entry in self.entries})
        self._with_open_offer = set(ours.open().values_list("patient", flat=True))
        since = self.now - settings.WAITING_LIST_PAUSE
        silent = ours.filter(status=Offer.Status.EXPIRED, ended_at__gt=since)
        return self._with_open_offer | set(silent.values_list("patient", flat=True))

    def _given_up_starts(self) -> dict[int, set[dt.datetime]]:
        """{entry: the starts from which its visit was moved away}: not offered again."""
        visits = {entry.appointment_id: entry.pk for entry in self.entries if entry.appointment_id}
        moves = StatusChange.objects.filter(appointment__in=visits, previous_start__isnull=False)
        found: dict[int, set[dt.datetime]] = {}
        for visit, start in moves.values_list("appointment", "previous_start"):
            if start:
                found.setdefault(visits[visit], set()).add(start)
        return found


def check_may_take(
    entry: WaitingListEntry, start: dt.datetime, practice: Practice, *, now: dt.datetime
) -> None:
    """Raise the refusal that the patient would get when they take that time."""
    query = query_of(entry)
    check_patient_may_book(patient=entry.patient, query=query, practice=practice, now=now)
    if entry.appointment:
        check_moves_online(entry.appointment, now=now)
    else:
        rules.check_verified(entry.patient.account, now)
    end = start.astimezone(dt.UTC) + query.length
    rules.check_patient_free(entry.patient, start, end, moving=entry.appointment_id)


def still_suits(offer: Offer, *, now: dt.datetime) -> bool:
    """Whether the patient of an open offer could take it at `now`."""
    entry = offer.entry
    entry.doctor, entry.patient = offer.doctor, offer.patient
    query = query_of(entry)
    moving = entry.appointment_id
    blocker = blocker_at(query, offer.starts_at, now=now, token=offer.hold_token, moving=moving)
    # A hold of the desk can end without a visit.
    if blocker not in (None, Blocker.HELD):
        return False
    try:
        check_may_take(entry, offer.starts_at, offer.practice, now=now)
    except rules.Refusal:
        return False
    return True
