"""The ranges of one day as people type them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.cockpit import Cockpit
from dashboard.configuration.week import Range, saved_ranges
from doctors.models import ConsultationType, Practice
from doctors.models.practice import one_zone_words
from scheduling.forms import ClockField, DayField
from scheduling.models import OpeningHours, Weekday

PREFIX = "ranges"
MOST_RANGES = 12


class RangeForm(forms.Form):
    """From an hour to an hour. One left empty is no range."""

    opens = ClockField(label=gettext_lazy("Opens"), last_minute=1439, required=False)
    closes = ClockField(label=gettext_lazy("Closes"), last_minute=1440, required=False)
    overnight = forms.BooleanField(label=gettext_lazy("until the next morning"), required=False)
    types = forms.ModelMultipleChoiceField(
        ConsultationType.objects.none(),
        label=gettext_lazy("Kept for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    practice = forms.ModelChoiceField(
        Practice.objects.none(), label=gettext_lazy("Place"), required=False
    )
    valid_from = DayField(label=gettext_lazy("From"), required=False)
    valid_until = DayField(label=gettext_lazy("Until"), required=False)

    use_required_attribute = False

    def __init__(
        self, *args: Any, types: list[ConsultationType], places: list[Practice], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        choices: Any = self.fields["types"]
        choices.queryset = ConsultationType.objects.filter(pk__in=[each.pk for each in types])
        choices.choices = [(each.pk, each.name) for each in types]
        self.own, *others = places
        if others:
            there: Any = self.fields["practice"]
            there.queryset = Practice.objects.filter(pk__in=[each.pk for each in others])
            near = [each for each in others if each.time_zone == self.own.time_zone]
            there.choices = [("", self.own.name), *((each.pk, each.name) for each in near)]
        else:
            del self.fields["practice"]

    @property
    def has_options(self) -> bool:
        """Whether the options stand open: something is said there, or is to be mended there."""
        names = ("overnight", "types", "practice", "valid_from", "valid_until")
        if any(self[name].value() for name in names if name in self.fields):
            return True
        # Hours that end before they begin may be a night: the box for it is in the options.
        return self.is_bound and bool({*names, "closes"} & self.errors.keys())

    def clean_practice(self) -> Practice | None:
        """Refuse a place in another zone here, beside the field; the service refuses it too."""
        there: Practice | None = self.cleaned_data["practice"]
        if there and there.time_zone != self.own.time_zone:
            raise forms.ValidationError(one_zone_words(self.own))
        return there

    @property
    def is_blank(self) -> bool:
        data = self.cleaned_data
        return data.get("opens") is None and data.get("closes") is None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors or self.is_blank:
            return data
        opens, closes = data.get("opens"), data.get("closes")
        if opens is None or closes is None:
            self.add_error("opens" if opens is None else "closes", _("Write a time like 09:30."))
            return data
        if closes == 0:
            closes = 1440  # midnight, as 24:00
        elif data["overnight"] and closes <= opens:
            closes += 1440
        elif data["overnight"]:
            self.add_error("overnight", _("These hours end on the same day."))
        elif closes <= opens:
            words = _("This ends before it begins. At night: tick “until the next morning”.")
            self.add_error("closes", words)
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day is before the first."))
        data["end_minute"] = closes
        return data

    def range(self, weekday: int) -> Range:
        """Of a valid form that is not blank."""
        data = self.cleaned_data
        return Range(
            weekday,
            data["opens"],
            data["end_minute"],
            data.get("practice"),
            data["valid_from"],
            data["valid_until"],
            tuple(data["types"]),
        )


class DayForm:
    """All ranges of one weekday, and to which other days they are copied."""

    def __init__(
        self,
        cockpit: Cockpit,
        weekday: int,
        data: QueryDict | None = None,
        *,
        initial: list[dict[str, Any]] | None = None,
        copied_to: set[int] | None = None,
        focus: int | None = None,
    ) -> None:
        self.cockpit, self.weekday = cockpit, Weekday(weekday)
        self.errors: list[str] = []
        self.focus = focus
        """Which range was just added."""
        self._saved = saved_ranges(cockpit.doctor)
        options: dict[str, Any] = {"types": self._types, "places": self._places}
        if data is not None:
            self.forms = [
                RangeForm(data, prefix=f"{PREFIX}-{index}", **options) for index in _indexes(data)
            ]
            self.copied_to = _copied_to(data)
        else:
            self.forms = [
                RangeForm(initial=each, prefix=f"{PREFIX}-{index}", **options)
                for index, each in enumerate(initial or [{}])
            ]
            self.copied_to = copied_to or set()
        if focus is not None:
            # The script that focuses it leaves a tabindex of its own alone.
            opens = self.forms[focus].fields["opens"].widget
            opens.attrs |= {"data-focus": True, "tabindex": "0"}

    @classmethod
    def saved(cls, cockpit: Cockpit, weekday: int) -> DayForm:
        """The day as it is; the first one ever is proposed, for all working days at once."""
        ranges = saved_ranges(cockpit.doctor)
        if not ranges and weekday < 5:
            usual = [{"opens": "09:00", "closes": "12:30"}, {"opens": "14:00", "closes": "18:00"}]
            working = {day for day in range(5) if day != weekday}
            return cls(cockpit, weekday, initial=usual, copied_to=working)
        of_day = [_initial(each) for each in ranges if each.weekday == weekday]
        return cls(cockpit, weekday, initial=of_day)

    @classmethod
    def typed(cls, cockpit: Cockpit, weekday: int, data: QueryDict) -> DayForm:
        """What was typed, with a range more or less; nothing is judged yet."""
        typed = {index: _typed(data, index) for index in _indexes(data)}
        removed = data.get("remove", "")
        kept = [each for index, each in typed.items() if str(index) != removed]
        focus = None
        if "add" in data and len(kept) < MOST_RANGES:
            focus = len(kept)
            kept.append({})
        return cls(cockpit, weekday, initial=kept, copied_to=_copied_to(data), focus=focus)

    @property
    def prefix(self) -> str:
        return PREFIX

    @property
    def has_room(self) -> bool:
        return len(self.forms) < MOST_RANGES

    @property
    def other_days(self) -> list[tuple[Weekday, bool]]:
        return [(day, day in self.copied_to) for day in Weekday if day != self.weekday]

    def is_valid(self) -> bool:
        """Whether every range is one, and none meets another of the week that would result."""
        if not self.forms:
            # The page always has one, be it empty: a day is not closed by half a form.
            self.errors = [_("This form came incomplete: nothing was saved.")]
            return False
        if not all(form.is_valid() for form in self.forms):
            return False
        filled = [form for form in self.forms if not form.is_blank]
        for earlier, later in combinations(filled, 2):
            one, other = earlier.range(self.weekday), later.range(self.weekday)
            if one.overlaps(other):
                words = _("This overlaps with %(opens)s – %(closes)s.")
                later.add_error("opens", words % {"opens": one.opens, "closes": one.closes})
        if not any(form.errors for form in self.forms):
            self.errors = list(self._clashes())
        return not self.errors and not any(form.errors for form in self.forms)

    def rows(self) -> Mapping[int, list[OpeningHours]]:
        """{weekday: rows} of a valid form, for each day that it is for."""
        return {day: [each.row() for each in self._ranges(day)] for day in self._days}

    @property
    def _days(self) -> list[int]:
        return sorted({int(self.weekday), *self.copied_to})

    def _ranges(self, day: int) -> list[Range]:
        return [form.range(day) for form in self.forms if not form.is_blank]

    def _clashes(self) -> Iterator[str]:
        """Nights that would run into the next day's hours."""
        new = [each for day in self._days for each in self._ranges(day)]
        kept = [each for each in self._saved if each.weekday not in self._days]
        pairs = [*combinations(new, 2), *((one, other) for one in new for other in kept)]
        for one, other in pairs:
            if one.weekday != other.weekday and one.overlaps(other):
                words = _("%(one)s would overlap with %(other)s.")
                yield words % {"one": one.in_words, "other": other.in_words}

    @cached_property
    def _types(self) -> list[ConsultationType]:
        """On offer, and those that hours are still kept for."""
        used = {each for saved in self._saved for each in saved.kept_for}
        offered = list(self.cockpit.doctor.consultation_types.offered())
        return [*offered, *sorted(used - set(offered), key=lambda each: each.pk)]

    @cached_property
    def _places(self) -> list[Practice]:
        """The doctor's own practice first, then where else hours are, or the reader works."""
        own = self.cockpit.doctor.practice
        known = {each.practice for each in self._saved if each.practice}
        known |= set(Practice.objects.visible_to(self.cockpit.user))
        return [own, *sorted(known - {own}, key=lambda each: each.name)]


def _initial(saved: Range) -> dict[str, Any]:
    return {
        "opens": saved.opens,
        "closes": saved.closes,
        "overnight": saved.end_minute > 1440,
        "types": [each.pk for each in saved.kept_for],
        "practice": saved.practice.pk if saved.practice else "",
        "valid_from": saved.valid_from,
        "valid_until": saved.valid_until,
    }


def _indexes(data: QueryDict) -> range:
    """How many ranges the form has, as it says itself; bounded, whatever it says."""
    count = data.get(f"{PREFIX}-count", "")
    return range(min(int(count), MOST_RANGES) if count.isdecimal() and len(count) < 4 else 0)


def _typed(data: QueryDict, index: int) -> dict[str, Any]:
    names = ("opens", "closes", "overnight", "practice", "valid_from", "valid_until")
    found: dict[str, Any] = {name: data.get(f"{PREFIX}-{index}-{name}", "") for name in names}
    return found | {"types": data.getlist(f"{PREFIX}-{index}-types")}


def _copied_to(data: QueryDict) -> set[int]:
    wanted = {int(text) for text in data.getlist("copy_to") if text in "0123456" and text}
    return {day for day in wanted if day in Weekday}
