"""The admin of the workers and of their jobs, read only.

The pages that come with django-q would let an admin run any function of the site.
"""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from bookings.admin.read_only import ReadOnly, utc_time
from bookings.models import WorkerBeat
from web.admin import TbibAdmin

for replaced in (Failure, OrmQ, Schedule, Success):
    admin.site.unregister(replaced)


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnly, TbibAdmin):
    list_display = ("host", "process", "started", "beat", "is_alive")
    search_fields = ("host",)
    ordering = ("-beat_at",)
    fields = list_display
    readonly_fields = fields

    @admin.display(description=gettext_lazy("started"), ordering="started_at")
    def started(self, worker: WorkerBeat) -> str:
        return utc_time(worker.started_at)

    @admin.display(description=gettext_lazy("last sign of life"), ordering="beat_at")
    def beat(self, worker: WorkerBeat) -> str:
        return utc_time(worker.beat_at)

    @admin.display(description=gettext_lazy("alive"), boolean=True)
    def is_alive(self, worker: WorkerBeat) -> bool:
        return worker.is_alive(timezone.now())


@admin.register(Schedule)
class ScheduleAdmin(ReadOnly, TbibAdmin):
    """The jobs at set times, as `bookings.messages.schedules` lists them."""

    list_display = ("name", "func", "times", "next_one")
    search_fields = ("name", "func")
    fields = list_display
    readonly_fields = fields

    @admin.display(description=gettext_lazy("when"))
    def times(self, schedule: Schedule) -> str:
        if schedule.schedule_type == Schedule.MINUTES:
            return f"{schedule.minutes} min"
        return f"{schedule.cron} (UTC)"

    @admin.display(description=gettext_lazy("next run"), ordering="next_run")
    def next_one(self, schedule: Schedule) -> str:
        return utc_time(schedule.next_run)


class TaskAdmin(ReadOnly, TbibAdmin):
    list_display = ("group", "func", "began", "ended", "attempt_count")
    search_fields = ("group", "func")
    ordering = ("-stopped",)
    readonly_fields = fields = (*list_display, "result")

    @admin.display(description=gettext_lazy("started"), ordering="started")
    def began(self, task: Task) -> str:
        return utc_time(task.started)

    @admin.display(description=gettext_lazy("ended"), ordering="stopped")
    def ended(self, task: Task) -> str:
        return utc_time(task.stopped)


admin.site.register(Failure, TaskAdmin)
admin.site.register(Success, TaskAdmin)
