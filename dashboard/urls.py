"""The cockpit's addresses: the agenda, the desk beside it, and the pages of its navigation."""

from django.urls import include, path

from dashboard.agenda import views as agenda
from dashboard.desk import views as desk
from dashboard.statistics.views import statistics, statistics_file
from dashboard.team.views import team, team_live

urlpatterns = [
    path("configuration/", include("dashboard.configuration.urls")),
    path("", agenda.agenda, name="dashboard"),
    path("live/", agenda.live, name="desk_live"),
    path("new/", desk.new_visit, name="new_visit"),
    path("people/", desk.people, name="desk_people"),
    path("desk/<uuid:pk>/", desk.desk, name="desk"),
    path("desk/<uuid:pk>/status/", desk.change_status, name="desk_status"),
    path("desk/<uuid:pk>/undo/", desk.undo, name="desk_undo"),
    path("desk/<uuid:pk>/move/", desk.move, name="desk_move"),
    path("desk/<uuid:pk>/cancel/", desk.cancel, name="desk_cancel"),
    path("desk/<uuid:pk>/note/", desk.save_note, name="desk_note"),
    path("team/", team, name="team"),
    path("team/live/", team_live, name="team_live"),
    path("queue/", include("dashboard.queue.urls")),
    path("patients/", include("dashboard.patients.urls")),
    path("statistics/", statistics, name="statistics"),
    path("statistics/export/", statistics_file, name="statistics_file"),
]
