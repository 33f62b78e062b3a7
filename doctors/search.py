"""What a search text means: a specialty, a place, and words that names must have."""

from __future__ import annotations

from dataclasses import dataclass

from doctors.models import Doctor, DoctorQuerySet, Specialty
from doctors.places import Place


@dataclass(frozen=True)
class Found:
    """`doctors` is of listed ones, in no order; `place` is where to measure distances from."""

    doctors: DoctorQuerySet
    specialty: Specialty | None = None
    place: Place | None = None


def find(what: str, where: str = "") -> Found:
    """The listed doctors that a patient means by these two texts, as typed."""
    return Found(Doctor.objects.listed().search(f"{what} {where}"))
