from typing import Any

from django.core.management.base import BaseCommand

from bookings.services import cancel_unanswered_requests


class Command(BaseCommand):
    help = (
        "Cancel the requests that no practice answered before their time. "
        "The worker does this every few minutes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{cancel_unanswered_requests()} requests cancelled")
