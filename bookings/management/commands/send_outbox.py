from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bookings.messages.outbox import send_due


class Command(BaseCommand):
    help = (
        "Send the messages that bookings, moves and cancellations left in the outbox. "
        "The worker does this all the time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=500, help="at most so many in this run")

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        sent, failed = send_due(limit=limit)
        self.stdout.write(f"{sent} sent, {failed} to try again later")
