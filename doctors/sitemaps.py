"""/sitemap.xml: the pages that search engines may keep (web.search_engines), under SITE_URL.

There is no `lastmod`: no column says when a page changed, and a wrong date is worse than none.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from doctors.models import Doctor
from web.search_engines import absolute


class PublicSitemap(Sitemap):
    """A sitemap with two queries a page for any number of doctors: one counts, one reads."""

    limit = 2000

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class PageSitemap(PublicSitemap):
    def items(self) -> list[str]:
        return ["home", "doctor_list", "doctor_sign_up", "account_signup", "developers"]

    def location(self, item: str) -> str:
        return reverse(item)


class DoctorSitemap(PublicSitemap):
    def items(self) -> QuerySet[Doctor]:
        return Doctor.objects.listed().order_by("pk").only("slug")


class SpecialtySitemap(PublicSitemap):
    """Each specialty in each of its cities.

    A search finds practices without a point on the map, but it may not find their city.
    """

    def items(self) -> QuerySet[Doctor, tuple[str, str]]:
        names = ("specialty__practitioner_fr", "practice__city")
        mapped = Doctor.objects.listed().exclude(practice__latitude=None)
        return mapped.values_list(*names).order_by(*names).distinct()

    def location(self, item: tuple[str, str]) -> str:
        specialty, city = item
        return f"{reverse('doctor_list')}?{urlencode({'q': specialty, 'where': city})}"


SECTIONS: dict[str, type[PublicSitemap]] = {
    "pages": PageSitemap,
    "doctors": DoctorSitemap,
    "specialties": SpecialtySitemap,
}


@login_not_required
@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List every page of every section; Django's own view would use the request's Host."""
    addresses = []
    for section, sitemap in SECTIONS.items():
        address = absolute(reverse("sitemap", args=[section]))
        pages = sitemap().paginator.page_range
        addresses += [address if page == 1 else f"{address}?p={page}" for page in pages]
    context = {"sitemaps": [{"location": address} for address in addresses]}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


@login_not_required
@require_safe
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    response: HttpResponse = sitemap_view(request, {**SECTIONS}, section=section)
    return response
