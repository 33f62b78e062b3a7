"""Tags and filters for every template: people, prices, days, times, phones, form controls.

Days and times are words in the active language. Datetimes are the practice's wall clock, naive
(`local_start`), except in `local_day` and `local_clock`; no other filter converts a zone.
"""

from __future__ import annotations

import datetime as dt
import functools
import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import phonenumbers
from babel import Locale
from babel.dates import format_date
from babel.dates import format_time as babel_time
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.units import format_unit
from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


def reader_locale() -> Locale:
    """Return the active language's locale; English is British: the day before the month."""
    return _locale((get_language() or "fr")[:2])


@functools.cache
def _locale(language: str) -> Locale:
    return Locale.parse("en_GB" if language == "en" else language)


# -- people -------------------------------------------------------------------------------

TINTS = ("mint", "sky", "sand", "lilac", "rose")
# Centre and radius of the arc in a square of 56: from below, from the left, from above.
ARCS = ((50, 54, 30), (30, 66, 34), (8, 58, 34), (60, 8, 36))
TITLES = {"dr", "dr.", "docteur", "doctor", "pr", "pr."}


# The largest width of an avatar in CSS pixels (.avatar in components/avatars.css).
AVATAR_WIDTHS = {"sm": 32, "": 48, "lg": 72, "xl": 112}


@register.inclusion_tag("includes/avatar.html")
def avatar(
    name: object, size: str = "", photo: Sequence[tuple[str, int]] = ()
) -> dict[str, object]:
    """A photo or a drawing: `{% avatar doctor.name "lg" doctor.photo_sizes %}`.

    `photo` is [(address, pixels), …], square, smallest first. Without a photo there are initials, a
    tint and an arc. They depend on the name only, through a checksum and not `hash()`: the same
    name looks the same on every page, machine and day. The page writes the name beside the avatar.
    """
    words = [word for word in str(name).split() if word.lower() not in TITLES]
    letters = [words[0], words[-1]] if len(words) > 1 else words
    checksum = zlib.crc32(" ".join(words).casefold().encode())
    x, y, radius = ARCS[checksum % len(ARCS)]
    return {
        "initials": "".join(word[0] for word in letters).upper(),
        "tint": TINTS[(checksum >> 4) % len(TINTS)],
        "x": x,
        "y": y,
        "radius": radius,
        "size": size,
        "photo": photo,
        "srcset": ", ".join(f"{address} {pixels}w" for address, pixels in photo),
        "width": AVATAR_WIDTHS[size],
    }


# -- prices -------------------------------------------------------------------------------


@register.filter
def price(amount: Decimal | None, currency: str = "EUR") -> str:
    """ "400 MAD", "€50": in the reader's format, cents only if there are any; "" for no price."""
    return "" if amount is None else _price_words(amount, currency or "EUR", reader_locale())


@functools.lru_cache(maxsize=1024)
def _price_words(amount: Decimal, currency: str, locale: Locale) -> str:
    pattern = locale.currency_formats["standard"].pattern
    if pattern.startswith("¤") and get_currency_symbol(currency, locale)[-1].isalpha():
        pattern = pattern.replace("¤", "¤\xa0", 1)  # "MAD 400", not "MAD400"
    is_whole = amount == amount.to_integral_value()
    if is_whole:
        pattern = pattern.replace(".00", "")
    return format_currency(
        amount, currency, format=pattern, locale=locale, currency_digits=not is_whole
    )


# -- days and times -----------------------------------------------------------------------


def _day(day: dt.date, pattern: str) -> str:
    date = day.date() if isinstance(day, dt.datetime) else day
    return _day_words(date, pattern, reader_locale())


@functools.lru_cache(maxsize=4096)
def _day_words(day: dt.date, pattern: str, locale: Locale) -> str:
    """Pages say the same few days again and again, and Babel takes its time for each."""
    if locale.language == "fr" and day.day == 1:
        pattern = pattern.replace("d ", "d'er' ")
    return format_date(day, pattern, locale=locale)


@register.filter
def day_long(day: dt.date | None) -> str:
    """ "mardi 13 octobre"."""
    return _day(day, "EEEE d MMMM") if day else ""


@register.filter
def day_full(day: dt.date | None) -> str:
    """ "mardi 13 octobre 2026": for a day that may be in another year."""
    return _day(day, "EEEE d MMMM y") if day else ""


@register.filter
def day_short(day: dt.date | None) -> str:
    """ "mar. 13 oct."."""
    return _day(day, "EEE d MMM") if day else ""


@register.filter
def day_sms(day: dt.date | None) -> str:
    """ "mar. 13/10": as short as an SMS needs, the day before the month in every language."""
    return f"{weekday_short(day)} {day:%d/%m}" if day else ""


@register.filter
def local_day(instant: dt.datetime, practice: Any) -> str:
    """ "mar. 13 oct. 2026": the day of `instant` where the practice is."""
    return _day(practice.local(instant), "EEE d MMM y") if instant else ""


