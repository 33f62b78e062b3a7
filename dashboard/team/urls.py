from django.urls import path

from dashboard.team import views

urlpatterns = [
    path("", views.team, name="team"),
    path("live/", views.team_live, name="team_live"),
]
