from django.urls import path

from dashboard.agenda import views

urlpatterns = [
    path("", views.agenda, name="dashboard"),
    path("live/", views.live, name="desk_live"),
]
