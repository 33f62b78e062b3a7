"""Doctors, their practices, and their consultation types."""

from doctors.models.consultation_type import ConsultationType
from doctors.models.doctor import (
    LANGUAGES_SPOKEN,
    Doctor,
    DoctorQuerySet,
    Specialty,
    around,
)
from doctors.models.practice import (
    Membership,
    Practice,
    PracticeQuerySet,
    validate_time_zone,
)

__all__ = [
    "LANGUAGES_SPOKEN",
    "ConsultationType",
    "Doctor",
    "DoctorQuerySet",
    "Membership",
    "Practice",
    "PracticeQuerySet",
    "Specialty",
    "around",
    "validate_time_zone",
]
