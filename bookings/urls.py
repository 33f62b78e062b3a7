"""Addresses of the patient's pages; `confirm/` and `undo/`, the staff's, are in config.urls."""

from django.urls import path

from bookings.confirming import views as confirming
from bookings.mine import calendars, waiting_list
from bookings.mine import views as mine

urlpatterns = [
    path("", mine.my_appointments, name="my_appointments"),
    path("hold/", confirming.hold_slot, name="hold_slot"),
    path("language/", confirming.set_language_to_book, name="set_language_to_book"),
    path("hold/extend/", confirming.extend_hold, name="extend_hold"),
    path("claim/<str:token>/", mine.claim_file, name="claim_file"),
    path("confirm-booking/", confirming.confirm_booking, name="confirm_booking"),
    path("create/", confirming.book, name="book"),
    path("sign-up/", confirming.SignUpToBook.as_view(), name="sign_up_to_book"),
    path("waiting-list/", waiting_list.join_waiting_list, name="join_waiting_list"),
    path("waiting-list/<int:pk>/", waiting_list.change_wish, name="change_wish"),
    path(
        "waiting-list/<int:pk>/leave/", waiting_list.leave_waiting_list, name="leave_waiting_list"
    ),
    path("calendars/", calendars.own_calendar, name="own_calendar"),
    path("<uuid:pk>/", mine.appointment_page, name="appointment_page"),
    path("<uuid:pk>/come/", mine.say_coming, name="say_coming"),
    path("<uuid:pk>/calendar.ics", mine.calendar_download, name="calendar_download"),
    path("<uuid:pk>/cancel/", mine.cancel_appointment, name="cancel_appointment"),
    path("<uuid:pk>/move/", mine.move_appointment, name="move_appointment"),
    path("<uuid:pk>/wait/", waiting_list.wait_for_earlier, name="wait_for_earlier"),
]
