"""Addresses that messages lead to; the token of a link comes before (config.urls)."""

from django.urls import path

from bookings.from_message import views

urlpatterns = [
    path("", views.visit_page, name="from_message"),
    path("come/", views.say_coming, name="come_from_message"),
    path("move/", views.move, name="move_from_message"),
    path("cancel/", views.cancel, name="cancel_from_message"),
    path("calendar.ics", views.calendar_download, name="calendar_from_message"),
]
