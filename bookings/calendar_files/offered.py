"""The feeds that a page offers to make, to renew and to revoke."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from bookings import services
from bookings.models import CalendarFeed
from doctors.models import Doctor, Practice


@dataclass(frozen=True)
class OfferedFeed:
    """One feed of an account, made or not."""

    account: User
    doctor: Doctor | None = None
    practice: Practice | None = None
    feed: CalendarFeed | None = None
    address: str = ""
    """The secret address, right after it was made; "" at any later time."""

    @property
    def key(self) -> str:
        """What a form posts to name it: "own", "doctor" or "practice"."""
        return "doctor" if self.doctor else "practice" if self.practice else "own"

    @property
    def made_at(self) -> dt.datetime | None:
        """When, on the clock of the practice; in UTC for an account's own visits."""
        if self.feed is None:
            return None
        place = self.practice or (self.doctor and self.doctor.practice)
        made = self.feed.created_at
        return place.local(made) if place else made.replace(tzinfo=None)

    @property
    def subscribe_address(self) -> str:
        """The same address for a click: the browser hands it to the calendar of the machine."""
        return f"webcal:{self.address.partition(':')[2]}"


Target = tuple[Doctor | None, Practice | None]
OWN: Target = (None, None)


def offered_feeds(
    account: User, targets: Sequence[Target], *, made: Target | None = None, secret: str = ""
) -> list[OfferedFeed]:
    """Each target's feed; that of `made` has its address. One query."""
    found = {
        (feed.doctor_id, feed.practice_id): feed
        for feed in CalendarFeed.objects.filter(account=account)
    }
    return [
        OfferedFeed(
            account,
            doctor,
            practice,
            found.get((doctor.pk if doctor else None, practice.pk if practice else None)),
            feed_address(secret) if (doctor, practice) == made else "",
        )
        for doctor, practice in targets
    ]


def feed_address(secret: str) -> str:
    return settings.SITE_URL + reverse("calendar_feed", args=[secret])


def change_feed(account: User, target: Target, *, act: str, shows_names: bool = False) -> str:
    """Do what a form asks, "make" or "revoke"; return the new secret, or ""."""
    doctor, practice = target
    if act == "make":
        return services.make_feed(
            account=account, doctor=doctor, practice=practice, shows_names=shows_names
        )
    services.revoke_feed(account=account, doctor=doctor, practice=practice)
    return ""
