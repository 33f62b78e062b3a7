"""What search engines read of our public pages, in the words of schema.org.

Public facts only: what the page shows to everybody. `null` is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.search_engines import absolute
from accounts.templatetags.sharing import json_ld
from doctors.models import Doctor
from scheduling.models import DayHours

register = template.Library()

# schema.org's names, whatever the reader's language; Monday first as in Weekday.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    steps = ((_("Doctors"), reverse("doctor_list")), (doctor.name, doctor.get_absolute_url()))
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
def physician_data(doctor: Doctor, week: Iterable[DayHours]) -> SafeString:
    """A doctor with address, phone and this week's hours."""
    practice, page = doctor.practice, absolute(doctor.get_absolute_url())
    photo = getattr(doctor, "photo", None)
    phone = practice.phone.as_e164 if practice.phone else None
    data = {
        "@type": "Physician",
        "@id": page,
        "url": page,
        "name": doctor.name,
        "description": doctor.presentation or None,
        "image": absolute(photo.url) if photo else None,
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
                "opens": opens,
                # No reader of these knows 24:00.
                "closes": "23:59" if closes == "24:00" else closes,
            }
            for day in week
            for opens, closes in day.ranges
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
