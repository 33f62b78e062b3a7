"""`manage.py seed_doctors` writes a sample world for trying out the site."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from bookings.samples.accounts import PASSWORD
from bookings.samples.roster import KNOWN
from bookings.samples.world import DEFAULT_SEED, write_world
from bookings.services.first_times import refresh_first_times
from doctors.models import Doctor

DEFAULT_COUNT = 5

SIGN_INS = """
Sample sign-ins, all with the password {password}:
  {doctors}: a doctor's agenda
  secretaire: the desk of their practice
  {patients}: booking for oneself and one's family
  admin: the site's administration"""


class Command(BaseCommand):
    help = (
        "Add sample doctors, patients and appointments. Safe to run again: what exists is left "
        "as it is, a run that was cut short is completed. Refused where DEBUG is off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--count",
            type=_whole_number,
            default=DEFAULT_COUNT,
            help=f"how many doctors (default {DEFAULT_COUNT}): dr_smith, dr_johnson, dr_brown, "
            "dr_davis and dr_wilson first, then others across cities and time zones",
        )
        parser.add_argument(
            "--patients",
            type=_whole_number,
            default=0,
            metavar="N",
            help="add the accounts patient1 to patientN, without any history",
        )
        parser.add_argument(
            "--appointments",
            type=_whole_number,
            metavar="N",
            help="how many appointments the doctors have together (default: as many as suit "
            "thirteen past and four coming weeks); more than fit reach further into the past. "
            "Doctors that exist already get none",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=DEFAULT_SEED,
            help="another number makes other people (default %(default)s)",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing when there is a doctor, and do not print the sign-ins",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="also where DEBUG is off: the accounts have a password that everybody knows",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["force"]:
            raise CommandError(
                "Sample accounts have a password that everybody knows, and DEBUG is off here: "
                "nothing was added. --force adds them all the same."
            )
        if options["if_empty"] and Doctor.objects.exists():
            return
        with tqdm(
            total=options["count"],
            unit=" doctors",
            desc="Sample world",
            file=sys.stderr,
            disable=True if options["verbosity"] == 0 else None,
        ) as bar:
            written = [0, 0]

            def progress(doctors: int, appointments: int) -> None:
                written[0] += doctors
                written[1] += appointments
                bar.set_postfix(appointments=written[1], refresh=False)
                bar.update(doctors)

            write_world(
                count=options["count"],
                patients=options["patients"],
                appointments=options["appointments"],
                seed=options["seed"],
                now=timezone.now(),
                progress=progress,
            )
        refresh_first_times()
        if options["verbosity"] and not options["if_empty"]:
            self.stdout.write(_sign_ins(options["count"], options["patients"]))


def _sign_ins(count: int, patients: int) -> str:
    doctors = ", ".join(username for username, *_rest in KNOWN[:count])
    numbered = f", patient1 … patient{patients}" if patients else ""
    return SIGN_INS.format(password=PASSWORD, doctors=doctors, patients=f"patient{numbered}")


def _whole_number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number
