"""The public holidays about which nobody decided yet, as a doctor's agenda says them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from itertools import groupby
from typing import NamedTuple

from accounts.models import User
from doctors.models import Doctor
from scheduling.engine import WeeklyRange
from scheduling.models import Holiday
from scheduling.places import practice_ids, practices_at_desk


class Proposal(NamedTuple):
    """The holidays of one day to decide, by name; with the practice's for a doctor at several."""

    name: str
    is_here: bool = True
    """Whether one of them is at the practice that the reader configures with this doctor."""


def read_proposals(
    user: User, doctor: Doctor, ranges: Iterable[WeeklyRange], days: Collection[dt.date]
) -> dict[dt.date, Proposal]:
    """{day: what is to decide}, in one query; in two for a doctor at several practices."""
    practices = practice_ids(doctor, ranges)
    rows = Holiday.objects.proposed(practices, days)
    if len(practices) == 1 or not rows:
        return {day: Proposal(name) for day, name, *_practice in rows}
    here = {practice.pk for practice in practices_at_desk(user, doctor)[:1]}
    found = {}
    for day, each in groupby(rows, key=lambda row: row[0]):
        same = [(f"{name} ({place})", pk) for _day, name, pk, place in each]
        words = ", ".join(text for text, _pk in same)
        found[day] = Proposal(words, is_here=any(pk in here for _text, pk in same))
    return found
