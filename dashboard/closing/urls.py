from django.urls import path

from dashboard.closing import views

urlpatterns = [
    path("", views.closing, name="closing"),
    path("undo/", views.undo, name="undo_changes"),
]
