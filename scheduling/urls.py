"""The address of a doctor's sign-up, under /accounts/."""

from django.urls import path

from scheduling.views import SignUpWithHolidaysView

urlpatterns = [
    path("register/doctor/", SignUpWithHolidaysView.as_view(), name="doctor_sign_up"),
]
