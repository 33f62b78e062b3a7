"""The cockpit's addresses: the agenda, the desk beside it, and the pages of its navigation."""

from django.urls import include, path

urlpatterns = [
    path("configuration/", include("dashboard.configuration.urls")),
    path("", include("dashboard.agenda.urls")),
    path("", include("dashboard.desk.urls")),
    path("closing/", include("dashboard.closing.urls")),
    path("team/", include("dashboard.team.urls")),
    path("queue/", include("dashboard.queue.urls")),
    path("waiting-list/", include("dashboard.waiting_list.urls")),
    path("patients/", include("dashboard.patients.urls")),
    path("statistics/", include("dashboard.statistics.urls")),
]
