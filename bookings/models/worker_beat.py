"""The signs of life of the workers."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

ALIVE_FOR = dt.timedelta(seconds=90)
"""A worker beats every 10 seconds, and a mail server may keep it waiting for a minute."""


class WorkerBeatQuerySet(models.QuerySet["WorkerBeat"]):
    def alive(self, now: dt.datetime) -> WorkerBeatQuerySet:
        """The workers that gave a sign of life in the last ALIVE_FOR."""
        return self.filter(beat_at__gt=now - ALIVE_FOR)


class WorkerBeat(models.Model):
    """One running `manage.py worker`: it writes the row every few seconds and deletes it at its
    end. The row of a worker that died stays for a day, to tell when that was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(_("machine"), max_length=255)
    process = models.PositiveBigIntegerField(_("process"), help_text=_("Its number there."))
    started_at = models.DateTimeField(_("started"))
    beat_at = models.DateTimeField(_("last sign of life"), db_index=True)

    objects = WorkerBeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["-beat_at"]

    def __str__(self) -> str:
        return f"{self.host} · {self.process}"

    def is_alive(self, now: dt.datetime) -> bool:
        """Whether the worker gave a sign of life in the last ALIVE_FOR."""
        return self.beat_at > now - ALIVE_FOR
