"""Whether the free times on somebody's screen are still true, for one cheap query.

Every region of a page that shows free times carries tokens of what it was drawn from; the page
sends them all back every few seconds (frontend/js/live.js), and the answer is nearly always
that nothing changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet

from doctors.models import Doctor
from web.compiled import compiled_once

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Token(NamedTuple):
    """What one doctor's times were drawn from: the agenda's version, and the instant until which
    it says the same if nobody writes (`Calendars.changes_at`)."""

    doctor_id: int
    version: int
    until: dt.datetime

    def __str__(self) -> str:
        """ "3.17.1805882400000000": doctor, version, microseconds since 1970."""
        return f"{self.doctor_id}.{self.version}.{(self.until - EPOCH) // dt.datetime.resolution}"

    @classmethod
    def read(cls, text: str) -> Token:
        """The token written as `text`. ValueError when it is none."""
        parts = text.split(".")
        # 17 digits: within the database's integers, and within datetime's years.
        if len(parts) != 3 or not all(
            part.isascii() and part.isdecimal() and len(part) < 18 for part in parts
        ):
            raise ValueError(f"not a token: {text[:60]!r}")
        doctor_id, version, until = map(int, parts)
        return cls(doctor_id, version, EPOCH + until * dt.datetime.resolution)


def token_of(doctor: Doctor, until: dt.datetime) -> Token:
    """For times that say the same until `until`, drawn after `doctor` was read.

    In that order: what is written in between counts as a change that was not seen yet.
    """
    return Token(doctor.pk, doctor.calendar_version, until)


def changed_doctors(tokens: Iterable[Token], *, now: dt.datetime) -> list[int]:
    """The doctors whose times may say something else than their token knew, in one query.

    One who is no longer public counts as changed: their page says why.
    """
    tokens = set(tokens)
    versions = dict(_versions(tuple({each.doctor_id for each in tokens})))
    return sorted(
        {
            each.doctor_id
            for each in tokens
            if each.until <= now or each.version != versions.get(each.doctor_id)
        }
    )


@compiled_once
def _versions(doctor_ids: tuple[int, ...]) -> QuerySet[Doctor, tuple[Any, ...]]:
    doctors = Doctor.objects.approved().filter(pk__in=doctor_ids)
    return doctors.order_by().values_list("pk", "calendar_version")
