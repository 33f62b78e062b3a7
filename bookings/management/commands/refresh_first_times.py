from typing import Any

from django.core.management.base import BaseCommand

from bookings.services.first_times import refresh_first_times


class Command(BaseCommand):
    help = (
        "Write the doctors' first free times again where time has outdated them: searches order "
        "and filter by them. The worker does this every few minutes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"first times of {refresh_first_times()} doctors written")
