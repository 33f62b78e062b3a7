"""What search engines read of our public pages: a list's address, and data in the words of
schema.org. Public facts only, as the page shows them to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bookings.finding.search import Search
from doctors.models import Doctor
from doctors.name_words import name_key
from scheduling.week import DayHours
from web.search_engines import absolute, is_kept
from web.templatetags.sharing import json_ld

register = template.Library()

# schema.org's names, whatever the reader's language; Monday first as in Weekday.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@register.simple_tag(takes_context=True)
def list_address(context: dict[str, Any]) -> str:
    """The address a list is kept under: everybody, a specialty, a city, or both, by one name
    each whichever was typed. "" for any other search: lists of words have no end."""
    search, results = context["search"], context["results"]
    specialty, place = results.specialty, results.place
    if not is_kept(context["request"]) or not results.page.object_list:
        return ""
    if search.what and (not specialty or not names_it(search.what, specialty.every_name)):
        return ""
    if search.where and (not place or not names_it(search.where, [place.name])):
        return ""
    what = specialty.practitioner_fr if search.what else ""
    number = results.page.number
    kept = Search(what, place.name if search.where else "")
    return absolute(kept.address(page=str(number) if number > 1 else ""))


def names_it(text: str, names: Iterable[str]) -> bool:
    return name_key(text) in map(name_key, names)


@register.simple_tag
def website_data() -> SafeString:
    """The site and its search, for the home page."""
    search = absolute(reverse("doctor_list")) + "?q={search_term_string}"
    return json_ld(
        {
            "@type": "WebSite",
            "name": "Tbib",
            "url": absolute(reverse("home")),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": search},
                "query-input": "required name=search_term_string",
            },
        }
    )


@register.simple_tag
def breadcrumb_data(doctor: Doctor) -> SafeString:
    """The way to a doctor's page, as its breadcrumb shows it."""
    specialty, city = doctor.specialty, doctor.practice.city
    where = _("%(what)s in %(city)s") % {"what": specialty.practitioner, "city": city}
    steps = (
        (_("Home"), reverse("home")),
        (where, Search(specialty.practitioner_fr, city).address()),
        (doctor.name, doctor.get_absolute_url()),
    )
    return json_ld(
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
                for place, (name, path) in enumerate(steps, 1)
            ],
        }
    )


@register.simple_tag
def physician_data(doctor: Doctor, days: Iterable[DayHours]) -> SafeString:
    """A doctor with address, phone and the week's usual hours there."""
    practice, page = doctor.practice, absolute(doctor.get_absolute_url())
    phone = practice.phone.as_e164 if practice.phone else None
    data = {
        "@type": "Physician",
        "@id": page,
        "url": page,
        "name": doctor.name,
        "description": doctor.presentation or None,
        "image": absolute(doctor.photo_sizes[-1][0]) if doctor.photo else None,
        "medicalSpecialty": doctor.specialty.name,
        "isAcceptingNewPatients": doctor.accepts_new_patients,
        "telephone": phone,
        "address": present(
            {
                "@type": "PostalAddress",
                "streetAddress": practice.street,
                "postalCode": practice.postal_code or None,
                "addressLocality": practice.city,
                "addressCountry": practice.country,
            }
        ),
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": practice.latitude,
            "longitude": practice.longitude,
        }
        if practice.latitude is not None and practice.longitude is not None
        else None,
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"https://schema.org/{DAYS[day.weekday]}",
                "opens": hours.opens,
                # No reader of these knows 24:00.
                "closes": "23:59" if hours.closes == "24:00" else hours.closes,
            }
            for day in days
            for hours in day.hours
            if hours.practice is None
        ]
        or None,
        # A physician has no languages in that vocabulary; whom to contact has.
        "contactPoint": present(
            {
                "@type": "ContactPoint",
                "contactType": "reservations",
                "url": page,
                "telephone": phone,
                "availableLanguage": doctor.languages or None,
            }
        ),
    }
    return json_ld(present(data))


def present(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
