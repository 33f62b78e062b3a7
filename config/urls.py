"""The whole address map, on one screen."""

from django.contrib import admin
from django.urls import include, path

from bookings.calendar_files.views import calendar_feed
from bookings.confirming.views import SignOutView, book
from bookings.finding.views import (
    card_grid,
    card_grids,
    changed_calendars,
    day_page,
    doctor_list,
    doctor_page,
    home,
    suggestions,
)
from bookings.from_message.choices import choose_messages
from bookings.messages.provider import mail_events
from bookings.mine.offers import offer_page
from bookings.photos import patient_photo
from bookings.waiting_room.views import waiting_screen, waiting_ticket
from config.api import api, developers
from dashboard.desk import views as desk
from doctors import sitemaps
from doctors.views import photo
from web import site_files
from web.health import health, live, ready
from web.legal import TITLES, legal_page
from web.metrics import metrics

ON_PAGE = {"on_page": True}
CONFIRM = {"verb": "confirm", **ON_PAGE}

urlpatterns = [
    path("", home, name="home"),
    path("doctors/", doctor_list, name="doctor_list"),
    path("search/suggestions/", suggestions, name="suggestions"),
    path("search/grids/", card_grids, name="card_grids"),
    path("doctors/<slug:slug>/", doctor_page, name="doctor_page"),
    path("doctors/<slug:slug>/day/", day_page, name="day_page"),
    path("doctors/<slug:slug>/grid/", card_grid, name="card_grid"),
    path("live/calendars/", changed_calendars, name="changed_calendars"),
    path("photos/patients/<slug:token>-<int:side>.webp", patient_photo, name="patient_photo"),
    path("photos/<slug:token>-<int:side>.webp", photo, name="photo"),
    path("book", book),
    path("book/", book),
    path("bookings/<uuid:pk>/confirm/", desk.change_status, CONFIRM, name="confirm_request"),
    path("bookings/<uuid:pk>/undo/", desk.undo, ON_PAGE, name="undo_change"),
    path("bookings/", include("bookings.urls")),
    path("r/<str:token>/", include("bookings.from_message.urls")),
    path("calendars/<str:secret>.ics", calendar_feed, name="calendar_feed"),
    path("o/<str:token>/", offer_page, name="offer_page"),
    path("screen/<str:token>/", waiting_screen, name="waiting_screen"),
    path("waiting/<str:ticket>/", waiting_ticket, name="waiting_ticket"),
    path("m/<str:token>/", choose_messages, name="choose_messages"),
    path("dashboard/", include("dashboard.urls")),
    path("accounts/logout/", SignOutView.as_view(), name="account_logout"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("doctors.urls")),
    path("accounts/", include("scheduling.urls")),
    path("api/", api.urls),
    path("developers/", developers, name="developers"),
    *(path(f"{page}/", legal_page, {"page": page}, name=page) for page in TITLES),
    path("admin/", admin.site.urls),
    path("mail-events/", mail_events, name="mail_events"),
    path("health/", health, name="health"),
    path("live", live),
    path("ready", ready),
    path("metrics", metrics),
    path("robots.txt", site_files.robots),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", sitemaps.sitemap, name="sitemap"),
    path("site.webmanifest", site_files.manifest, name="manifest"),
    path("favicon.ico", site_files.favicon),
    path("", include("bookings.api.old_addresses")),
]

handler400 = "web.error_pages.bad_request"
handler403 = "web.error_pages.permission_denied"
handler404 = "web.error_pages.page_not_found"
handler429 = "web.error_pages.too_many_requests"
handler500 = "web.error_pages.server_error"
