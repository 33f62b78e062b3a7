"""The order in which the patients of a waiting list are offered a freed time.

Three rules that a person can read, in this order: urgent ones, which the practice marks; the day
on which they asked; of those of one day, who wins most time against the present visit (or against
the time that was the next free one).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from bookings.models import WaitingListEntry


def by_rank(entries: Iterable[WaitingListEntry]) -> list[WaitingListEntry]:
    """`entries` of one doctor, with `doctor.practice` joined, the first in rank first."""
    return sorted(entries, key=_rank)


def _rank(entry: WaitingListEntry) -> tuple[bool, dt.date, float, dt.datetime, int]:
    asked_on = entry.doctor.practice.local(entry.created_at).date()
    wins_most = -entry.before.timestamp()
    return not entry.is_urgent, asked_on, wins_most, entry.created_at, entry.pk


class Place(NamedTuple):
    """A place on a waiting list, from 1 on, and how many wait."""

    number: int
    of: int


def place_in(entry: WaitingListEntry, entries: Iterable[WaitingListEntry]) -> Place | None:
    """The entry's place by rank among the `entries` of its doctor; None when it is not there."""
    ranked = [each.pk for each in by_rank(entries)]
    return Place(ranked.index(entry.pk) + 1, len(ranked)) if entry.pk in ranked else None
