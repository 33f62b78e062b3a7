"""The jobs that the worker runs at set times.

The list is written to django-q's table after each `migrate`. The worker's own loop, every ten
seconds, is not here: see `bookings.messages.worker`.
"""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

SCHEDULES: list[tuple[str, str, int | str]] = [
    # (name, function without arguments, every so many minutes | at these times of UTC, as in cron)
    ("reminders", "bookings.messages.reminders.queue_reminders", 5),
    ("turns that are near", "bookings.waiting_room.turn.tell_turns", 1),
    ("registrations", "bookings.messages.registrations.tell_of_registrations", 5),
    ("requests to close", "bookings.services.cancel_unanswered_requests", 5),
    ("first free times", "bookings.services.first_times.refresh_first_times", 5),
    ("public holidays", "bookings.messages.schedules.propose_holidays", "10 2 * * *"),
    ("sessions to clear", "bookings.messages.schedules.clear_sessions", "30 2 * * *"),
    ("messages to forget", "bookings.messages.retention.forget_old_messages", "50 2 * * *"),
]
"""Each job may run twice: a worker that dies leaves its job to another."""


def propose_holidays() -> None:
    """Propose the coming public holidays to every practice."""
    call_command("propose_holidays", verbosity=0)


def clear_sessions() -> None:
    """Delete the sessions that have ended."""
    call_command("clearsessions")


def write_schedules() -> None:
    """Make django-q's table hold SCHEDULES and nothing else.

    An unchanged schedule keeps the time of its next run.
    """
    from croniter import croniter
    from django_q.models import Schedule

    now = timezone.now()
    wanted = {name: (function, when) for name, function, when in SCHEDULES}
    with transaction.atomic():
        present = {row.name: row for row in Schedule.objects.select_for_update()}
        changed = {
            name
            for name, spec in wanted.items()
            if name in present and _spec(present[name]) != spec
        }
        gone = [row.pk for name, row in present.items() if name not in wanted or name in changed]
        if gone:
            Schedule.objects.filter(pk__in=gone).delete()
        new = [name for name in wanted if name not in present or name in changed]
        rows = []
        for name in new:
            function, when = wanted[name]
            row = Schedule(name=name, func=function, repeats=-1)
            if isinstance(when, int):
                row.schedule_type, row.minutes, row.next_run = Schedule.MINUTES, when, now
            else:
                row.schedule_type, row.cron = Schedule.CRON, when
                row.next_run = croniter(when, now).get_next(type(now))
            rows.append(row)
        Schedule.objects.bulk_create(rows)


def _spec(row: Any) -> tuple[str, int | str]:
    """The (function, when) of a row, as in SCHEDULES."""
    return row.func, row.minutes if row.schedule_type == row.MINUTES else row.cron


def write_schedules_after_migrate(using: str, **kwargs: Any) -> None:
    """Receive `post_migrate`. A `migrate` that stops early may leave no table to write to."""
    if using == "default" and "django_q_schedule" in connections[using].introspection.table_names():
        write_schedules()
