"""The desk's steps. Two more addresses lead here: see `bookings/` in config.urls."""

from django.urls import path

from dashboard.desk import views

urlpatterns = [
    path("new/", views.new_visit, name="new_visit"),
    path("people/", views.people, name="desk_people"),
    path("desk/<uuid:pk>/", views.desk, name="desk"),
    path("desk/<uuid:pk>/status/", views.change_status, name="desk_status"),
    path("desk/<uuid:pk>/undo/", views.undo, name="desk_undo"),
    path("desk/<uuid:pk>/move/", views.move, name="desk_move"),
    path("desk/<uuid:pk>/cancel/", views.cancel, name="desk_cancel"),
    path("desk/<uuid:pk>/note/", views.save_note, name="desk_note"),
]
