"""Addresses of the patient's pages, beside the doctor's own (see config.urls)."""

from django.urls import path

from bookings.views import appointments, claiming, confirming, finding, waiting_list

urlpatterns = [
    path("", appointments.my_appointments, name="my_appointments"),
    path("hold/", finding.hold_slot, name="hold_slot"),
    path("hold/extend/", confirming.extend_hold, name="extend_hold"),
    path("claim/<str:token>/", claiming.claim_file, name="claim_file"),
    path("confirm-booking/", confirming.confirm_booking, name="confirm_booking"),
    path("create/", confirming.book, name="book"),
    path("sign-up/", confirming.SignUpToBook.as_view(), name="sign_up_to_book"),
    path("waiting-list/", waiting_list.join_waiting_list, name="join_waiting_list"),
    path(
        "waiting-list/<int:pk>/leave/", waiting_list.leave_waiting_list, name="leave_waiting_list"
    ),
    path("<uuid:pk>/", appointments.appointment_page, name="appointment_page"),
    path("<uuid:pk>/cancel/", appointments.cancel_appointment, name="cancel_appointment"),
    path("<uuid:pk>/move/", appointments.move_appointment, name="move_appointment"),
    path("<uuid:pk>/wait/", waiting_list.wait_for_earlier, name="wait_for_earlier"),
    path("<uuid:pk>/confirm/", appointments.confirm_request, name="confirm_request"),
    path("<uuid:pk>/undo/", appointments.undo_change, name="undo_change"),
]
