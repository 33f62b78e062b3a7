"""Where a doctor's sign-up leads, under /accounts/; its form is in scheduling.urls."""

from django.urls import path

from doctors import views

urlpatterns = [
    path("register/doctor/done/", views.signed_up, name="doctor_signed_up"),
]
