"""Addresses under /accounts/: a doctor's own page, and the page after sign-up. scheduling.urls has
the sign-up form."""

from django.urls import path

from doctors import views

urlpatterns = [
    path("doctor-page/", views.edit_page, name="edit_page"),
    path("register/doctor/done/", views.signed_up, name="doctor_signed_up"),
]
