from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bookings.messages.offers import offer_freed_times


class Command(BaseCommand):
    help = (
        "Offer freed times to patients on the waiting list: the messages go to the outbox. "
        "The worker does this all the time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--limit", type=int, default=1000, help="look at so many doctors in this run"
        )

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        self.stdout.write(f"{offer_freed_times(limit=limit)} offers made")
