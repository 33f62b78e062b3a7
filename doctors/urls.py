"""A doctor's own page, and where the sign-up leads, under /accounts/; its form is in
scheduling.urls."""

from django.urls import path

from doctors import views

urlpatterns = [
    path("doctor-page/", views.edit_page, name="edit_page"),
    path("register/doctor/done/", views.signed_up, name="doctor_signed_up"),
]
