import sys
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from doctors.models import Practice
from scheduling.services import propose_holidays

LONG = 50


class Command(BaseCommand):
    help = (
        "Propose to every practice the public holidays of the next 18 months that it was not "
        "asked about yet; what a practice decided stays. The worker does this every day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        practices = list(Practice.objects.order_by("pk"))
        is_quiet = options["verbosity"] == 0 or len(practices) < LONG
        bar = tqdm(
            practices,
            unit=" practices",
            desc="Public holidays",
            file=sys.stderr,
            disable=True if is_quiet else None,
        )
        new = sum(propose_holidays(practice) for practice in bar)
        self.stdout.write(f"{new} holidays proposed")
