from django.urls import path

from dashboard.statistics import views

urlpatterns = [
    path("", views.statistics, name="statistics"),
    path("export/", views.statistics_file, name="statistics_file"),
]
