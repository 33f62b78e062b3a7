from django.urls import path

from dashboard.queue import views

urlpatterns = [
    path("", views.queue, name="queue"),
    path("add/", views.add, name="queue_add"),
    path("order/", views.order, name="queue_order"),
    path("screen/", views.make_screen, name="queue_screen"),
    path("<uuid:pk>/change/", views.change, name="queue_change"),
    path("<uuid:pk>/skip/", views.skip, name="queue_skip"),
    path("<uuid:pk>/ticket/", views.ticket, name="queue_ticket"),
]
