"""The address of a doctor's sign-up, under /accounts/."""

from django.urls import path

from scheduling.views import DoctorSignUpView

urlpatterns = [
    path("register/doctor/", DoctorSignUpView.as_view(), name="doctor_sign_up"),
]
