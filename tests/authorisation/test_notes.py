"""Private notes: they reach their doctor and nobody else."""

import datetime as dt
import logging
import re

import pytest
from django.contrib.admin import site
from django.utils import timezone

from bookings.messages.outbox import send_due
from bookings.models import Appointment, PrivateNote
from bookings.status import Status
from tests.authorisation.world import CANARY, client_of, everything_in

pytestmark = pytest.mark.django_db


def test_a_note_is_in_no_page_of_the_admin(world):
    client = client_of(world, "admin")
    for model in site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model._default_manager.first()
        pages = [place, f"{place}?q={CANARY}", f"{place}add/"]
        pages += [f"{place}{row.pk}/{name}/" for name in ("change", "history", "delete") if row]
        for page in pages:
            answer = client.get(page)
            # The search repeats what was looked for, in its field and in its links.
            said = rf'"{CANARY}"|q(=|%3D){CANARY}'
            assert CANARY not in re.sub(said, "", everything_in(answer)), page


def test_a_note_is_in_no_mail_and_in_no_log(world, caplog, mailoutbox):
    """It is written, the visit confirmed, moved and cancelled, and each of it is told."""
    caplog.set_level(logging.DEBUG)
    visit, client = Appointment.objects.get(pk=world.visit.pk), client_of(world, "doctor_a")
    desk = f"/dashboard/desk/{visit.pk}"
    seen = PrivateNote.objects.get(appointment=visit).version
    client.post(f"{desk}/note/", {"text": f"{CANARY} again", "seen": seen})
    client.post(f"{desk}/status/", {"verb": "confirm"})
    client.post(f"{desk}/move/", {"start": world.free})
    client.post(f"{desk}/cancel/", {"message": "Congés"})
    send_due(now=timezone.now() + dt.timedelta(hours=1))
    assert PrivateNote.objects.get(appointment=visit).text == f"{CANARY} again"
    visit.refresh_from_db()
    assert visit.status == Status.CANCELLED
    assert mailoutbox
    assert CANARY not in str([vars(mail) for mail in mailoutbox])
    assert CANARY not in caplog.text
