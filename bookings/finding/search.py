"""What the address of a list of doctors asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from doctors.models import Doctor
from doctors.models.doctor import LANGUAGES_SPOKEN

LONGEST_TEXT = 100


@dataclass(frozen=True)
class Search:
    """What the address of a list asks for; nonsense in it is not asked."""

    what: str = ""
    where: str = ""
    within: int = 0
    """Days, today the first, in which there is a free time; 0 for any."""
    video: bool = False
    new_patients: bool = False
    language: str = ""
    page: str = ""
    is_exact: bool = False
    """Whether a typing error is no error: the reader means what is typed."""

    WITHIN: ClassVar = (1, 3, 7)

    @classmethod
    def from_query(cls, data: QueryDict) -> Search:
        within = data.get("within", "")
        language = data.get("language", "")
        return cls(
            what=data.get("q", "").strip()[:LONGEST_TEXT],
            where=data.get("where", "").strip()[:LONGEST_TEXT],
            within=int(within) if within in map(str, cls.WITHIN) else 0,
            video=data.get("video") == "1",
            new_patients=data.get("new") == "1",
            language=language if language in LANGUAGES_SPOKEN else "",
            page=data.get("page", "")[:9],
            is_exact=data.get("exact") == "1",
        )

    @classmethod
    def around(cls, doctor: Doctor) -> Search:
        """Everybody of that specialty in that city."""
        return cls(doctor.specialty.practitioner_fr, doctor.practice.city)

    @classmethod
    def for_new_patients(cls, doctor: Doctor) -> str:
        """The address of those around `doctor` who take new patients."""
        return cls.around(doctor).address(new_patients=True)

    def address(self, **changes: Any) -> str:
        """This list with some of it asked differently; a filter changed is on its first page."""
        other = replace(self, **({"page": ""} | changes))
        state = {
            "q": other.what,
            "where": other.where,
            "within": other.within,
            "video": int(other.video),
            "new": int(other.new_patients),
            "language": other.language,
            "page": other.page,
            "exact": int(other.is_exact),
        }
        query = urlencode({name: value for name, value in state.items() if value})
        return f"{reverse('doctor_list')}?{query}" if query else reverse("doctor_list")

    @property
    def text(self) -> str:
        """Both texts as typed."""
        return f"{self.what} {self.where}".strip()

    # -- what the filters offer, each with the address of the list it leads to

    @property
    def choices_within(self) -> list[tuple[int, str]]:
        return [(days, self.address(within=days)) for days in (0, *self.WITHIN)]

    @property
    def video_address(self) -> str:
        return self.address(video=not self.video)

    @property
    def new_patients_address(self) -> str:
        return self.address(new_patients=not self.new_patients)

    @property
    def language_name(self) -> str:
        return str(LANGUAGES_SPOKEN.get(self.language, ""))

    @property
    def choices_of_language(self) -> list[tuple[str, str, bool]]:
        """(name, address, is chosen); choosing the chosen one again gives it up."""
        return [
            (str(name), self.address(language="" if chosen else code), chosen)
            for code, name in LANGUAGES_SPOKEN.items()
            for chosen in [code == self.language]
        ]

    @property
    def has_filters(self) -> bool:
        return bool(self.within or self.video or self.new_patients or self.language)

    @property
    def exact_address(self) -> str:
        return self.address(is_exact=True)

    @property
    def unfiltered(self) -> str:
        return Search(self.what, self.where).address()
