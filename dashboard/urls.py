from django.urls import path

from dashboard.views import day

urlpatterns = [
    path("", day, name="dashboard"),
]