@register.filter
def local_clock(instant: dt.datetime, practice: Any) -> str:
    """ "10:42": the time at `instant` where the practice is."""
    return clock(practice.local(instant))


@register.filter
def weekday(day: dt.date | None) -> str:
    """ "mardi"."""
    return _day(day, "EEEE") if day else ""


@register.filter
def weekday_short(day: dt.date | None) -> str:
    """ "mar."."""
    return _day(day, "EEE") if day else ""


@register.filter
def day_month(day: dt.date | None) -> str:
    """ "13 oct."."""
    return _day(day, "d MMM") if day else ""


@register.filter
def month(day: dt.date | None) -> str:
    """ "octobre"."""
    return _day(day, "LLLL") if day else ""


@register.filter
def day_relative(day: dt.date, today: dt.date) -> str:
    """ "today", "tomorrow", "in two days"; "" for any other day."""
    if isinstance(day, dt.datetime):
        day = day.date()
    if isinstance(today, dt.datetime):
        today = today.date()
    words = {0: _("today"), 1: _("tomorrow"), 2: _("in two days")}
    return words.get((day - today).days, "")


@register.filter
def clock(time: dt.datetime | dt.time | None) -> str:
    """ "10:30" on 24 hours in every language, as in the buttons for times."""
    return f"{time:%H:%M}" if time else ""


@register.filter
def time_spoken(time: dt.datetime | dt.time | None) -> str:
    """ "10 h 30", "10:30 AM": as a person reads it aloud."""
    if not time:
        return ""
    locale = reader_locale()
    if locale.language == "fr":
        return f"{time.hour} h {time:%M}" if time.minute else f"{time.hour} h"
    if locale.language == "en":
        return f"{time:%I:%M %p}".lstrip("0")
    return babel_time(time, "short", locale=locale)


@register.filter
def duration(length: dt.timedelta) -> str:
    """ "30 minutes", "24 heures", "7 jours": a whole number of the largest unit.

    A single day is 24 hours.
    """
    minutes = int(length.total_seconds() // 60)
    if minutes % 1440 == 0 and minutes > 1440:
        count, unit = minutes // 1440, "day"
    elif minutes % 60 == 0:
        count, unit = minutes // 60, "hour"
    else:
        count, unit = minutes, "minute"
    return format_unit(count, f"duration-{unit}", length="long", locale=reader_locale())


@register.filter
def distance(kilometres: float) -> str:
    """ "850 m", "1,2 km", "34 km"."""
    locale = reader_locale()
    if kilometres < 1:
        return format_decimal(round(kilometres * 1000, -1), "#", locale=locale) + "\u00a0m"
    return format_decimal(kilometres, "0.0" if kilometres < 10 else "0", locale=locale) + "\u00a0km"


# -- phones -------------------------------------------------------------------------------


def _number(phone: Any) -> phonenumbers.PhoneNumber | None:
    if not phone:
        return None
    if isinstance(phone, phonenumbers.PhoneNumber):
        return phone
    try:
        return phonenumbers.parse(str(phone), None)
    except phonenumbers.NumberParseException:
        return None


@register.filter
def phone_href(phone: Any) -> str:
    """ "tel:+33142715500", or "" for no number."""
    number = _number(phone)
    if number is None:
        return ""
    return f"tel:{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}"


@register.filter
def phone_display(phone: Any, country: str = "") -> str:
    """ "01 42 71 55 00" for a number of `country` (the practice's), else "+33 1 42…"."""
    if isinstance(phone, str):
        return _phone_words(phone, country)
    return _number_words(_number(phone), country) or str(phone or "")


@functools.lru_cache(maxsize=1024)
def _phone_words(phone: str, country: str) -> str:
    """An agenda says the same patients' numbers at every look; to read one takes 0.1 ms."""
    return _number_words(_number(phone), country) or phone


def _number_words(number: phonenumbers.PhoneNumber | None, country: str) -> str:
    if number is None:
        return ""
    if not country or phonenumbers.region_code_for_number(number) != country:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


# -- form controls ------------------------------------------------------------------------


@register.simple_tag
def control(field: BoundField, css_class: str = "input") -> SafeString:
    """Return the field's widget with our class; Django adds `aria-invalid` and `aria-describedby`.

    templates/tailwind/ uses this tag: crispy_tailwind's own tag writes utility classes in Python.
    """
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    if isinstance(widget, CheckboxInput):
        css_class = ""
    classes = " ".join(part for part in (css_class, own) if part)
    return field.as_widget(attrs={"class": classes} if classes else {})


@register.filter
def in_error(form: Any) -> list[BoundField]:
    """Return the visible fields with errors, in the order of the form."""
    return [field for field in form if field.errors and not field.is_hidden]


@register.simple_tag
def aria_described_by(field: BoundField) -> SafeString | str:
    """Return the attribute for a `<fieldset>` of radios or boxes; Django adds it to a widget."""
    ids = field.aria_describedby
    return format_html(' aria-describedby="{}"', ids) if ids else ""
