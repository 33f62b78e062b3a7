"""Template tags for search engines: a list's canonical address, and schema.org data.

The data are public facts only, the same that the page shows.
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
    """The canonical address of a list of doctors; "" when search engines should not keep it.

    Kept are the list of all doctors and the lists of a specialty, a city or both. Each has one
    address, whatever name was typed. Other searches are not kept, because their number has no
    limit.
    """
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
    """Structured data of the site and its search, for the home page."""
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
    """Structured data of the breadcrumb of a doctor's page."""
    specialty, city = doctor.specialty, doctor.practice.city
    where = _("%(what)s in %(city)s") % {"what": specialty.practitioners, "city": city}
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
    """Structured data of a doctor: address, phone and the week's usual hours."""
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
                # Search engines do not accept 24:00.
                "closes": "23:59" if hours.closes == "24:00" else hours.closes,
            }
            for day in days
            for hours in day.hours
            if hours.practice is None
        ]
        or None,
        # In schema.org a physician has no languages, but a contact point has.
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
