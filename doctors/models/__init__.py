"""Doctors, their practices, and their consultation types."""

from doctors.models.consultation_type import ConsultationType
from doctors.models.doctor import (
    LANGUAGES_SPOKEN,
    LONG_AGO,
    Doctor,
    DoctorQuerySet,
    Specialty,
    around,
    calendar_touched,
)
from doctors.models.practice import (
    Membership,
    Practice,
    PracticeQuerySet,
    validate_time_zone,
)
from doctors.models.search_word import SearchWord

__all__ = [
    "LANGUAGES_SPOKEN",
    "LONG_AGO",
    "ConsultationType",
    "Doctor",
    "DoctorQuerySet",
    "Membership",
    "Practice",
    "PracticeQuerySet",
    "SearchWord",
    "Specialty",
    "around",
    "calendar_touched",
    "validate_time_zone",
]
