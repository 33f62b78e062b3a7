from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from bookings.messages.worker import Worker, parent_has_ended
from bookings.models import WorkerBeat


class Command(BaseCommand):
    help = (
        "Send messages, make offers and run the jobs at set times, until it is ended. "
        "Any number of workers may run, on any machines that share the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="end when the process that started this one ends",
        )
        parser.add_argument(
            "--check", action="store_true", help="only say so in one line when no worker runs"
        )

    def handle(self, *args: Any, with_parent: bool, check: bool, **options: Any) -> None:
        if check:
            if not WorkerBeat.objects.alive(timezone.now()).exists():
                self.stdout.write("No worker runs: messages wait in the outbox. Start: make worker")
            return
        worker = Worker(parent_has_ended()) if with_parent else Worker()
        worker.run()
