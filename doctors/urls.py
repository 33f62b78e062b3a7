"""Addresses of a doctor's sign-up, under /accounts/."""

from django.urls import path

from doctors import views

urlpatterns = [
    path("register/doctor/", views.DoctorSignUpView.as_view(), name="doctor_sign_up"),
    path("register/doctor/done/", views.signed_up, name="doctor_signed_up"),
]
