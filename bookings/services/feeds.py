"""Services that make and revoke the secret addresses of calendar feeds."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings import rules
from bookings.models import CalendarFeed
from bookings.models.calendar_feed import digest_of
from doctors.models import Doctor, Practice

SECRET_BYTES = 24


def make_feed(
    *,
    account: User,
    doctor: Doctor | None = None,
    practice: Practice | None = None,
    shows_names: bool = False,
    now: dt.datetime | None = None,
) -> str:
    """Make the account's feed, or give it a new secret; return the secret, which nobody keeps.

    Without `doctor` and `practice` the feed shows the visits of the account's persons. The secret
    before opens nothing any more. Raises a `rules.RuleRefused` for another person's agenda.
    """
    if not may_read(account, doctor, practice):
        raise rules.RuleRefused(_("Only the practice can do this."), code="desk_only")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "digest": digest_of(secret),
        "shows_names": shows_names and (doctor or practice) is not None,
        "created_at": now or timezone.now(),
    }
    with transaction.atomic():
        # Two clicks at once: the second one waits, and its secret is the one that holds.
        User.objects.select_for_update(no_key=True).get(pk=account.pk)
        CalendarFeed.objects.update_or_create(
            account=account, doctor=doctor, practice=practice, defaults=values
        )
    return secret


def revoke_feed(
    *, account: User, doctor: Doctor | None = None, practice: Practice | None = None
) -> None:
    """End the account's feed; its address answers 404 from now on."""
    CalendarFeed.objects.filter(account=account, doctor=doctor, practice=practice).delete()


def may_read(account: User, doctor: Doctor | None, practice: Practice | None) -> bool:
    """Whether the account works there now; anybody may read the visits of their own persons."""
    if practice:
        return Practice.objects.visible_to(account).filter(pk=practice.pk).exists()
    if doctor:
        return Doctor.objects.staffed_by(account).filter(pk=doctor.pk).exists()
    return True
