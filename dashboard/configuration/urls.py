"""The configuration's tabs, and what each of them does."""

from django.urls import path

from dashboard.configuration.views import (
    absences,
    calendars,
    holidays,
    hours,
    messages,
    practice,
    types,
)

urlpatterns = [
    path("", types.types, name="configuration"),
    path("types/new/", types.new_type, name="new_type"),
    path("types/<int:pk>/", types.edit_type, name="edit_type"),
    path("types/<int:pk>/shift/", types.shift, name="shift_type"),
    path("types/<int:pk>/retire/", types.retire, name="retire_type"),
    path("types/<int:pk>/offer/", types.offer_again, name="offer_type"),
    path("hours/", hours.hours, name="configure_hours"),
    path("hours/<int:weekday>/", hours.edit_day, name="edit_day"),
    path("absences/", absences.absences, name="configure_absences"),
    path("absences/<int:pk>/", absences.edit, name="edit_absence"),
    path("absences/<int:pk>/remove/", absences.remove, name="remove_absence"),
    path("holidays/", holidays.holidays, name="configure_holidays"),
    path("calendars/", calendars.calendars, name="configure_calendars"),
    path("messages/", messages.messages, name="configure_messages"),
    path("messages/preview/", messages.preview, name="preview_message"),
    path("messages/try/", messages.try_message, name="try_message"),
    path("practice/", practice.practice, name="configure_practice"),
]
