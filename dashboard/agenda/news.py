"""What happened at a desk since the reader last looked, and by whom: the agenda's poll."""

from __future__ import annotations

from typing import NamedTuple

from bookings.models import Appointment, StatusChange
from bookings.models.status_change import undone
from bookings.status import Verb
from dashboard.cockpit import Cockpit

TOLD = (Verb.REQUEST, Verb.BOOK, Verb.MOVE, Verb.CANCEL, Verb.ARRIVE, Verb.ADD_WALK_IN)
"""What somebody at the desk wants to hear of while it happens."""

MOST_TOLD = 3


class Item(NamedTuple):
    change: StatusChange
    visit: Appointment

    @property
    def is_online(self) -> bool:
        """Whether the patient did it, and not somebody at a desk."""
        own = self.visit.patient.account_id
        return self.change.by_link or bool(self.change.by_id and self.change.by_id == own)


def news_since(cockpit: Cockpit, change_id: int) -> list[Item]:
    """The newest changes by others after `change_id` that the reader may see, latest first."""
    visible = Appointment.objects.for_staff(cockpit.user).filter(doctor__in=cockpit.shown)
    changes = (
        StatusChange.objects.filter(pk__gt=change_id, verb__in=TOLD)
        .filter(~undone("pk"), appointment__in=visible)
        .exclude(by=cockpit.user)
        .select_related("appointment__practice", "appointment__patient", "by")
        .order_by("-pk")
    )
    return [Item(change, change.appointment) for change in changes[:MOST_TOLD]]
